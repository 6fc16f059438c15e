import { describe, expect, it } from 'vitest'
import { meanDifferenceBayesian } from './bayes/compare-means-bayesian.js'
import { compareRatios } from './means/ratio-metric.js'
import { type MeanComparison, welchTest } from './means/welch.js'
import { compareQuantiles } from './quantiles/compare-quantiles.js'
import { quantileInterval } from './quantiles/quantile-interval.js'
import {
  atLeast,
  atMost,
  type Draws,
  isWithin,
  momentsWith,
  ordersOf,
  revenueOf,
  shareOf,
  worldsOf,
} from './simulation.fixture.js'

const CONFIDENCE = { confidence: 0.95 } as const
const WORLDS = worldsOf(1_000)
const NOWHERE = { low: 1, high: 0 }
const valuesOf = (count: number, draw: () => number) => Array.from({ length: count }, draw)

/** The least of the shares of worlds in which each of three intervals holds the truth. */
function coverages(
  seed: string,
  truths: { readonly difference: number; readonly lift: number },
  comparisonOf: (draws: Draws) => Pick<MeanComparison, 'difference' | 'lift'>,
) {
  const covered = (isCovered: (got: Pick<MeanComparison, 'difference' | 'lift'>) => boolean) =>
    shareOf(seed, (draws) => isCovered(comparisonOf(draws)), WORLDS)
  return {
    difference: covered(({ difference }) => isWithin(truths.difference, difference ?? NOWHERE)),
    delta: covered(({ lift }) => isWithin(truths.lift, lift.delta ?? NOWHERE)),
    fieller: covered(({ lift }) => isWithin(truths.lift, lift.fieller ?? NOWHERE)),
  }
}

describe('difference and lift of means cover the truth as often as they say', () => {
  it.each([
    [20, 20],
    [200, 100],
  ])('of %d and %d normal values', (n, m) => {
    const { difference, delta, fieller } = coverages(
      `normal:${n}:${m}`,
      { difference: 0.2, lift: 0.2 },
      (draws) =>
        welchTest(
          momentsWith(valuesOf(n, () => 1.2 + 0.4 * draws.normal())),
          momentsWith(valuesOf(m, () => 1 + 0.25 * draws.normal())),
          CONFIDENCE,
        ),
    )
    for (const covered of [difference, delta, fieller])
      expect(covered).toBeGreaterThanOrEqual(atLeast(0.949, WORLDS))
  })

  // the last column is what few buyers in the smaller arm cost
  it.each([
    [1_000, 1_000, 0.1, 0.08, 0.946],
    [4_000, 1_000, 0.05, 0.05, 0.943],
    [4_000, 4_000, 0.02, 0.02, 0.944],
  ])('of what %d and %d members spend of whom %d and %d buy', (n, m, p, q, promised) => {
    const truths = { difference: (p - q) * Math.exp(0.125), lift: p / q - 1 }
    const { difference, delta, fieller } = coverages(`revenue:${n}:${m}:${p}`, truths, (draws) =>
      welchTest(momentsWith(revenueOf(draws, n, p), n), momentsWith(revenueOf(draws, m, q), m), CONFIDENCE),
    )
    for (const covered of [difference, delta, fieller])
      expect(covered).toBeGreaterThanOrEqual(atLeast(promised, WORLDS))
  })

  it.each([
    [1_000, 1_000, 0.1, 0.942],
    [4_000, 4_000, 0.1, 0.947],
  ])('of ratios of %d and %d members of whom %d order', (n, m, rate, promised) => {
    const { difference, delta, fieller } = coverages(
      `ratio:${n}:${rate}`,
      { difference: 0, lift: 0 },
      (draws) => compareRatios(ordersOf(draws, n, rate), ordersOf(draws, m, rate), CONFIDENCE),
    )
    for (const covered of [difference, delta, fieller])
      expect(covered).toBeGreaterThanOrEqual(atLeast(promised, WORLDS))
  })

  it('as a Bayesian sees them, when means are drawn from the prior', () => {
    const covered = shareOf(
      'bayes',
      (draws) => {
        const truths = [draws.normal(), draws.normal()] as const
        const [a, b] = truths.map((truth) => momentsWith(valuesOf(100, () => truth + 10 * draws.normal())))
        if (a === undefined || b === undefined) return false
        return isWithin(
          truths[0] - truths[1],
          meanDifferenceBayesian(a, b, { prior: { mean: 0, variance: 1 } }),
        )
      },
      WORLDS,
    )
    expect(covered).toBeGreaterThanOrEqual(atLeast(0.947, WORLDS))
    expect(covered).toBeLessThanOrEqual(atMost(0.95, WORLDS))
  })
})

describe('the interval of a quantile', () => {
  it.each([
    [20, 0.5],
    [100, 0.9],
    [100, 0.97],
  ])('covers the truth at least as often as it says (%d values at %d)', (count, probability) => {
    const covered = shareOf(
      `quantile:${count}:${probability}`,
      (draws) =>
        isWithin(probability, quantileInterval(valuesOf(count, draws.uniform), probability, CONFIDENCE)),
      WORLDS,
    )
    expect(covered).toBeGreaterThanOrEqual(atLeast(0.95, WORLDS))
  })

  it.each([
    [50, 50, 0.5],
    [200, 60, 0.75],
  ])('covers a difference at least as often as it says (%d and %d values at %d)', (n, m, probability) => {
    const worlds = worldsOf(500)
    const covered = shareOf(
      `difference:${n}:${m}:${probability}`,
      (draws) => {
        const slow = valuesOf(n, () => 2 * draws.uniform())
        const fast = valuesOf(m, draws.uniform)
        return isWithin(probability, compareQuantiles(slow, fast, probability, CONFIDENCE).difference)
      },
      worlds,
    )
    expect(covered).toBeGreaterThanOrEqual(atLeast(0.95, worlds))
  })
})
