import { linearMinusLogSeries } from './linear-minus-log.js'

/**
 * o ln(o / e) + e - o, the deviance of an observed o from an expected e, never negative (Loader 2000, "Fast and
 * accurate computation of binomial probabilities", there `bd0`). The caller hands in `excess`, o - e: it often knows
 * that difference better than two rounded numbers do, and far out in a tail of large counts every digit of it counts.
 */
export function deviance(observed: number, expected: number, excess: number): number {
  if (observed === 0) return expected
  const u = -excess / observed
  if (u > -0.8 && u < 4) return observed * linearMinusLogSeries(u)
  const ratio = Math.min(Number.MAX_VALUE, Math.max(Number.MIN_VALUE, expected / observed))
  return -excess - observed * Math.log(ratio)
}
