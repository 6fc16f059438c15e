import { describe, expect, it } from 'vitest'
import { anytimeRateInterval, anytimeRateTest } from './anytime-rate.js'
import { anytimeSampleRatio } from './anytime-sample-ratio.js'
import {
  compareMeansByNormalMixture,
  compareProportionsByNormalMixture,
} from './compare-by-normal-mixture.js'
import { compareProportionsAnytime } from './compare-proportions-anytime.js'
import { sharpestRatio } from './normal-mixture.js'

const refused = (path: string) => expect.objectContaining({ code: 'INVALID_INPUT', path })
const close = (actual: number, expected: number, error = 1e-12) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(error * Math.max(1, Math.abs(expected)))
/** Relative, for numbers near 0. */
const exact = (actual: number, expected: number) =>
  expect(Math.abs(actual / expected - 1)).toBeLessThanOrEqual(1e-12)

// expected values: mpmath with 30 to 40 digits, e-values by ln Gamma, ends by bisection

describe('evidence about counts', () => {
  it.each([
    [40, 1000, 0.02, 4.2505341508334356],
    [0, 3, 0.3, -0.09312597798948373],
  ])('of %d of %d against a rate of %d', (successes, trials, rate, expected) => {
    close(anytimeRateTest({ successes, trials }, rate).logEvidence, expected)
  })

  it('takes another prior', () => {
    const prior = { successes: 1, failures: 1 }
    close(anytimeRateTest({ successes: 12, trials: 13 }, 1e-6, { prior }).logEvidence, 160.582121008495)
  })

  it.each([
    [[5000, 4600], [1, 1], 6.369021153965603],
    [[3_000_000, 3_002_000, 1_000_400], [3, 3, 1], -8.519980275492358],
    [[900_000_000, 100_000_000], [9, 1], -6.908598367953157],
  ])('of arms with %j members for weights of %j', (counts, weights, expected) => {
    const arms = counts.map((count, index) => ({ count, weight: weights[index] ?? 1 }))
    close(anytimeSampleRatio(arms, { concentration: 1000 }).logEvidence, expected, 1e-11)
  })

  it.each([
    [[5000, 4600], [1, 1], 5.371218934198832],
    [[3000000, 3002000, 1000400], [3, 3, 1], -6.901574544438501],
    [[900000000, 100000000], [9, 1], -6.355143759550484],
    [[130, 70], [1, 1], 4.821758892807779],
  ])(
    'of arms with %j members for weights of %j, by the mean of two concentrations',
    (counts, weights, expected) => {
      const arms = counts.map((count, index) => ({ count, weight: weights[index] ?? 1 }))
      close(anytimeSampleRatio(arms).logEvidence, expected, 1e-11)
    },
  )

  it('stays finite where the p-value is 0', () => {
    const { logEvidence, pValue } = anytimeSampleRatio([
      { count: 1_000_000, weight: 1 },
      { count: 900_000, weight: 1 },
    ])
    expect(pValue).toBe(0)
    expect(logEvidence).toBeGreaterThan(2000)
    expect(logEvidence).toBeLessThan(3000)
  })
})

describe('the interval of one rate', () => {
  it.each([
    [40, 1000, 0.95, 0.021311293102018233, 0.06681934857458745],
    [0, 100, 0.95, 0, 0.05702859763877186],
    [7, 7, 0.9, 0.5756533661488594, 1],
    [1, 1, 0.95, 0.025, 1],
    [30_000, 1_000_000, 0.99, 0.029180789492639834, 0.03083392281418059],
    [3, 50, 0.8, 0.007158640235051613, 0.1963177150136921],
  ])('of %d of %d at %d', (successes, trials, confidence, low, high) => {
    const interval = anytimeRateInterval({ successes, trials }, { confidence })
    close(interval.low, low)
    close(interval.high, high)
    expect(interval).toMatchObject({ value: successes / trials, confidence })
  })

  it.each([
    [{ successes: 0.5, failures: 0 }, 'prior.failures'],
    [{ successes: -1, failures: 1 }, 'prior.successes'],
  ])('refuses the prior %j', (prior, path) => {
    expect(() => anytimeRateInterval({ successes: 1, trials: 2 }, { confidence: 0.9, prior })).toThrow(
      refused(path),
    )
    expect(() => anytimeRateTest({ successes: 1, trials: 2 }, 0.5, { prior })).toThrow(refused(path))
  })

  it('refuses impossible counts, rates and confidences', () => {
    expect(() => anytimeRateInterval({ successes: 3, trials: 2 }, { confidence: 0.9 })).toThrow(
      refused('successes'),
    )
    expect(() => anytimeRateInterval({ successes: 1, trials: 2 }, { confidence: 1 })).toThrow(
      refused('confidence'),
    )
    expect(() => anytimeRateTest({ successes: 1, trials: 2 }, 0)).toThrow(refused('rate'))
    expect(() => anytimeRateTest({ successes: 1, trials: 2 }, 0.1, { previousPValue: 2 })).toThrow(
      refused('previousPValue'),
    )
  })
})

