import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anytimeRateInterval, anytimeRateTest } from './anytime-rate.js'
import { anytimeSampleRatio } from './anytime-sample-ratio.js'
import {
  compareMeansByNormalMixture,
  compareProportionsByNormalMixture,
} from './compare-by-normal-mixture.js'
import { compareProportionsAnytime } from './compare-proportions-anytime.js'

const runs = { seed: 11, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 20_000 : 300 }

const proportion = (most: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: most }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([trials, share]) => ({ successes: Math.round(trials * share * share), trials }))
const confidence = fc.constantFrom(0.8, 0.9, 0.95, 0.99, 0.999)
const mixture = fc.oneof(
  fc.record({ plannedMembers: fc.integer({ min: 1, max: 1e6 }) }),
  fc.record({ effectVariance: fc.double({ min: 1e-8, max: 10, noNaN: true }) }),
)
const moments = fc.record({
  count: fc.integer({ min: 100, max: 1e6 }),
  mean: fc.double({ min: -100, max: 100, noNaN: true }),
  variance: fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
})

/** An interval leaves a value out exactly when the p-value is below its error; at the very edge either may round. */
function expectDual(
  pValue: number,
  error: number,
  { low, high }: { low: number; high: number },
  value: number,
) {
  if (Math.abs(pValue / error - 1) < 1e-9) return
  expect(low > value || high < value).toBe(pValue < error)
}

describe('p-values and intervals are two sides of one thing', () => {
  it('for the split of the successes', () => {
    fc.assert(
      fc.property(proportion(50_000), proportion(50_000), confidence, (a, b, level) => {
        const { pValue, difference, lift } = compareProportionsAnytime(a, b, { confidence: level })
        expectDual(pValue, 1 - level, difference, 0)
        if (lift !== null) expectDual(pValue, 1 - level, lift, 0)
      }),
      runs,
    )
  })

  it('for the normal mixture of proportions', () => {
    fc.assert(
      fc.property(proportion(50_000), proportion(50_000), confidence, mixture, (a, b, level, shape) => {
        const look = compareProportionsByNormalMixture(a, b, { confidence: level, mixture: shape })
        if (look.status === 'valid') expectDual(look.pValue, 1 - level, look.difference, 0)
      }),
      runs,
    )
  })

  it('for the normal mixture of means', () => {
    fc.assert(
      fc.property(moments, moments, confidence, mixture, (a, b, level, shape) => {
        const look = compareMeansByNormalMixture(a, b, { confidence: level, mixture: shape })
        if (look.status === 'valid') expectDual(look.pValue, 1 - level, look.difference, 0)
      }),
      runs,
    )
  })

  it('for one rate', () => {
    fc.assert(
      fc.property(
        proportion(1e6),
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        confidence,
        (seen, rate, level) => {
          const interval = anytimeRateInterval(seen, { confidence: level })
          expectDual(anytimeRateTest(seen, rate).pValue, 1 - level, interval, rate)
          expect(interval.low).toBeLessThanOrEqual(interval.value)
          expect(interval.high).toBeGreaterThanOrEqual(interval.value)
        },
      ),
      runs,
    )
  })
})

describe('whichever arm comes first', () => {
  it('the evidence is the same and the difference changes its sign', () => {
    fc.assert(
      fc.property(proportion(50_000), proportion(50_000), (a, b) => {
        const one = compareProportionsAnytime(a, b, { confidence: 0.95 })
        const other = compareProportionsAnytime(b, a, { confidence: 0.95 })
        expect(other.logEvidence).toBeCloseTo(one.logEvidence, 8)
        expect(other.difference.low).toBeCloseTo(-one.difference.high, 10)
        expect(other.difference.high).toBeCloseTo(-one.difference.low, 10)
      }),
      runs,
    )
  })

  it('the sample ratio is the same, whatever the scale of the weights', () => {
    const arm = fc.record({ count: fc.nat(100_000), weight: fc.integer({ min: 1, max: 20 }) })
    fc.assert(
      fc.property(
        fc.array(arm, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 2, max: 9 }),
        (arms, factor) => {
          const { logEvidence } = anytimeSampleRatio(arms)
          const scaled = [...arms].reverse().map(({ count, weight }) => ({ count, weight: weight * factor }))
          const again = anytimeSampleRatio(scaled).logEvidence
          expect(Math.abs(again - logEvidence)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(logEvidence)))
        },
      ),
      runs,
    )
  })
})

describe('an e-value is fair', () => {
  it('averaged over all outcomes of a rate it is 1', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        (trials, rate, weight) => {
          let average = 0
          let ways = 1
          for (let successes = 0; successes <= trials; successes += 1) {
            const prior = { successes: weight, failures: weight * 2 }
            const { logEvidence } = anytimeRateTest({ successes, trials }, rate, { prior })
            average += ways * rate ** successes * (1 - rate) ** (trials - successes) * Math.exp(logEvidence)
            ways *= (trials - successes) / (successes + 1)
          }
          expect(average).toBeCloseTo(1, 9)
        },
      ),
      runs,
    )
  })
})

describe('the running p-value', () => {
  it('is the smallest so far', () => {
    fc.assert(
      fc.property(
        proportion(1000),
        proportion(1000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, b, before) => {
          const look = compareProportionsAnytime(a, b, { confidence: 0.95, previousPValue: before })
          expect(look.runningPValue).toBe(Math.min(before, look.pValue))
        },
      ),
      runs,
    )
  })
})
