import { describe, expect, it } from 'vitest'
import { compareMeansBayesian } from './bayes/compare-means-bayesian.js'
import {
  ARMS,
  CONFIDENCE,
  close,
  closeRange,
  IS_ABSENT,
  PAIRS,
  readArms,
} from './hillstrom-shoppers.fixture.js'
import { MEDIANS, MOMENTS, SPEND, SPEND_BELIEFS, type WelchExpected } from './hillstrom-spend.fixture.js'
import { compareWithCuped } from './means/cuped.js'
import { type PairMoments, pairMomentsFromSums, pairMomentsOf } from './means/pair-moments.js'
import { compareRatios } from './means/ratio-metric.js'
import { type MeanComparison, welchTest } from './means/welch.js'
import { compareQuantiles } from './quantiles/compare-quantiles.js'
import { quantileInterval } from './quantiles/quantile-interval.js'
import { mannWhitney } from './ranks/mann-whitney.js'
import { compareMeansByNormalMixture } from './sequential/compare-by-normal-mixture.js'

describe.skipIf(IS_ABSENT)('what 64,000 real customers of a shop spent', { timeout: 60_000 }, () => {
  const arms = readArms()
  const shoppersOf = (arm: number) => arms[arm] ?? []
  const pairsOf = (arm: number): PairMoments => {
    const sums = { count: 0, y: 0, x: 0, yy: 0, xx: 0, xy: 0 }
    for (const { spend, history } of shoppersOf(arm)) {
      const [y, x] = [Math.round(spend * 100), Math.round(history * 100)]
      sums.count += 1
      sums.y += y
      sums.x += x
      sums.yy += y * y
      sums.xx += x * x
      sums.xy += x * y
    }
    const { count, y, x, covariance } = pairMomentsFromSums(sums)
    const inDollars = ({ mean, variance }: PairMoments['y']) => ({
      mean: mean / 100,
      variance: variance / 1e4,
    })
    return { count, y: inDollars(y), x: inDollars(x), covariance: covariance / 1e4 }
  }
  const momentsOf = (arm: number) => {
    const { count, y } = pairsOf(arm)
    return { count, ...y }
  }
  const closeWelch = (got: MeanComparison, wanted: WelchExpected) => {
    close(got.t, wanted.t, 1e-11)
    close(got.df, wanted.df, 1e-11)
    close(got.pValue, wanted.pValue, 1e-11)
    closeRange(got.difference, wanted.difference, 1e-11)
    closeRange(got.lift.delta, wanted.delta, 1e-10)
    closeRange(got.lift.fieller, wanted.fieller, 1e-10)
  }

  it.each([0, 1, 2])(
    'has moments in arm %d, from sums of cents as from the stream of dollars',
    async (arm) => {
      const [meanY = 0, varianceY = 0, meanX = 0, varianceX = 0, covariance = 0] = MOMENTS[arm] ?? []
      const stream = await pairMomentsOf(
        shoppersOf(arm).map(({ spend, history }) => [spend, history] as const),
      )
      for (const got of [pairsOf(arm), stream]) {
        close(got.y.mean, meanY)
        close(got.y.variance, varianceY)
        close(got.x.mean, meanX)
        close(got.x.variance, varianceX)
        close(got.covariance, covariance)
      }
    },
  )

  it.each([0, 1, 2])(
    'differs in pair %d by Welch’s test, as it is and after CUPED with the spend of the year before',
    (pair) => {
      const [first, second] = PAIRS[pair] ?? PAIRS[0]
      const wanted = SPEND[pair]
      if (wanted === undefined) throw new Error('there are three pairs')
      closeWelch(welchTest(momentsOf(first), momentsOf(second), CONFIDENCE), wanted.welch)
      const adjusted = compareWithCuped(pairsOf(first), pairsOf(second), CONFIDENCE)
      close(adjusted.theta, wanted.cuped.theta)
      close(adjusted.correlation, wanted.cuped.correlation)
      // what history tells of two weeks of spend is next to nothing: 0.06 % of the variance at most
      expect(Math.abs(adjusted.varianceReduction - wanted.cuped.varianceReduction)).toBeLessThan(1e-13)
      closeWelch(adjusted.comparison, wanted.cuped)
    },
  )

  it.each([0, 1, 2])('differs in pair %d at any look by the normal mixture', (pair) => {
    const [first, second] = PAIRS[pair] ?? PAIRS[0]
    const options = { ...CONFIDENCE, mixture: { plannedMembers: 40_000 } }
    const look = compareMeansByNormalMixture(momentsOf(first), momentsOf(second), options)
    if (look.status !== 'valid') throw new Error('there are members enough')
    close(look.logEvidence, SPEND[pair]?.logEvidence ?? 0, 1e-11)
    closeRange(look.difference, SPEND[pair]?.anytimeDifference ?? [0, 0], 1e-11)
  })

  it.each([0, 1, 2])('tends to be higher in the first arm of pair %d, by ranks', (pair) => {
    const [first, second] = PAIRS[pair] ?? PAIRS[0]
    const spendOf = (arm: number) => shoppersOf(arm).map(({ spend }) => spend)
    const wanted = SPEND[pair]?.mannWhitney ?? { u: 0, z: 0, pValue: 0, superiority: 0 }
    const { method, u, z, pValue, superiority, shift } = mannWhitney(spendOf(first), spendOf(second))
    expect([method, u, shift]).toEqual(['mann-whitney-normal-continuity', wanted.u, 0])
    close(z, wanted.z)
    close(pValue, wanted.pValue)
    close(superiority, wanted.superiority)
  })

  it.each([0, 1, 2])(
    'an order differs less in pair %d: dollars by order, and the median of orders',
    async (pair) => {
      const [first, second] = PAIRS[pair] ?? PAIRS[0]
      const ordersOf = (arm: number) =>
        pairMomentsOf(shoppersOf(arm).map(({ spend, conversion }) => [spend, conversion] as const))
      const wanted = SPEND[pair]?.perOrder
      const got = compareRatios(await ordersOf(first), await ordersOf(second), CONFIDENCE)
      close(got.a.ratio, wanted?.ratios[0] ?? 0)
      close(got.b.ratio, wanted?.ratios[1] ?? 0)
      // a difference of near equals: what is left of their digits
      close(got.z, wanted?.z ?? 0, 1e-10)
      close(got.pValue, wanted?.pValue ?? 0, 1e-10)
      closeRange(got.difference, wanted?.difference ?? [0, 0], 1e-10)
      const bought = (arm: number) =>
        shoppersOf(arm).flatMap(({ spend, conversion }) => (conversion === 1 ? [spend] : []))
      const { difference } = compareQuantiles(bought(first), bought(second), 0.5, CONFIDENCE)
      const [left, right] = [MEDIANS[first], MEDIANS[second]]
      if (left === undefined || right === undefined) throw new Error('there are three arms')
      const value = left.value - right.value
      close(difference.value, value)
      close(difference.low, value - Math.hypot(left.value - left.low, right.high - right.value))
      close(difference.high, value + Math.hypot(left.high - left.value, right.value - right.low))
    },
  )

  it('has medians of orders between order statistics', () => {
    MEDIANS.forEach(({ value, low, high }, arm) => {
      const bought = shoppersOf(arm).flatMap(({ spend, conversion }) => (conversion === 1 ? [spend] : []))
      const got = quantileInterval(bought, 0.5, CONFIDENCE)
      close(got.value, value)
      expect([got.low, got.high]).toEqual([low, high])
    })
  })

  it('looks to a Bayesian as to the others', () => {
    compareMeansBayesian(ARMS.map((_, arm) => momentsOf(arm))).forEach((belief, arm) => {
      expect(Math.abs(belief.probabilityToBeBest - (SPEND_BELIEFS.best[arm] ?? 0))).toBeLessThan(1e-12)
      expect(Math.abs(belief.expectedLoss - (SPEND_BELIEFS.loss[arm] ?? 0))).toBeLessThan(1e-12)
    })
  })
})
