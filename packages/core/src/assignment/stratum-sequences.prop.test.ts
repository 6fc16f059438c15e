import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementAt } from '../base/element-at.js'
import type { ArmSequence } from './arm-sequence.js'
import { createArmSequence } from './arm-sequence.js'
import type { ArmWeight } from './arms.js'
import { createRunSequences, type RunNewcomers } from './run-sequences.js'
import { assignWithinStrata } from './strata.js'
import { countStrata, createStratumSequences, inCodeUnitOrder } from './stratum-sequences.js'

const RUNS = process.env.CAMPAIGNKIT_LONG === '1' ? 2_000 : 60
const SETTINGS = { seed: 20_260_329, numRuns: RUNS }

const weightsOf = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1_000 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((weights): ArmWeight[] => weights.map((weight, index) => ({ arm: `v${index}`, weight })))
const sizesOf = fc
  .dictionary(fc.constantFrom('b', 'a', 'Z', '__proto__', 'é', 'c'), fc.nat({ max: 60 }))
  .map((sizes) => new Map(Object.entries(sizes)))

const run = (more: Partial<RunNewcomers> & Pick<RunNewcomers, 'sizes'>): RunNewcomers => ({
  earlier: 0,
  orderKeyOf: (stratum) => stratum,
  ...more,
})
const armsOf = (sequence: ArmSequence, size: number) =>
  Array.from({ length: size }, (_, rank) => sequence.at(rank))
const countOf = (arms: readonly string[]) => {
  const counts = new Map<string, number>()
  for (const arm of arms) counts.set(arm, (counts.get(arm) ?? 0) + 1)
  return counts
}

describe('The arms of strata', () => {
  it('are counted as the sequences give them', () => {
    fc.assert(
      fc.property(weightsOf, sizesOf, (weights, sizes) => {
        const strata = inCodeUnitOrder(sizes)
        const sequences = createStratumSequences(
          weights,
          strata.map(([, size]) => size),
        )
        const given = strata.map(([stratum, size], index) => {
          const counts = countOf(armsOf(elementAt(sequences, index), size))
          return [stratum, new Map(weights.map(({ arm }) => [arm, counts.get(arm) ?? 0]))]
        })
        expect([...countStrata(weights, sizes)]).toEqual(given)
      }),
      SETTINGS,
    )
  })

  it('of a first run are those of assignWithinStrata', () => {
    fc.assert(
      fc.property(weightsOf, sizesOf, (weights, sizes) => {
        const members = [...sizes].flatMap(([stratum, size]) =>
          Array.from({ length: size }, (_, index) => ({ customerId: `${stratum}-${index}`, stratum })),
        )
        const sequenceOf = createRunSequences(weights, run({ sizes }))
        for (const each of assignWithinStrata({ tenant: 't', salt: 's', weights }, members))
          expect(sequenceOf(each.stratum).at(each.rank)).toBe(each.arm)
      }),
      SETTINGS,
    )
  })

  it('of a later run go on in the sequence of the campaign, each rank of it once', () => {
    fc.assert(
      fc.property(weightsOf, sizesOf, fc.integer({ min: 1, max: 5_000 }), (weights, sizes, earlier) => {
        const sequenceOf = createRunSequences(weights, run({ sizes, earlier }))
        const given = [...sizes].flatMap(([stratum, size]) => armsOf(sequenceOf(stratum), size))
        const periodic = createArmSequence(weights)
        const expected = given.map((_arm, index) => periodic.at(earlier + index))
        expect(given.sort()).toEqual(expected.sort())
      }),
      SETTINGS,
    )
  })

  it('of a later run come in an order that is that of the run', () => {
    const weights = ['a', 'b'].map((arm) => ({ arm, weight: 1 }))
    const sizes = new Map([
      ['loyal', 1],
      ['other', 1],
      ['nobody', 0],
    ])
    const firstOf = (orderKeyOf: RunNewcomers['orderKeyOf']) =>
      createRunSequences(weights, run({ sizes, earlier: 2, orderKeyOf }))('loyal').at(0)
    expect(firstOf((stratum) => stratum)).toBe('a')
    expect(firstOf((stratum) => (stratum === 'loyal' ? '1' : '0'))).toBe('b')
  })

  it('go in turn in a stratum that nobody counted, and behind the last in one that grew', () => {
    const weights = ['a', 'b'].map((arm) => ({ arm, weight: 1 }))
    for (const earlier of [0, 3]) {
      const sequenceOf = createRunSequences(weights, run({ sizes: new Map([['loyal', 2]]), earlier }))
      expect(armsOf(sequenceOf('late'), 4)).toEqual(['a', 'b', 'a', 'b'])
      expect(countOf(armsOf(sequenceOf('loyal'), 4))).toEqual(
        new Map([
          ['a', 2],
          ['b', 2],
        ]),
      )
    }
  })

  it('are refused when the weights are not usable, also of nobody', () => {
    const weights = [{ arm: 'a', weight: 0.5 }]
    for (const sizes of [[], [3]]) {
      expect(() => createStratumSequences(weights, sizes)).toThrow(
        expect.objectContaining({ code: 'EXPERIMENT_INVALID', path: 'weights[0].weight' }),
      )
    }
  })
})
