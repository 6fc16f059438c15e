import { describe, expect, it } from 'vitest'
import { compareWithCuped } from './means/cuped.js'
import { compareRatios } from './means/ratio-metric.js'
import { welchTest } from './means/welch.js'
import { compareQuantiles } from './quantiles/compare-quantiles.js'
import { mannWhitney } from './ranks/mann-whitney.js'
import {
  atMost,
  type Draws,
  momentsWith,
  ordersOf,
  pairMomentsWith,
  revenueOf,
  shareOf,
  worldsOf,
} from './simulation.fixture.js'

const LEVEL = 0.05
const CONFIDENCE = { confidence: 0.95 } as const
const FEW_WORLDS = worldsOf(1_000)
const valuesOf = (count: number, draw: () => number) => Array.from({ length: count }, draw)

describe('Welch’s test of two equal means raises a false alarm at most as often as its level', () => {
  it.each([
    [8, 8, 1],
    [10, 25, 3],
    [100, 40, 0.2],
  ])('of %d and %d normal values with spreads of 1 and %d', (n, m, spread) => {
    const alarms = shareOf(`welch:${n}:${m}:${spread}`, (draws) => {
      const a = momentsWith(valuesOf(n, draws.normal))
      const b = momentsWith(valuesOf(m, () => spread * draws.normal()))
      return welchTest(a, b, CONFIDENCE).pValue < LEVEL
    })
    expect(alarms).toBeLessThanOrEqual(atMost(LEVEL))
  })

  // the last column is what the documentation says of few buyers in unequal arms
  it.each([
    [1_000, 1_000, 0.02, 0.05],
    [1_000, 1_000, 0.1, 0.052],
    [9_000, 1_000, 0.02, 0.066],
    [9_000, 1_000, 0.1, 0.054],
    [36_000, 4_000, 0.02, 0.055],
  ])('of what %d and %d members spend, of whom %d buy: %d', (n, m, rate, level) => {
    const alarms = shareOf(
      `revenue:${n}:${m}:${rate}`,
      (draws) => {
        const a = momentsWith(revenueOf(draws, n, rate), n)
        const b = momentsWith(revenueOf(draws, m, rate), m)
        return welchTest(a, b, CONFIDENCE).pValue < LEVEL
      },
      FEW_WORLDS,
    )
    expect(alarms).toBeLessThanOrEqual(atMost(level, FEW_WORLDS))
  })
})

describe('CUPED raises a false alarm as often as documented', () => {
  /** Outcomes, and a covariate that tells so much of them. */
  const correlated = (draws: Draws, count: number, correlation: number) =>
    pairMomentsWith(
      Array.from({ length: count }, () => {
        const before = draws.normal()
        return [correlation * before + Math.sqrt(1 - correlation ** 2) * draws.normal(), before] as const
      }),
    )

  it.each([
    [10, 10, 0.7, 0.063],
    [20, 20, 0.7, 0.058],
    [30, 30, 0.7, 0.053],
    [100, 100, 0.7, 0.05],
    [100, 100, 0, 0.052],
  ])('with %d and %d members and a correlation of %d: %d', (n, m, correlation, level) => {
    const alarms = shareOf(
      `cuped:${n}:${m}:${correlation}`,
      (draws) => {
        const [a, b] = [correlated(draws, n, correlation), correlated(draws, m, correlation)]
        return compareWithCuped(a, b, CONFIDENCE).comparison.pValue < LEVEL
      },
      FEW_WORLDS,
    )
    expect(alarms).toBeLessThanOrEqual(atMost(level, FEW_WORLDS))
  })
})

describe('the test of two equal ratios raises a false alarm as often as documented', () => {
  it.each([
    [1_000, 1_000, 0.1, 0.053],
    [1_000, 1_000, 0.03, 0.06],
    [4_000, 1_000, 0.1, 0.058],
    [4_000, 1_000, 0.03, 0.07],
    [4_000, 4_000, 0.1, 0.052],
  ])('with %d and %d members of whom %d order: %d', (n, m, rate, level) => {
    const alarms = shareOf(
      `ratio:${n}:${m}:${rate}`,
      (draws) => compareRatios(ordersOf(draws, n, rate), ordersOf(draws, m, rate), CONFIDENCE).pValue < LEVEL,
      FEW_WORLDS,
    )
    expect(alarms).toBeLessThanOrEqual(atMost(level, FEW_WORLDS))
  })
})

const SHAPES = {
  continuous: (draws: Draws) => draws.lognormal(1),
  'of four steps': (draws: Draws) => Math.ceil(4 * draws.uniform()),
  'nine in ten zero': (draws: Draws) => (draws.uniform() < 0.1 ? draws.lognormal(1) : 0),
} as const

describe('the rank test of two equal distributions raises a false alarm at most as often as its level', () => {
  it.each([
    [8, 12, 'continuous'],
    [60, 60, 'continuous'],
    [20, 20, 'of four steps'],
    [20, 20, 'nine in ten zero'],
    [200, 50, 'nine in ten zero'],
  ] as const)('of %d and %d values, %s', (n, m, shape) => {
    const alarms = shareOf(
      `ranks:${n}:${m}:${shape}`,
      (draws) => {
        const draw = () => SHAPES[shape](draws)
        return mannWhitney(valuesOf(n, draw), valuesOf(m, draw)).pValue < LEVEL
      },
      FEW_WORLDS,
    )
    expect(alarms).toBeLessThanOrEqual(atMost(LEVEL, FEW_WORLDS))
  })
})

describe('the interval of a difference of equal quantiles leaves 0 out at most as often as it says', () => {
  it.each([
    [30, 30, 0.5, 'continuous'],
    [100, 100, 0.9, 'continuous'],
    [400, 100, 0.5, 'continuous'],
    [100, 100, 0.5, 'of four steps'],
  ] as const)('of %d and %d values at %d, %s', (n, m, probability, shape) => {
    const worlds = worldsOf(500)
    const alarms = shareOf(
      `quantiles:${n}:${m}:${probability}:${shape}`,
      (draws) => {
        const draw = () => SHAPES[shape](draws)
        const { low, high } = compareQuantiles(
          valuesOf(n, draw),
          valuesOf(m, draw),
          probability,
          CONFIDENCE,
        ).difference
        return (low ?? -1) > 0 || (high ?? 1) < 0
      },
      worlds,
    )
    expect(alarms).toBeLessThanOrEqual(atMost(LEVEL, worlds))
  })
})
