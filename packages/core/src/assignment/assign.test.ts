import { describe, expect, it } from 'vitest'
import { type Experiment, experimentSchema } from '../model/experiment.js'
import { createArmSequence } from './arm-sequence.js'
import { armWeights, checkWeights } from './arms.js'
import { assignArms } from './assign.js'
import { createGlobalHoldout, isGloballyHeldOut } from './global-holdout.js'
import { inRankOrder, rankKeyOf } from './rank.js'

const SALT = { tenant: 'pizzeria', salt: '5d41402abc4b2a76b9719d911017c592' }
const experiment = (input: unknown): Experiment => experimentSchema.parse(input)
const fails = (code: string, path: string) => expect.objectContaining({ code, path })

describe('Weights of arms', () => {
  it('are one arm for everybody without an experiment', () => {
    expect(armWeights(undefined)).toEqual([{ arm: 'all', weight: 1 }])
  })

  it('stand in declared order, then holdout, then remainder, and leave out those of 0', () => {
    const variants = [{ name: 'b' }, { name: 'a', weight: 2 }]
    expect(armWeights(experiment({ variants }))).toEqual([
      { arm: 'b', weight: 1 },
      { arm: 'a', weight: 2 },
    ])
    expect(armWeights(experiment({ variants, holdout: 0.1, remainder: 0.6 }))).toEqual([
      { arm: 'b', weight: 1 },
      { arm: 'a', weight: 2 },
      { arm: 'holdout', weight: 1 },
      { arm: 'remainder', weight: 6 },
    ])
  })

  it('are exact to a millionth, with the noise of binary fractions taken off', () => {
    expect(armWeights(experiment({ variants: [{ name: 'a' }], holdout: 0.1 + 0.2 }))).toEqual([
      { arm: 'a', weight: 7 },
      { arm: 'holdout', weight: 3 },
    ])
    expect(armWeights(experiment({ variants: [{ name: 'a' }], remainder: 0.000_001 }))).toEqual([
      { arm: 'a', weight: 999_999 },
      { arm: 'remainder', weight: 1 },
    ])
  })

  it.each([
    [[], 'weights'],
    [
      [
        { arm: 'a', weight: 1 },
        { arm: 'a', weight: 1 },
      ],
      'weights[1].arm',
    ],
    [[{ arm: 'a', weight: 0 }], 'weights[0].weight'],
    [[{ arm: 'a', weight: -1 }], 'weights[0].weight'],
    [[{ arm: 'a', weight: 1.5 }], 'weights[0].weight'],
    [[{ arm: 'a', weight: Number.NaN }], 'weights[0].weight'],
    [[{ arm: 'a', weight: Number.POSITIVE_INFINITY }], 'weights[0].weight'],
    [
      [
        { arm: 'a', weight: 2 ** 51 },
        { arm: 'b', weight: 1 },
      ],
      'weights[1].weight',
    ],
  ])('%# are refused when they are none', (weights, path) => {
    expect(() => checkWeights(weights)).toThrow(fails('EXPERIMENT_INVALID', path))
    expect(() => assignArms({ ...SALT, weights }, [])).toThrow(fails('EXPERIMENT_INVALID', path))
  })
})

describe('An arm sequence', () => {
  it('refuses ranks that are none', () => {
    const sequence = createArmSequence([{ arm: 'a', weight: 1 }])
    for (const rank of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => sequence.at(rank)).toThrow(fails('INVALID_INPUT', 'rank'))
    }
    expect(sequence.at(Number.MAX_SAFE_INTEGER)).toBe('a')
  })

  it('gives the same in whichever order it is asked, over thousands of kept states', () => {
    const weights = [1_000, 999, 7, 3].map((weight, index) => ({
      arm: `v${index}`,
      weight: weight * 1_000_003 + index,
    }))
    const forwards = createArmSequence(weights)
    const ranks = Array.from({ length: 4_600_000 }, (_, rank) => rank).filter((rank) => rank % 45_001 === 17)
    const expected = new Map<number, string>()
    for (let rank = 0; rank < 4_600_000; rank += 1) {
      const arm = forwards.at(rank)
      if (rank % 45_001 === 17) expected.set(rank, arm)
    }
    const jumping = createArmSequence(weights)
    for (const rank of ranks.reverse()) expect(jumping.at(rank)).toBe(expected.get(rank))
    for (const rank of ranks) expect(forwards.at(rank)).toBe(expected.get(rank))
    expect(forwards.at(ranks[3] ?? 0)).toBe(forwards.at(ranks[3] ?? 0))
  }, 30_000)
})

