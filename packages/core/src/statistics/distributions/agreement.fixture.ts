import { expect } from 'vitest'
import type { Distribution } from './distribution.js'

/** What the distributions promise. */
const PROMISE = 1e-12
/** From here on a logarithm is told by its relative error, nearer to 0 by the absolute one. */
const UNIT = 1e-3

function errorOf(got: number, want: number, least = 0): number {
  return got === want ? 0 : Math.abs(got - want) / Math.max(least, Math.abs(want))
}

function expectNear(got: number, want: number, least = 0): void {
  expect(errorOf(got, want, least), `${got} instead of ${want}`).toBeLessThan(PROMISE)
}

/** Both tails, their logarithms and the density agree, and quantiles lead back to x. */
export function expectAgreement(
  distribution: Distribution,
  want: {
    readonly x: number
    readonly lower: number
    readonly upper: number
    readonly logDensity: number
  },
): void {
  const { x, lower, upper } = want
  expectNear(distribution.lowerTail(x), lower)
  expectNear(distribution.upperTail(x), upper)
  expectNear(distribution.logLowerTail(x), lower < 0.5 ? Math.log(lower) : Math.log1p(-upper))
  expectNear(distribution.logUpperTail(x), upper < 0.5 ? Math.log(upper) : Math.log1p(-lower))
  expectNear(distribution.logDensity(x), want.logDensity, UNIT)
  expectNear(distribution.density(x) / Math.exp(want.logDensity), 1)
  expectWayBack(distribution, want)
}

/** A quantile of the smaller tail is x again, beyond what a rounded probability leaves open. */
function expectWayBack(
  distribution: Distribution,
  { x, lower, upper, logDensity }: { x: number; lower: number; upper: number; logDensity: number },
): void {
  const isLower = lower < upper
  const smaller = isLower ? distribution.lowerTail(x) : distribution.upperTail(x)
  const back = isLower ? distribution.lowerQuantile(smaller) : distribution.upperQuantile(smaller)
  const isLost = Math.exp(logDensity) * Math.abs(x) < smaller * 1e-3
  if (!isLost) expectNear(back, x)
}

/** Where a tail underflows, the logarithms agree all the same. */
export function expectLogarithms(
  distribution: Distribution,
  want: {
    readonly x: number
    readonly logLower: number
    readonly logUpper: number
    readonly logDensity: number
  },
): void {
  expectNear(distribution.logLowerTail(want.x), want.logLower)
  expectNear(distribution.logUpperTail(want.x), want.logUpper)
  expectNear(distribution.logDensity(want.x), want.logDensity)
}
