import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../../testing/seeded-random.js'
import type { ArmShare, BanditOptions } from './allocation-shares.js'
import { banditShares, chooseArmByRate } from './bandit-rates.js'
import { type ArmRevenue, banditRevenueShares, chooseArmByRevenue } from './bandit-revenue.js'
import { weightsOfShares } from './weights-of-shares.js'

const RATES = [
  { arm: 'a', assigned: 1_000, converted: 40 },
  { arm: 'b', assigned: 1_000, converted: 55 },
  { arm: 'c', assigned: 1_000, converted: 49 },
]
const REVENUES: readonly ArmRevenue[] = [
  { arm: 'a', count: 1_000, mean: 1.1, variance: 90 },
  { arm: 'b', count: 1_000, mean: 1.6, variance: 110 },
]
const NOBODY: ArmRevenue = { arm: 'c', count: 0, mean: 0, variance: 0 }
const NO_FLOOR: BanditOptions = { floor: 0 }

const expectShares = (found: readonly ArmShare[], expected: readonly number[], error = 1e-10) =>
  found.forEach(({ share }, index) => {
    expect(Math.abs(share - (expected[index] ?? 0))).toBeLessThan(error)
  })
const sumOf = (found: readonly ArmShare[]) => found.reduce((sum, { share }) => sum + share, 0)
const refusal = (path: string) => expect.objectContaining({ code: 'INVALID_INPUT', path })

describe('Shares of a bandit', () => {
  // the integrals of density times the other distribution functions, by mpmath in 30 digits
  it('are the probabilities to be best', () => {
    expectShares(banditShares(RATES, NO_FLOOR), [0.0308212165306193, 0.706263672852526, 0.262915110616855])
  })

  // the formula of top-two sampling on the same integrals, by mpmath
  it('are those of top-two sampling when asked for', () => {
    expectShares(
      banditShares(RATES, { ...NO_FLOOR, rule: 'top-two' }),
      [0.0579609869398396, 0.490322569383377, 0.451716443676783],
    )
  })

  it('of revenue are those of normal posteriors, by mpmath', () => {
    expectShares(banditRevenueShares(REVENUES, NO_FLOOR), [0.131895558039497, 0.868104441960503])
    expectShares(
      banditRevenueShares([...REVENUES, NOBODY], NO_FLOOR),
      [0.0665385599709007, 0.444600588099122, 0.488860851929977],
    )
  })

  it('are even before anything is known', () => {
    const fresh = RATES.map(({ arm }) => ({ arm, assigned: 0, converted: 0 }))
    for (const rule of ['thompson', 'top-two'] as const)
      expectShares(banditShares(fresh, { rule }), [1 / 3, 1 / 3, 1 / 3])
    expectShares(banditRevenueShares([NOBODY, { ...NOBODY, arm: 'd' }]), [0.5, 0.5])
  })

  it('are what draws give on average', () => {
    const { uniform } = createSeededRandom('draws')
    const draws = 6_000
    for (const rule of ['thompson', 'top-two'] as const) {
      const expected = banditShares(RATES, { rule, floor: 0 })
      const chosen = Array.from({ length: draws }, () => chooseArmByRate(RATES, uniform, { rule, floor: 0 }))
      for (const { arm, share } of expected) {
        const found = chosen.filter((each) => each === arm).length / draws
        expect(Math.abs(found - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / draws))
      }
    }
    const byRevenue = Array.from({ length: draws }, () => chooseArmByRevenue(REVENUES, uniform, { floor: 0 }))
    expect(Math.abs(byRevenue.filter((arm) => arm === 'a').length / draws - 0.132)).toBeLessThan(0.018)
  })

  it('keep the floor and sum to 1', () => {
    const sure = [
      { arm: 'a', assigned: 50_000, converted: 5_000 },
      { arm: 'b', assigned: 50_000, converted: 500 },
      { arm: 'c', assigned: 50_000, converted: 400 },
    ]
    for (const rule of ['thompson', 'top-two'] as const) {
      for (const floor of [0, 0.01, 0.1, 0.25, 1 / 3]) {
        const found = banditShares(sure, { rule, floor })
        expect(Math.min(...found.map(({ share }) => share))).toBeGreaterThanOrEqual(floor * (1 - 1e-15))
        expect(Math.abs(sumOf(found) - 1)).toBeLessThan(1e-12)
      }
    }
    expectShares(banditShares(sure), [1 - 0.2 / 3, 0.1 / 3, 0.1 / 3])
  })

  it('keep the floor in draws of single customers as well', () => {
    const { uniform } = createSeededRandom('floor')
    const sure = [
      { arm: 'a', assigned: 50_000, converted: 5_000 },
      { arm: 'b', assigned: 50_000, converted: 500 },
    ]
    const chosen = Array.from({ length: 5_000 }, () => chooseArmByRate(sure, uniform, { floor: 0.1 }))
    const share = chosen.filter((arm) => arm === 'b').length / 5_000
    expect(Math.abs(share - 0.1)).toBeLessThan(4 * Math.sqrt(0.09 / 5_000))
  })

  it('let the second one in half of the time when the first is certain', () => {
    const sure = [
      { arm: 'a', assigned: 1e6, converted: 5e5 },
      { arm: 'b', assigned: 1e6, converted: 1e5 },
    ]
    expectShares(banditShares(sure, { rule: 'top-two', floor: 0 }), [0.5, 0.5])
    const { uniform } = createSeededRandom('second')
    const chosen = Array.from({ length: 200 }, () =>
      chooseArmByRate(sure, uniform, { rule: 'top-two', floor: 0 }),
    )
    expect(Math.abs(chosen.filter((arm) => arm === 'b').length - 100)).toBeLessThan(40)
  })

  it('of a single arm are all', () => {
    expectShares(banditShares(RATES.slice(0, 1), { rule: 'top-two' }), [1])
    expect(chooseArmByRate(RATES.slice(0, 1), () => 0.7, { rule: 'top-two', floor: 0 })).toBe('a')
  })

  it('do not let an arm starve that nobody has bought in yet', () => {
    const unlucky: readonly ArmRevenue[] = [
      { arm: 'a', count: 200, mean: 1.1, variance: 90 },
      { arm: 'b', count: 40, mean: 0, variance: 0 },
    ]
    expect(banditRevenueShares(unlucky, NO_FLOOR)[1]?.share).toBeGreaterThan(0.2)
  })

  it.each([
    [[], {}, 'arms'],
    [[{ arm: 'a', assigned: 5, converted: 6 }], {}, 'arms[0].converted'],
    [[{ arm: 'a', assigned: 5.5, converted: 5 }], {}, 'arms[0].assigned'],
    [[{ arm: 'a', assigned: 2e9, converted: 5 }], {}, 'arms[0].assigned'],
    [[...RATES, { arm: 'b', assigned: 5, converted: 5 }], {}, 'arms[3].arm'],
    [RATES, { floor: 0.34 }, 'floor'],
    [RATES, { floor: -0.1 }, 'floor'],
    [RATES, { rule: 'best' as never }, 'rule'],
    [RATES, { leaderShare: 1 }, 'leaderShare'],
    [RATES, { prior: { successes: 0, failures: 1 } }, 'prior.successes'],
    [RATES, { prior: { successes: 1, failures: Number.NaN } }, 'prior.failures'],
  ])('refuse %j with %j', (arms, options, path) => {
    expect(() => banditShares(arms, options)).toThrow(refusal(path))
    expect(() => chooseArmByRate(arms, () => 0.5, options)).toThrow(refusal(path))
  })

  it.each([
    [{ mean: Number.NaN }, 'arms[0].mean'],
    [{ variance: -1 }, 'arms[0].variance'],
    [{ count: -1 }, 'arms[0].count'],
  ])('of revenue refuse %j', (wrong, path) => {
    expect(() => banditRevenueShares([{ arm: 'a', count: 5, mean: 1, variance: 1, ...wrong }])).toThrow(
      refusal(path),
    )
  })
})