describe('Assigning', () => {
  it('gives nobody an arm when there is nobody', () => {
    expect(assignArms({ ...SALT, experiment: undefined }, [])).toEqual([])
  })

  it('gives everybody the one arm without an experiment', () => {
    const ids = ['a', 'b', 'c']
    const assigned = assignArms({ ...SALT, experiment: undefined }, ids)
    expect(assigned.map(({ rank, arm }) => [rank, arm])).toEqual([
      [0, 'all'],
      [1, 'all'],
      [2, 'all'],
    ])
    expect(assigned.map(({ customerId }) => customerId).sort()).toEqual(ids)
  })

  it('refuses an id that occurs twice', () => {
    expect(() => assignArms({ ...SALT, experiment: undefined }, ['a', 'b', 'a'])).toThrow(
      fails('INVALID_INPUT', 'customerIds'),
    )
  })

  it('tells ids apart that only look alike, in the order of their code points', () => {
    expect(rankKeyOf(SALT.tenant, SALT.salt, 'e\u0301')).toBe(rankKeyOf(SALT.tenant, SALT.salt, '\u00e9'))
    for (const ids of [
      ['\u00e9', 'e\u0301'],
      ['e\u0301', '\u00e9'],
    ]) {
      expect(inRankOrder(SALT, ids)).toEqual(['e\u0301', '\u00e9'])
    }
  })

  it('follows the rank keys', () => {
    const ids = Array.from({ length: 2_000 }, (_, index) => `c-${index}`)
    const keys = inRankOrder(SALT, new Set(ids)).map((id) => rankKeyOf(SALT.tenant, SALT.salt, id))
    expect(keys).toEqual([...keys].sort())
  })

  it('ranks otherwise under another salt or tenant', () => {
    const ids = Array.from({ length: 100 }, (_, index) => `c-${index}`)
    const here = inRankOrder(SALT, ids)
    expect(inRankOrder({ ...SALT, salt: 'other' }, ids)).not.toEqual(here)
    expect(inRankOrder({ ...SALT, tenant: 'other' }, ids)).not.toEqual(here)
  })

  it('is exact for 100,000 customers', () => {
    const options = {
      ...SALT,
      experiment: experiment({ variants: [{ name: 'a' }, { name: 'b' }], holdout: 0.1 }),
    }
    const counts = new Map<string, number>()
    for (const { arm } of assignArms(
      options,
      Array.from({ length: 100_000 }, (_, index) => `c-${index}`),
    )) {
      counts.set(arm, (counts.get(arm) ?? 0) + 1)
    }
    expect(Object.fromEntries(counts)).toEqual({ a: 45_000, b: 45_000, holdout: 10_000 })
  })
})

describe('The global holdout', () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `c-${index}`)
  const heldOut = (share: number) => ids.filter(createGlobalHoldout({ ...SALT, share }))

  it('only grows with its share', () => {
    const atFive = heldOut(0.05)
    const atTen = new Set(heldOut(0.1))
    expect(atFive.every((id) => atTen.has(id))).toBe(true)
    expect(heldOut(0)).toEqual([])
    expect(heldOut(1)).toEqual(ids)
  })

  it('is about as large as its share', () => {
    // Four standard deviations of a binomial count of 20,000.
    expect(Math.abs(heldOut(0.05).length - 1_000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.05 * 0.95))
  })

  it('does not depend on the ranks, even under the same salt', () => {
    const out = new Set(heldOut(0.1))
    const early = inRankOrder(SALT, ids).slice(0, 10_000)
    const among = early.filter((id) => out.has(id)).length
    expect(Math.abs(among - out.size / 2)).toBeLessThan(4 * Math.sqrt(out.size / 4))
  })

  it.each([-0.1, 1.1, Number.NaN])('refuses a share of %s', (share) => {
    expect(() => isGloballyHeldOut({ ...SALT, share }, 'c-1')).toThrow(fails('INVALID_INPUT', 'share'))
  })
})
