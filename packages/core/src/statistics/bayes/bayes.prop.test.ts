import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareRatesBayesian, rateDifferenceBayesian } from './compare-rates-bayesian.js'

const runs = { seed: 5, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 2_000 : 60 }
const counts = fc
  .tuple(fc.integer({ min: 0, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([trials, share]) => ({ successes: Math.round(trials * share ** 3), trials }))

describe('whatever the counts', () => {
  it('somebody is best, and what arms lose differs by what they are expected to be', () => {
    fc.assert(
      fc.property(fc.array(counts, { minLength: 2, maxLength: 5 }), (arms) => {
        const beliefs = compareRatesBayesian(arms)
        const together = beliefs.reduce((sum, { probabilityToBeBest }) => sum + probabilityToBeBest, 0)
        expect(together).toBeCloseTo(1, 14)
        const [first] = beliefs
        for (const { expectedLoss, interval } of beliefs) {
          expect(expectedLoss).toBeGreaterThanOrEqual(0)
          expect(expectedLoss + interval.value).toBeCloseTo(
            (first?.expectedLoss ?? 0) + (first?.interval.value ?? 0),
            11,
          )
          expect(interval.low).toBeLessThan(interval.high)
        }
      }),
      runs,
    )
  }, 30_000)

  it('the order of arms does not matter', () => {
    fc.assert(
      fc.property(fc.array(counts, { minLength: 2, maxLength: 4 }), (arms) => {
        const forwards = compareRatesBayesian(arms)
        const backwards = [...compareRatesBayesian([...arms].reverse())].reverse()
        forwards.forEach(({ probabilityToBeBest }, index) => {
          expect(backwards[index]?.probabilityToBeBest).toBeCloseTo(probabilityToBeBest, 12)
        })
      }),
      runs,
    )
  }, 30_000)

  it('a difference the other way round changes its sign', () => {
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        const one = rateDifferenceBayesian(a, b)
        const other = rateDifferenceBayesian(b, a)
        expect(other.low).toBeCloseTo(-one.high, 9)
        expect(other.high).toBeCloseTo(-one.low, 9)
      }),
      { ...runs, numRuns: 30 },
    )
  }, 30_000)
})
