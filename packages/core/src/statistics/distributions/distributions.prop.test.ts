import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { betaDistribution } from './beta-distribution.js'
import { binomial } from './binomial.js'
import { chiSquare } from './chi-square.js'
import type { Distribution } from './distribution.js'
import { fDistribution } from './f-distribution.js'
import { gammaDistribution } from './gamma-distribution.js'
import { hypergeometric } from './hypergeometric.js'
import { normalDistribution } from './normal-distribution.js'
import { poisson } from './poisson.js'
import { studentT } from './student-t.js'

const RUNS = process.env.CAMPAIGNKIT_LONG === '1' ? 20_000 : 300
const SETTINGS = { seed: 20_260_301, numRuns: RUNS }

const between = (low: number, high: number) =>
  fc.nat(2 ** 31 - 1).map((step) => low + ((high - low) * step) / (2 ** 31 - 1))
/** As many small ones as large ones. */
const scaled = (low: number, high: number) => between(Math.log(low), Math.log(high)).map(Math.exp)
const whole = (high: number) => scaled(1, high).map(Math.round)
const shape = scaled(1e-3, 1e7)

const continuous: fc.Arbitrary<Distribution> = fc.oneof(
  fc.tuple(between(-100, 100), scaled(1e-3, 1e3)).map(([mean, sd]) => normalDistribution({ mean, sd })),
  scaled(0.1, 1e10).map(studentT),
  shape.map(chiSquare),
  fc.tuple(shape, shape).map(([df1, df2]) => fDistribution(df1, df2)),
  fc.tuple(shape, shape).map(([a, b]) => betaDistribution(a, b)),
  fc.tuple(shape, scaled(1e-3, 1e3)).map(([k, scale]) => gammaDistribution(k, scale)),
)

const discrete: fc.Arbitrary<Distribution> = fc.oneof(
  fc.tuple(whole(1e9), between(1e-9, 1)).map(([trials, p]) => binomial(trials, p)),
  scaled(1e-3, 1e9).map(poisson),
  fc.tuple(whole(1e6), between(0, 1), between(0, 1)).map(([population, first, second]) =>
    hypergeometric({
      population,
      successes: Math.round(first * population),
      draws: Math.round(second * population),
    }),
  ),
)

/** A probability on either side, near or far. */
const probability = fc.oneof(between(1e-4, 0.5), scaled(1e-250, 0.5))
const side = fc.constantFrom('lower', 'upper')

const quantile = (distribution: Distribution, of: string, p: number) =>
  of === 'lower' ? distribution.lowerQuantile(p) : distribution.upperQuantile(p)

const errorOf = (got: number, want: number) => (got === want ? 0 : Math.abs(got / want - 1))

/** Every test sees a point that can happen: that of some probability. */
const points = fc.tuple(fc.oneof(continuous, discrete), side, probability)

describe('every distribution', () => {
  it('has tails that add up to 1', () => {
    fc.assert(
      fc.property(points, ([distribution, of, p]) => {
        const x = quantile(distribution, of, p)
        expect(Math.abs(distribution.lowerTail(x) + distribution.upperTail(x) - 1)).toBeLessThan(1e-15)
      }),
      SETTINGS,
    )
  })

  it('has logarithms that agree with the tails and the density', () => {
    fc.assert(
      fc.property(points, ([distribution, of, p]) => {
        const x = quantile(distribution, of, p)
        expect(errorOf(Math.exp(distribution.logLowerTail(x)), distribution.lowerTail(x))).toBeLessThan(1e-12)
        expect(errorOf(Math.exp(distribution.logUpperTail(x)), distribution.upperTail(x))).toBeLessThan(1e-12)
        expect(errorOf(Math.exp(distribution.logDensity(x)), distribution.density(x))).toBeLessThan(1e-12)
      }),
      SETTINGS,
    )
  })

  it('never falls in its lower tail and never rises in its upper one', () => {
    fc.assert(
      fc.property(points, probability, ([distribution, of, p], other) => {
        const [low, high] = [quantile(distribution, of, p), quantile(distribution, of, other)].sort(
          (a, b) => a - b,
        ) as [number, number]
        expect(distribution.lowerTail(high)).toBeGreaterThanOrEqual(distribution.lowerTail(low) * (1 - 1e-12))
        expect(distribution.upperTail(high)).toBeLessThanOrEqual(distribution.upperTail(low) * (1 + 1e-12))
      }),
      SETTINGS,
    )
  })

  it.each([-0.1, 1.1, Number.NaN])('refuses the quantile of %d', (p) => {
    fc.assert(
      fc.property(fc.oneof(continuous, discrete), (distribution) => {
        const refusal = expect.objectContaining({ code: 'INVALID_INPUT', path: 'probability' })
        expect(() => distribution.lowerQuantile(p)).toThrow(refusal)
        expect(() => distribution.upperQuantile(p)).toThrow(refusal)
      }),
      { ...SETTINGS, numRuns: 20 },
    )
  })
})

