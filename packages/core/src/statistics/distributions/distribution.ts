/**
 * A distribution with its parameters fixed. Tails are computed as such, never as 1 minus the other one, so that a
 * small probability keeps all its digits on either side.
 */
export interface Distribution {
  /** Density at x; of a discrete distribution the mass P(X = x), which is 0 between whole numbers. */
  density(x: number): number
  /** ln of {@link Distribution.density}, finite where that underflows. */
  logDensity(x: number): number
  /** P(X <= x). */
  lowerTail(x: number): number
  /** P(X > x). */
  upperTail(x: number): number
  /** ln P(X <= x), finite where the probability underflows. */
  logLowerTail(x: number): number
  /** ln P(X > x), finite where the probability underflows. */
  logUpperTail(x: number): number
  /**
   * The smallest x with P(X <= x) >= p.
   *
   * @param probability - 0 to 1; at the ends the ends of the support
   * @throws INVALID_INPUT with path `probability`
   */
  lowerQuantile(probability: number): number
  /**
   * The smallest x with P(X > x) <= p: for a p near 0 it keeps the digits that 1 - p has lost.
   *
   * @param probability - 0 to 1; at the ends the ends of the support
   * @throws INVALID_INPUT with path `probability`
   */
  upperQuantile(probability: number): number
}