describe('the sample ratio', () => {
  it('refuses fewer than two arms, broken counts, weights and concentrations', () => {
    const arm = { count: 5, weight: 1 }
    expect(() => anytimeSampleRatio([arm])).toThrow(refused('arms'))
    expect(() => anytimeSampleRatio([arm, { count: 1.5, weight: 1 }])).toThrow(refused('arms[1].count'))
    expect(() => anytimeSampleRatio([arm, { count: 1, weight: 0 }])).toThrow(refused('arms[1].weight'))
    expect(() => anytimeSampleRatio([arm, arm], { concentration: 0 })).toThrow(refused('concentration'))
  })
})

describe('the split of the successes', () => {
  it.each([
    [
      [160, 2000, 80, 2000],
      10.957845547736143,
      [0.0112987991329451, 0.079280396605956],
      [0.275531178418988, 2.21077119240345],
    ],
    [
      [30, 900, 2, 100],
      -0.13780539041642273,
      [-0.0842434667538393, 0.0600100409214038],
      [-0.636108995970657, 23.0150354639617],
    ],
    [
      [20_400, 1_000_000, 20_000, 1_000_000],
      -1.6251511273286048,
      [-0.000337814245731126, 0.0011558023271805],
      [-0.0162195424209288, 0.0575575890926113],
    ],
  ])('of %j', ([successes = 0, trials = 0, others = 0, among = 0], logEvidence, difference, lift) => {
    const look = compareProportionsAnytime(
      { successes, trials },
      { successes: others, trials: among },
      { confidence: 0.95 },
    )
    close(look.logEvidence, logEvidence)
    close(look.difference.low, difference[0] ?? 0)
    close(look.difference.high, difference[1] ?? 0)
    close(look.lift?.low ?? 0, lift[0] ?? 0, 1e-11)
    close(look.lift?.high ?? 0, lift[1] ?? 0, 1e-11)
  })

  it('speaks from the first success on, and of no lift before both arms have one', () => {
    const nothing = { successes: 0, trials: 50 }
    const none = compareProportionsAnytime(nothing, nothing, { confidence: 0.95 })
    expect(none).toMatchObject({
      status: 'valid',
      method: 'success-split',
      lift: null,
      logEvidence: 0,
      pValue: 1,
    })
    expect(none.difference.low).toBeLessThan(-0.1)
    expect(none.difference.high).toBeGreaterThan(0.1)
    const one = compareProportionsAnytime(
      { successes: 0, trials: 500 },
      { successes: 4, trials: 500 },
      { confidence: 0.95 },
    )
    close(one.logEvidence, 0.1770343528746423)
    close(one.difference.low, -0.0324142086309765)
    expect(one.lift).toBeNull()
  })

  it('refuses what cannot be', () => {
    const arm = { successes: 1, trials: 2 }
    const options = { confidence: 0.95 }
    expect(() => compareProportionsAnytime({ ...arm, trials: 0 }, arm, options)).toThrow(refused('a.trials'))
    expect(() => compareProportionsAnytime(arm, { ...arm, successes: 3 }, options)).toThrow(
      refused('b.successes'),
    )
    expect(() => compareProportionsAnytime(arm, arm, { confidence: 0 })).toThrow(refused('confidence'))
    expect(() => compareProportionsAnytime(arm, arm, { ...options, plannedSuccesses: 0 })).toThrow(
      refused('plannedSuccesses'),
    )
    expect(() => compareProportionsAnytime(arm, arm, { ...options, previousPValue: -1 })).toThrow(
      refused('previousPValue'),
    )
  })
})

