/** A mean and the variance of that mean. */
export interface MeasuredMean {
  readonly mean: number
  readonly variance: number
}

interface Lift {
  readonly value: number
  readonly low: number
  readonly high: number
}

/**
 * `a / b - 1` with the interval from the first-order variance of a ratio of independent means.
 *
 * @param critical - the quantile that leaves half of the error on each side
 * @returns null when `b` is not above 0
 */
export function deltaLift(a: MeasuredMean, b: MeasuredMean, critical: number): Lift | null {
  if (!(b.mean > 0)) return null
  const ratio = a.mean / b.mean
  const spread = (critical * Math.sqrt(a.variance + ratio * ratio * b.variance)) / b.mean
  return { value: ratio - 1, low: ratio - 1 - spread, high: ratio - 1 + spread }
}

/**
 * `a / b - 1` with the interval of Fieller (1954): the ratios r for which `a - r b` is not further from 0 than
 * `critical` standard errors.
 *
 * @returns null when `b` is not above 0 by more than `critical` standard errors: the interval has no end then
 */
export function fiellerLift(a: MeasuredMean, b: MeasuredMean, critical: number): Lift | null {
  const certain = b.mean * b.mean - critical * critical * b.variance
  if (!(b.mean > 0 && certain > 0)) return null
  const centre = (a.mean * b.mean) / certain
  const spread = (critical * Math.sqrt(a.variance * certain + a.mean * a.mean * b.variance)) / certain
  return { value: a.mean / b.mean - 1, low: centre - spread - 1, high: centre + spread - 1 }
}
