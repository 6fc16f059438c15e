/**
 * The two tails of a distribution at one point, which add up to 1, and their natural logarithms. Each is as exact as
 * the smaller of the two, so neither is the other one taken from 1 where that would lose digits.
 */
export interface Tails {
  /** P(X <= x). */
  readonly lower: number
  /** P(X > x). */
  readonly upper: number
  /** ln of `lower`, finite where that underflows. */
  readonly logLower: number
  /** ln of `upper`, finite where that underflows. */
  readonly logUpper: number
}

/** Left of all that can happen. */
export const NOTHING_BELOW: Tails = { lower: 0, upper: 1, logLower: Number.NEGATIVE_INFINITY, logUpper: 0 }

/** Right of all that can happen. */
export const NOTHING_ABOVE: Tails = { lower: 1, upper: 0, logLower: 0, logUpper: Number.NEGATIVE_INFINITY }

/** What no number has. */
export const NO_TAILS: Tails = {
  lower: Number.NaN,
  upper: Number.NaN,
  logLower: Number.NaN,
  logUpper: Number.NaN,
}

/** Both tails from the logarithm of the lower one, which must not be near 1 if digits of the upper one count. */
export function tailsFromLower(logLower: number): Tails {
  const lower = Math.exp(logLower)
  const upper = -Math.expm1(logLower)
  return { lower, upper, logLower, logUpper: lower < 0.5 ? Math.log1p(-lower) : Math.log(upper) }
}

/** Both tails from the logarithm of the upper one, likewise. */
export function tailsFromUpper(logUpper: number): Tails {
  return mirrored(tailsFromLower(logUpper))
}

/** The tails of -X at -x. */
export function mirrored({ lower, upper, logLower, logUpper }: Tails): Tails {
  return { lower: upper, upper: lower, logLower: logUpper, logUpper: logLower }
}