describe('the normal mixture', () => {
  it('is sharpest where the function of Lambert says', () => {
    exact(sharpestRatio(0.05), 8.211968062068253)
    exact(sharpestRatio(0.01), 11.756371222495419)
  })

  it.each([
    [
      [160, 2000, 80, 2000],
      { plannedMembers: 4000 },
      11.534366167637307,
      0.017206250885371,
      0.062793749114629,
    ],
    [
      [160, 2000, 80, 2000],
      { effectVariance: 0.0004 },
      11.386098554763365,
      0.0171938695555295,
      0.0628061304444705,
    ],
    [[60, 900, 1, 100], { plannedMembers: 2000 }, 1.2134578768675122, -0.021000693833496, 0.134334027166829],
  ])(
    'of the proportions %j with %j',
    ([successes = 0, trials = 0, others = 0, among = 0], mixture, logEvidence, low, high) => {
      const look = compareProportionsByNormalMixture(
        { successes, trials },
        { successes: others, trials: among },
        { confidence: 0.95, mixture },
      )
      if (look.status !== 'valid') throw new Error('still collecting')
      close(look.logEvidence, logEvidence)
      close(look.difference.low, low)
      close(look.difference.high, high)
    },
  )

  it.each([
    [
      [5000, 2.4, 90],
      [5000, 1.2, 60],
      { plannedMembers: 10_000 },
      20.284441771818578,
      0.67430137734435,
      1.72569862265565,
    ],
    [
      [900, 2.4, 90],
      [100, 1.9, 20],
      { effectVariance: 0.25 },
      -0.09099091346627279,
      -4.69398275342386,
      5.69398275342386,
    ],
  ])('of means with moments %j and %j', (a, b, mixture, logEvidence, low, high) => {
    const momentsOf = ([count = 0, mean = 0, variance = 0]: number[]) => ({ count, mean, variance })
    const look = compareMeansByNormalMixture(momentsOf(a), momentsOf(b), { confidence: 0.95, mixture })
    if (look.status !== 'valid') throw new Error('still collecting')
    close(look.logEvidence, logEvidence)
    close(look.difference.low, low)
    close(look.difference.high, high)
  })

  it('collects until the smaller arm expects five successes and five failures', () => {
    const options = { confidence: 0.95, mixture: { plannedMembers: 1000 } }
    const statusOf = (successes: number, others: number) =>
      compareProportionsByNormalMixture(
        { successes, trials: 100 },
        { successes: others, trials: 300 },
        options,
      )
    expect(statusOf(3, 16)).toEqual({ status: 'collecting', have: 4.75, need: 5 })
    expect(statusOf(3, 17).status).toBe('valid')
    expect(statusOf(97, 284)).toEqual({ status: 'collecting', have: 4.75, need: 5 })
    expect(statusOf(97, 283).status).toBe('valid')
  })

  it('collects until both arms have a hundred members and any spread', () => {
    const options = { confidence: 0.95, mixture: { effectVariance: 1 } }
    const some = { count: 100, mean: 1, variance: 3 }
    const statusOf = (a: typeof some, b: typeof some) => compareMeansByNormalMixture(a, b, options).status
    expect(compareMeansByNormalMixture(some, { ...some, count: 99 }, options)).toEqual({
      status: 'collecting',
      have: 99,
      need: 100,
    })
    expect(statusOf(some, some)).toBe('valid')
    expect(statusOf({ ...some, variance: 0 }, { ...some, variance: 0 })).toBe('collecting')
    expect(statusOf({ ...some, variance: 0 }, some)).toBe('valid')
  })

  it.each([
    [{ plannedMembers: 0 }, 'mixture.plannedMembers'],
    [{ effectVariance: 0 }, 'mixture.effectVariance'],
    [{ plannedMembers: 100, effectVariance: 1 }, 'mixture'],
  ])('refuses the mixture %j', (mixture, path) => {
    const arm = { successes: 50, trials: 100 }
    expect(() => compareProportionsByNormalMixture(arm, arm, { confidence: 0.95, mixture })).toThrow(
      refused(path),
    )
    const moments = { count: 100, mean: 1, variance: 1 }
    expect(() => compareMeansByNormalMixture(moments, moments, { confidence: 0.95, mixture })).toThrow(
      refused(path),
    )
  })

  it('refuses impossible moments', () => {
    const options = { confidence: 0.95, mixture: { plannedMembers: 1000 } }
    const arm = { count: 100, mean: 1, variance: 1 }
    expect(() => compareMeansByNormalMixture({ ...arm, variance: -1 }, arm, options)).toThrow(
      refused('a.variance'),
    )
    expect(() => compareMeansByNormalMixture(arm, { ...arm, mean: Number.NaN }, options)).toThrow(
      refused('b.mean'),
    )
    expect(() => compareMeansByNormalMixture(arm, { ...arm, count: 0 }, options)).toThrow(refused('b.count'))
  })
})
