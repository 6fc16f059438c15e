import { describe, expect, it } from 'vitest'
import { drawBeta } from './bandits/draws.js'
import { compareRatesBayesian, rateDifferenceBayesian } from './bayes/compare-rates-bayesian.js'
import { newcombeInterval } from './proportions/difference.js'
import { proportionLift } from './proportions/lift.js'
import { proportionInterval } from './proportions/proportion-interval.js'
import { atLeast, atMost, drawnStrata, isWithin, shareOf, worldsOf } from './simulation.fixture.js'
import { combineStrata } from './strata/combine-strata.js'
import { stratifiedLift } from './strata/stratified-lift.js'
import { stratifiedNewcombe } from './strata/stratified-newcombe.js'

const CONFIDENCE = { confidence: 0.95 } as const

/** By method, what the documentation promises from three successes on, found by enumeration. */
const METHODS = [
  ['wilson', 0.926],
  ['clopper-pearson', 0.95],
  ['jeffreys', 0.916],
] as const

describe.each(METHODS)('the interval of a proportion by %s', (method, promised) => {
  it.each([
    [100, 0.5],
    [100, 0.05],
    [200, 0.04],
    [20_000, 0.02],
  ])('covers as often as documented (%d members, rate %d)', (trials, rate) => {
    const covered = shareOf(`${method}:${trials}:${rate}`, (draws) =>
      isWithin(rate, proportionInterval(draws.binomial(trials, rate), { ...CONFIDENCE, method })),
    )
    expect(covered).toBeGreaterThanOrEqual(atLeast(promised))
  })

  it('covers on average over rates at least as often as it says', () => {
    const covered = shareOf(`${method}:average`, (draws) => {
      const rate = Math.ceil(200 * draws.uniform()) / 400
      return isWithin(rate, proportionInterval(draws.binomial(200, rate), { ...CONFIDENCE, method }))
    })
    expect(covered).toBeGreaterThanOrEqual(atLeast(0.949))
    expect(covered).toBeLessThan(0.985)
  })
})

describe('the interval of a difference', () => {
  it.each([
    [150, 0.1, 150, 0.1],
    [200, 0.12, 200, 0.06],
    [200, 0.05, 60, 0.02],
    [20_000, 0.02, 5_000, 0.03],
    [50, 0.02, 50, 0.02],
  ])('covers the truth as often as it says (%d at %d, %d at %d)', (n, p, m, q) => {
    const covered = shareOf(`newcombe:${n}:${p}:${m}:${q}`, (draws) =>
      isWithin(p - q, newcombeInterval(draws.binomial(n, p), draws.binomial(m, q), 0.95)),
    )
    expect(covered).toBeGreaterThanOrEqual(atLeast(0.95))
  })

  // members and rate of a and of b in each stratum
  it.each([
    [
      'few large strata',
      0.04,
      [
        [500, 0.06, 500, 0.02],
        [400, 0.14, 100, 0.1],
        [100, 0.34, 300, 0.3],
      ],
    ],
    [
      'many small strata',
      0.1,
      Array.from({ length: 40 }, (_, index) => [6, 0.2 + index / 80, 4, 0.1 + index / 80]),
    ],
    ['strata of one success each', 0, Array.from({ length: 10 }, () => [30, 0.03, 20, 0.03])],
  ] as const)('over %s covers the truth as often as it says', (name, truth, strata) => {
    const worlds = worldsOf(1_000)
    const covered = shareOf(
      `strata:${name}`,
      (draws) => {
        const drawn = drawnStrata(draws, strata)
        return isWithin(truth, combineStrata(drawn, CONFIDENCE).difference)
      },
      worlds,
    )
    expect(covered).toBeGreaterThanOrEqual(atLeast(0.946, worlds))
  })
})

