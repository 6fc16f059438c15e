import { describe, expect, it } from 'vitest'
import type { Estimate } from '../../model/verdict.js'
import { type Moments, mergeMoments } from '../means/moments.js'
import { relativeError } from '../relative-error.fixture.js'
import { incrementalRevenue } from './incremental-revenue.js'

const moments = (count: number, mean: number, variance: number): Moments => ({ count, mean, variance })

/**
 * mpmath 1.3, 40 digits: t quantiles by root finding on the incomplete beta function, the mixture by Lambert's W.
 * Interval of the mean difference, of the net revenue and of the return in percent; that of the watched difference.
 */
const CASES = [
  {
    treated: moments(9000, 2.4, 90),
    holdout: moments(1000, 1.4, 60),
    options: { cost: 450, confidence: 0.95 },
    method: 'pooled-t',
    perMember: [1, 0.3905402445666015, 1.6094597554333985],
    net: [8550, 3064.862201099414, 14035.137798900587],
    roiPercent: [1900, 681.0804891332031, 3118.919510866797],
    watched: [0.056329074220187174, 1.9436709257798128],
  },
  {
    treated: moments(500, 120.5, 90_000),
    holdout: moments(500, 80.25, 40_000),
    options: { cost: 12_000, confidence: 0.9 },
    method: 'welch-t',
    perMember: [40.25, 13.69924069821766, 66.80075930178234],
    net: [8125, -5150.37965089117, 21_400.37965089117],
    roiPercent: [67.70833333333333, -42.919830424093085, 178.33649709075974],
    watched: [-4.314240571094571, 84.81424057109457],
  },
  {
    treated: moments(300, 15.25, 400),
    holdout: moments(100, 9.5, 2500),
    options: { cost: 1234.5, confidence: 0.99, mixture: { plannedMembers: 2000 } },
    method: 'welch-t',
    perMember: [5.75, -7.701850222244457, 19.201850222244456],
    net: [490.5, -3545.055066673337, 4526.055066673337],
    roiPercent: [39.732685297691376, -287.16525448953723, 366.63062508492],
    watched: [-14.025773137301895, 25.525773137301897],
  },
  {
    treated: moments(12, 30, 100),
    holdout: moments(5, 20, 400),
    options: { cost: 50, confidence: 0.95 },
    method: 'welch-t',
    perMember: [10, -14.374455691750741, 34.37445569175074],
    net: [70, -222.49346830100887, 362.4934683010089],
    roiPercent: [140, -444.98693660201775, 724.9869366020177],
    watched: null,
  },
  {
    treated: moments(50_000, 3.5, 4000),
    holdout: moments(2500, 3.75, 3600),
    options: { confidence: 0.95 },
    method: 'pooled-t',
    perMember: [-0.25, -2.784408500559569, 2.284408500559569],
    net: [-12_500, -139_220.42502797846, 114_220.42502797845],
    roiPercent: null,
    watched: [-4.174593898944839, 3.6745938989448392],
  },
] as const

const endsOf = (estimate: Estimate | null | undefined) =>
  estimate ? [estimate.value, estimate.low, estimate.high] : [null]

/** To 12 digits of the largest of the figures. */
function expectNear(got: readonly (number | null)[], wanted: readonly number[] | null): void {
  const scale = Math.max(...(wanted ?? [0]).map(Math.abs))
  for (const [at, each] of got.entries()) {
    const expected = wanted?.[at] ?? null
    if (expected === null) expect(each).toBeNull()
    else expect(relativeError(each, expected, scale)).toBeLessThan(1e-12)
  }
}

describe('incremental revenue', () => {
  it.each(CASES)('agrees with values computed elsewhere ($method, $treated.count)', (known) => {
    const { treated, holdout, options } = known
    const found = incrementalRevenue(treated, holdout, options)
    expect(found.fixed?.method).toBe(known.method)
    for (const figure of ['perMember', 'net', 'roiPercent'] as const) {
      const wanted = known[figure]
      expectNear([found[figure]], wanted && [wanted[0]])
      expectNear(endsOf(found.fixed?.[figure]), wanted)
    }
    expectNear(endsOf(found.anytime?.perMember), known.watched && [known.perMember[0], ...known.watched])
  })

  it('of all variants together is that of each of them added up', () => {
    const holdout = moments(400, 44.5, 120_000)
    const variants = [moments(1895, 93, 210_000), moments(700, 141.25, 310_000), moments(1, 0, 0)]
    const together = incrementalRevenue(mergeMoments(...variants), holdout, { confidence: 0.95 })
    const each = variants.map((variant) => incrementalRevenue(variant, holdout, { confidence: 0.95 }).revenue)
    expect(
      relativeError(
        together.revenue,
        each.reduce((sum, revenue) => sum + revenue, 0),
      ),
    ).toBeLessThan(1e-12)
    expect(together).toMatchObject({ members: 2596, heldOut: 400, cost: 0, roiPercent: null })
  })

  it('has no interval of one member, of nobody who differs, or, watched, of less than a hundred on a side', () => {
    const some = moments(200, 5, 9)
    const of = (treated: Moments, holdout: Moments) => {
      const { fixed, anytime } = incrementalRevenue(treated, holdout, { cost: 1, confidence: 0.95 })
      return [fixed !== null, anytime !== null]
    }
    expect(of(some, some)).toEqual([true, true])
    expect(of(some, moments(99, 5, 9))).toEqual([true, false])
    expect(of(moments(1, 5, 0), some)).toEqual([false, false])
    expect(of(some, moments(1, 5, 0))).toEqual([false, false])
    expect(of(moments(200, 5, 0), moments(200, 4, 0))).toEqual([false, false])
  })

  it.each([
    ['treated.count', moments(0, 0, 0), {}],
    ['treated.variance', moments(5, 0, -1), {}],
    ['cost', moments(5, 0, 1), { cost: -1 }],
    ['confidence', moments(5, 0, 1), { confidence: 1 }],
    ['mixture.plannedMembers', moments(5, 0, 1), { mixture: { plannedMembers: 0 } }],
  ])('refuses a wrong %s', (path, treated, options) => {
    expect(() => incrementalRevenue(treated, moments(5, 0, 1), { confidence: 0.95, ...options })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})
