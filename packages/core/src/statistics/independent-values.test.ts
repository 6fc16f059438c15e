import { describe, expect, it } from 'vitest'
import { testAndRoll } from './bandits/test-and-roll.js'
import * as values from './independent-values.fixture.js'
import { compareWithCuped } from './means/cuped.js'
import { compareRatios } from './means/ratio-metric.js'
import { welchTest } from './means/welch.js'
import { meanPower } from './planning/means.js'
import { detectableRate, proportionPower, proportionSampleSize } from './planning/proportions.js'
import { boschlooExact } from './proportions/boschloo.js'
import { mannWhitney } from './ranks/mann-whitney.js'
import { groupSequentialBounds } from './sequential/group-sequential.js'

/** To 12 digits; what cancels in a difference keeps fewer. */
const near = (actual: number | null | undefined, expected: number, scale = Math.abs(expected)) =>
  expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThanOrEqual(1e-12 * scale)

type Pair = readonly [number, number]
type Six = readonly [number, number, number, number, number, number]
const sizesOf = ([control, variant]: Pair) => ({ control, variant })
const proportionOf = ([successes, trials]: Pair) => ({ successes, trials })
const pairOf = ([count, yMean, yVariance, xMean, xVariance, covariance]: Six) => ({
  count,
  y: { mean: yMean, variance: yVariance },
  x: { mean: xMean, variance: xVariance },
  covariance,
})
const scaleOf = (expected: number) => Math.max(1, Math.abs(expected))

describe('values worked out by a stranger', () => {
  it.each(values.BOSCHLOO)('of Boschloo’s test of %j and %j', (a, b, alternative, p) => {
    near(boschlooExact(proportionOf(a), proportionOf(b), { alternative }).pValue, p)
  })

  it.each(values.WELCH_MOMENTS)('of Welch’s test of %j and %j', (a, b, confidence, alternative, expected) => {
    const momentsOf = ([count, mean, variance]: readonly [number, number, number]) => ({
      count,
      mean,
      variance,
    })
    const found = welchTest(momentsOf(a), momentsOf(b), { confidence, alternative })
    const [t, df, p, low] = expected
    near(found.t, t, scaleOf(t))
    near(found.df, df)
    near(found.pValue, p)
    near(found.difference?.low, low, scaleOf(low))
  })

  it.each(values.RATIOS)('of the delta method for %j and %j', (a, b, confidence, [variance, z, low]) => {
    const found = compareRatios(pairOf(a), pairOf(b), { confidence })
    near(found.b.variance, variance)
    near(found.z, z, scaleOf(z))
    near(found.difference?.low, low, scaleOf(low))
  })

  it.each(values.CUPED)('of CUPED for %j and %j', (a, b, confidence, [theta, t, reduction]) => {
    const found = compareWithCuped(pairOf(a), pairOf(b), { confidence })
    near(found.theta, theta, 1)
    near(found.comparison.t, t, scaleOf(t))
    near(found.varianceReduction, reduction, 1)
  })

  it.each(values.MANN_WHITNEY)('of the ranks of %j and %j', (a, b, alternative, method, [u, p, shift]) => {
    const found = mannWhitney(a, b, { alternative, method })
    near(found.u, u)
    near(found.pValue, p)
    near(found.shift, shift, 1)
  })

  it.each(values.RATE_POWERS)(
    'of the power for rates of %j and groups of %j',
    (rates, sizes, alpha, sides, power) => {
      near(proportionPower({ rates: sizesOf(rates), sizes: sizesOf(sizes), alpha, sides }).power, power)
    },
  )

  it.each(values.RATE_SIZES)(
    'of the sizes for rates of %j',
    (rates, alpha, sides, [power, allocation], sizes) => {
      const found = proportionSampleSize({ rates: sizesOf(rates), alpha, sides, power, allocation })
      expect(found.sizes).toEqual(sizesOf(sizes))
    },
  )

  it.each(values.RATE_EFFECTS)(
    'of the difference from %d that groups of %j show',
    (rate, sizes, alpha, sides, power, direction, difference) => {
      const found = detectableRate({ rate, sizes: sizesOf(sizes), alpha, sides, power, direction })
      near(Math.abs(found?.difference ?? 0), difference)
    },
  )

  it.each(values.MEAN_POWERS)(
    'of the power for means %d apart with deviations of %j',
    (difference, deviations, formula, sizes, alpha, sides, power) => {
      const asked = {
        difference,
        deviations: sizesOf(deviations),
        formula,
        sizes: sizesOf(sizes),
        alpha,
        sides,
      }
      near(meanPower(asked).power, power)
    },
  )

  it.each(values.BOUNDS)('of looks planned at alpha %d and %j', (alpha, fractions, spending, bounds) => {
    const looks = groupSequentialBounds({ alpha, fractions, spending })
    expect(looks).toHaveLength(bounds.length)
    bounds.forEach((bound, index) => {
      near(looks[index]?.z, bound)
    })
  })

  it.each(values.ROLLS)('of the test before the roll of %d', (population, first, second, sizes, regret) => {
    const armOf = ([mean, sd, noise]: readonly [number, number, number]) => ({ mean, sd, noise })
    const found = testAndRoll({ population, arms: [armOf(first), armOf(second)] })
    expect(found.sizes).toEqual(sizes)
    near(found.regret, regret)
  })
})