describe('the intervals within strata', () => {
  // members and rate of a and of b in each stratum
  it.each([
    [
      'large ones of unequal shares',
      0.5,
      [
        [900, 0.06, 300, 0.04],
        [400, 0.15, 500, 0.1],
        [300, 0.3, 900, 0.2],
      ],
    ],
    [
      'many small ones',
      1,
      Array.from({ length: 20 }, (_, index) => [20, 0.1 + index / 100, 30, 0.05 + index / 200]),
    ],
  ] as const)('of the lift cover the truth as often as they say: %s', (name, truth, strata) => {
    const covered = shareOf(`stratified lift:${name}`, (draws) => {
      const drawn = drawnStrata(draws, strata)
      const lift = stratifiedLift(drawn, 0.95)
      return lift === null || isWithin(truth, lift)
    })
    expect(covered).toBeGreaterThanOrEqual(atLeast(0.95))
  })

  it.each([
    [
      'few successes',
      0,
      [
        [60, 0.02, 40, 0.02],
        [30, 0.05, 60, 0.05],
        [20, 0.1, 20, 0.1],
      ],
    ],
    [
      'shares of 9 to 1 and 1 to 9',
      0.02,
      [
        [180, 0.05, 20, 0.03],
        [20, 0.03, 180, 0.01],
      ],
    ],
    [
      'many small ones',
      0.05,
      Array.from({ length: 12 }, (_, index) => [10, 0.06 + index / 100, 6, 0.01 + index / 100]),
    ],
  ] as const)('by Newcombe cover the difference as often as they say: %s', (name, truth, strata) => {
    const covered = shareOf(`stratified newcombe:${name}`, (draws) => {
      const drawn = drawnStrata(draws, strata)
      return isWithin(truth, stratifiedNewcombe(drawn, 0.95))
    })
    expect(covered).toBeGreaterThanOrEqual(atLeast(0.95))
  })
})

describe('the interval of a lift', () => {
  // method, members and rate of a and of b, coverage as documented
  it.each([
    ['log-ratio', 200, 0.02, 200, 0.02, 0.95],
    ['log-ratio', 200, 0.1, 200, 0.1, 0.95],
    ['log-ratio', 4_000, 0.03, 1_000, 0.03, 0.95],
    ['delta', 200, 0.1, 200, 0.1, 0.937],
    ['delta', 2_000, 0.05, 2_000, 0.05, 0.947],
    ['delta', 20_000, 0.03, 20_000, 0.02, 0.947],
    ['fieller', 200, 0.1, 200, 0.1, 0.946],
    ['fieller', 4_000, 0.03, 1_000, 0.03, 0.946],
    ['fieller', 20_000, 0.03, 20_000, 0.02, 0.95],
  ] as const)(
    'by %s covers the truth as often as documented (%d at %d, %d at %d)',
    (method, n, p, m, q, promised) => {
      const covered = shareOf(`lift:${method}:${n}:${p}:${m}:${q}`, (draws) => {
        const lift = proportionLift(draws.binomial(n, p), draws.binomial(m, q), { ...CONFIDENCE, method })
        return lift === null || isWithin(p / q - 1, lift)
      })
      expect(covered).toBeGreaterThanOrEqual(atLeast(promised))
    },
  )

  it('by delta is off to the left: with 100 successes the truth lies above it four times as often as below', () => {
    const missed = (side: 'above' | 'below') =>
      shareOf('lift:delta:sides', (draws) => {
        const lift = proportionLift(draws.binomial(2_000, 0.05), draws.binomial(2_000, 0.05), {
          ...CONFIDENCE,
          method: 'delta',
        })
        return lift !== null && (side === 'above' ? lift.high < 0 : lift.low > 0)
      })
    expect(missed('above')).toBeGreaterThan(2.5 * missed('below'))
  })
})

describe('a credible interval', { timeout: 600_000 }, () => {
  it.each([
    [1, 1, 50],
    [2, 38, 200],
  ])(
    'covers as often as it says when rates are drawn from its prior (%d and %d, %d members)',
    (successes, failures, trials) => {
      const worlds = worldsOf(400)
      const prior = { successes, failures }
      const draw = (uniform: () => number) => drawBeta(uniform, successes, failures)
      const ofRate = shareOf(
        `credible:${successes}`,
        (draws) => {
          const truth = draw(draws.uniform)
          const [belief] = compareRatesBayesian([draws.binomial(trials, truth)], { prior })
          return belief !== undefined && isWithin(truth, belief.interval)
        },
        worlds,
      )
      const ofDifference = shareOf(
        `credible difference:${successes}`,
        (draws) => {
          const [p, q] = [draw(draws.uniform), draw(draws.uniform)]
          return isWithin(
            p - q,
            rateDifferenceBayesian(draws.binomial(trials, p), draws.binomial(trials, q), { prior }),
          )
        },
        worldsOf(100),
      )
      expect(ofRate).toBeGreaterThanOrEqual(atLeast(0.95, worlds))
      expect(ofRate).toBeLessThanOrEqual(atMost(0.95, worlds))
      expect(ofDifference).toBeGreaterThanOrEqual(atLeast(0.95, worldsOf(100)))
    },
  )
})
