import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createArmSequence } from './arm-sequence.js'
import type { ArmWeight } from './arms.js'
import { roundBothWays } from './controlled-rounding.js'
import { inRankOrder } from './rank.js'
import { assignWithinStrata, type StratumMember } from './strata.js'

const RUNS = process.env.CAMPAIGNKIT_LONG === '1' ? 5_000 : 60
const SETTINGS = { seed: 20_261_125, numRuns: RUNS }
const SALT = { tenant: 'pizzeria', salt: 's' }

const weightsOf = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1_000 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((weights): ArmWeight[] => weights.map((weight, index) => ({ arm: `v${index}`, weight })))
const sizesOf = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 8 })

const membersIn = (sizes: readonly number[]): StratumMember[] =>
  sizes.flatMap((size, stratum) =>
    Array.from({ length: size }, (_, index) => ({
      customerId: `c-${stratum}-${index}`,
      stratum: `s${stratum}`,
    })),
  )
const sumOf = (weights: readonly ArmWeight[]) => weights.reduce((sum, { weight }) => sum + weight, 0)

/** The exact share rounded up or down, and nothing else. */
function expectNear(count: number, size: number, weight: number, total: number): void {
  const product = size * weight
  expect([Math.floor(product / total), Math.ceil(product / total)]).toContain(count)
}

describe('Stratified assignment', () => {
  it('gives each arm its share rounded up or down, in every stratum and over all', () => {
    fc.assert(
      fc.property(weightsOf, sizesOf, (weights, sizes) => {
        const assigned = assignWithinStrata({ ...SALT, weights }, membersIn(sizes))
        const total = sumOf(weights)
        for (const { arm, weight } of weights) {
          const having = assigned.filter((each) => each.arm === arm)
          expectNear(having.length, assigned.length, weight, total)
          sizes.forEach((size, stratum) => {
            const within = having.filter((each) => each.stratum === `s${stratum}`)
            expectNear(within.length, size, weight, total)
          })
        }
      }),
      SETTINGS,
    )
  })

  it('does not depend on the order in which customers come', () => {
    fc.assert(
      fc.property(weightsOf, sizesOf, (weights, sizes) => {
        const members = membersIn(sizes)
        const assigned = assignWithinStrata({ ...SALT, weights }, members)
        expect(assignWithinStrata({ ...SALT, weights }, [...members].reverse())).toEqual(assigned)
      }),
      SETTINGS,
    )
  })

  it('follows the sequence of the weights for as many full periods as a stratum has', () => {
    fc.assert(
      fc.property(weightsOf, sizesOf, (weights, sizes) => {
        const sequence = createArmSequence(weights)
        const total = sumOf(weights)
        const assigned = assignWithinStrata({ ...SALT, weights }, membersIn(sizes))
        for (const { stratum, rank, arm } of assigned) {
          const size = sizes[Number(stratum.slice(1))] ?? 0
          if (rank < size - (size % total)) expect(arm).toBe(sequence.at(rank))
        }
      }),
      SETTINGS,
    )
  })

  it('keeps every prefix of a stratum within 2.2 of the exact shares for up to four arms', () => {
    fc.assert(
      fc.property(weightsOf, sizesOf, (weights, sizes) => {
        fc.pre(weights.length <= 4)
        const assigned = assignWithinStrata({ ...SALT, weights }, membersIn(sizes))
        const counts = new Map<string, number>()
        for (const { stratum, rank, arm } of assigned) {
          counts.set(`${stratum} ${arm}`, (counts.get(`${stratum} ${arm}`) ?? 0) + 1)
          for (const { arm: other, weight } of weights) {
            const due = (weight * (rank + 1)) / sumOf(weights)
            expect(Math.abs((counts.get(`${stratum} ${other}`) ?? 0) - due)).toBeLessThan(2.2)
          }
        }
      }),
      SETTINGS,
    )
  })

  it('ranks the customers of a stratum by the keys that they have anywhere', () => {
    const members = membersIn([30, 20])
    const assigned = assignWithinStrata({ ...SALT, weights: [{ arm: 'a', weight: 1 }] }, members)
    const ordered = inRankOrder(
      SALT,
      members.filter(({ stratum }) => stratum === 's1').map(({ customerId }) => customerId),
    )
    expect(assigned.filter(({ stratum }) => stratum === 's1').map(({ customerId }) => customerId)).toEqual(
      ordered,
    )
  })
})

describe('Rounding a table both ways', () => {
  const table = fc
    .tuple(fc.integer({ min: 2, max: 1_000 }), fc.integer({ min: 1, max: 6 }))
    .chain(([whole, width]) =>
      fc
        .array(fc.array(fc.nat({ max: whole - 1 }), { minLength: width, maxLength: width }), {
          maxLength: 12,
        })
        .map((rows) => ({
          whole,
          // one more column that makes each row whole
          rows: rows.map((row) => [...row, (whole - (row.reduce((a, b) => a + b, 0) % whole)) % whole]),
        })),
    )

  it('keeps the rows, rounds the columns, and leaves whole entries alone', () => {
    fc.assert(
      fc.property(table, ({ rows, whole }) => {
        const rounded = roundBothWays(rows, whole)
        const sum = (numbers: readonly number[]) => numbers.reduce((left, right) => left + right, 0)
        expect(rounded.map(sum)).toEqual(rows.map((row) => sum(row) / whole))
        for (const column of (rows[0] ?? []).keys()) {
          const exact = sum(rows.map((row) => row[column] ?? 0))
          const found = sum(rounded.map((row) => row[column] ?? 0))
          expect([Math.floor(exact / whole), Math.ceil(exact / whole)]).toContain(found)
        }
        rounded.forEach((row, index) => {
          row.forEach((entry, column) => {
            expect([0, 1]).toContain(entry)
            if (rows[index]?.[column] === 0) expect(entry).toBe(0)
          })
        })
      }),
      SETTINGS,
    )
  })
})
