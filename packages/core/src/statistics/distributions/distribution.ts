/**
 * A distribution with its parameters fixed, frozen. Tails are computed as such, never as 1 minus the other one, so that
 * a small probability keeps all its digits on either side.
 *
 * Densities by the saddle-point expansion of Loader (2000, "Fast and accurate computation of binomial probabilities");
 * tails by the incomplete gamma and beta functions: series and continued fractions for small parameters (Gautschi
 * 1979; Didonato and Morris 1992, "Algorithm 708"), from 20 on by Gauss-Legendre quadrature of the tail over the
 * density at its edge; sums of exact ratios for the hypergeometric.
 *
 * Tails and densities have a relative error of at most 1e-12 wherever they are at least 1e-300, typically 1e-15 in the
 * body and 1e-13 in the far tails, for shapes, beta parameters and degrees of freedom from 1e-3 to 1e10, for
 * up to 1e9 trials, populations and Poisson means. Below, their logarithms go on with the same relative error; of the
 * logarithm of a density, which may pass through 0, the error is at most 1e-12 of 1 + |ln|. Beyond those ranges
 * digits are lost slowly, and doubles overflow from 1e150 on. NaN gives NaN.
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
   * The smallest x with P(X <= x) >= p. Of a continuous distribution with a relative error of at most 1e-12 beyond
   * what the rounding of p itself decides, and 0 or infinity where x is beyond the doubles. Of a discrete one exact; a
   * tail within 1e-12 of p, on the smaller side, counts as equal to it, so that ties hold in spite of rounding.
   *
   * @param probability - 0 to 1; at the ends the ends of the support
   * @throws INVALID_INPUT with path `probability`
   */
  lowerQuantile(probability: number): number
  /**
   * The smallest x with P(X > x) <= p, as exact as {@link Distribution.lowerQuantile}: for a p near 0 it keeps the
   * digits that 1 - p has lost.
   *
   * @param probability - 0 to 1; at the ends the ends of the support
   * @throws INVALID_INPUT with path `probability`
   */
  upperQuantile(probability: number): number
}