describe('Weights of shares', () => {
  const weightsOf = (shares: readonly number[], options = {}) =>
    weightsOfShares(
      shares.map((share, index) => ({ arm: `v${index}`, share })),
      options,
    ).map(({ weight }) => weight)

  it.each([
    [[0.058, 0.942], {}, [58, 942]],
    [[1 / 3, 1 / 3, 1 / 3], {}, [334, 333, 333]],
    [[1 / 3, 1 / 3, 1 / 3], { total: 10 }, [4, 3, 3]],
    [[0.05, 0.15, 0.8], { total: 10 }, [1, 1, 8]],
    [[0, 0, 1], { total: 10 }, [1, 1, 8]],
    [[0, 0, 1], { total: 1_000, floor: 0.0333 }, [34, 34, 932]],
    [[0.5, 0.5], { total: 2 }, [1, 1]],
    [[1], { total: 7 }, [7]],
  ])('of %j with %j are %j', (shares, options, expected) => {
    expect(weightsOf(shares, options)).toEqual(expected)
  })

  it('sum to the total and keep the floor, whatever the shares are', () => {
    const { uniform } = createSeededRandom('weights')
    for (let round = 0; round < 300; round += 1) {
      const raw = Array.from({ length: 1 + Math.floor(uniform() * 9) }, () => uniform() ** 6)
      const sum = raw.reduce((all, value) => all + value, 0)
      const floor = uniform() * (0.9 / raw.length)
      const total = 100 + Math.floor(uniform() * 1_000)
      const weights = weightsOf(
        raw.map((value) => value / sum),
        { total, floor },
      )
      expect(weights.reduce((all, weight) => all + weight, 0)).toBe(total)
      expect(Math.min(...weights)).toBeGreaterThanOrEqual(floor * total - 1e-6)
    }
  })

  it.each([
    [[], {}, 'shares'],
    [[0.5, 0.4], {}, 'shares'],
    [[-0.1, 1.1], {}, 'shares[0].share'],
    [[0.5, 0.5], { total: 1 }, 'total'],
    [[0.5, 0.5], { total: 2.5 }, 'total'],
    [[0.5, 0.5], { floor: 0.51 }, 'floor'],
    [[0.5, 0.5], { floor: Number.NaN }, 'floor'],
  ])('refuse %j with %j', (shares, options, path) => {
    expect(() => weightsOf(shares, options)).toThrow(refusal(path))
  })
})