describe('the quantile of a continuous distribution', () => {
  it('has the probability as its tail, as far as a double can tell its neighbours apart', () => {
    fc.assert(
      fc.property(continuous, side, probability, (distribution, of, p) => {
        const x = quantile(distribution, of, p)
        const tail = of === 'lower' ? distribution.lowerTail(x) : distribution.upperTail(x)
        const steepness = Math.abs(x) * Math.exp(distribution.logDensity(x) - Math.log(p))
        fc.pre(x > Number.NEGATIVE_INFINITY && x !== 0 && x < Number.POSITIVE_INFINITY && x !== 1)
        expect(errorOf(tail, p)).toBeLessThan(1e-12 + 1e-15 * steepness)
      }),
      SETTINGS,
    )
  })
})

describe('the quantile of a distribution of counts', () => {
  it('has reached the probability, and its neighbour on the left has not', () => {
    fc.assert(
      fc.property(discrete, side, fc.oneof(probability, between(0.5, 1)), (distribution, of, p) => {
        const count = quantile(distribution, of, p)
        const lowest = distribution.lowerQuantile(0)
        if (of === 'lower') {
          expect(distribution.lowerTail(count)).toBeGreaterThanOrEqual(p * (1 - 1e-12))
          if (count > lowest) expect(distribution.lowerTail(count - 1)).toBeLessThan(p)
        } else {
          expect(distribution.upperTail(count)).toBeLessThanOrEqual(p * (1 + 1e-12))
          if (count > lowest) expect(distribution.upperTail(count - 1)).toBeGreaterThan(p)
        }
      }),
      SETTINGS,
    )
  })
})

describe('distributions that are one another', () => {
  const expectEqual = (got: number, want: number) => expect(errorOf(got, want)).toBeLessThan(1e-12)

  it('t squared is F with one degree of freedom', () => {
    fc.assert(
      fc.property(scaled(0.1, 1e8), scaled(1e-3, 20), (df, t) => {
        // the square is rounded: a relative error of 1e-16 there is one of up to t^2 in the far tail
        expectEqual(2 * studentT(df).upperTail(t), fDistribution(1, df).upperTail(t * t))
      }),
      SETTINGS,
    )
  })

  it('beta is itself from the other end, and F the ratio of its parts', () => {
    fc.assert(
      fc.property(shape, shape, between(1e-3, 0.999), (a, b, share) => {
        const x = Math.round(share * 1024) / 1024
        expectEqual(betaDistribution(a, b).logLowerTail(x), betaDistribution(b, a).logUpperTail(1 - x))
      }),
      SETTINGS,
    )
  })

  it('chi-square is gamma, and the upper tail of Poisson its lower one', () => {
    fc.assert(
      fc.property(whole(1e5), between(0.5, 2), (count, ratio) => {
        const mean = count * ratio
        expectEqual(
          chiSquare(2 * count).logLowerTail(2 * mean),
          gammaDistribution(count, 1).logLowerTail(mean),
        )
        expectEqual(poisson(mean).logUpperTail(count - 1), gammaDistribution(count, 1).logLowerTail(mean))
      }),
      SETTINGS,
    )
  })

  it('binomial counts its failures alike, and its tail is one of beta', () => {
    fc.assert(
      fc.property(whole(1e6), between(0, 1), fc.integer({ min: 1, max: 1023 }), (trials, share, step) => {
        const count = Math.round(share * (trials - 1))
        const p = step / 1024
        expectEqual(
          binomial(trials, p).logUpperTail(count),
          betaDistribution(count + 1, trials - count).logLowerTail(p),
        )
        expectEqual(
          binomial(trials, p).logLowerTail(count),
          binomial(trials, 1 - p).logUpperTail(trials - count - 1),
        )
      }),
      SETTINGS,
    )
  })

  it('hypergeometric does not mind which margin is drawn', () => {
    fc.assert(
      fc.property(whole(1e5), between(0, 1), between(0, 1), side, probability, (population, r, s, of, p) => {
        const successes = Math.round(r * population)
        const draws = Math.round(s * population)
        const one = hypergeometric({ population, successes, draws })
        const other = hypergeometric({ population, successes: draws, draws: successes })
        const x = quantile(one, of, p)
        expectEqual(one.logLowerTail(x), other.logLowerTail(x))
        expectEqual(one.logUpperTail(x), other.logUpperTail(x))
        expectEqual(one.density(x), other.density(x))
      }),
      SETTINGS,
    )
  })
})
