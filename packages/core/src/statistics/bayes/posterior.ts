/**
 * A posterior on a coordinate in which its density is log-concave and smooth: of a rate its log odds, of a mean the
 * mean.
 */
export interface Posterior {
  readonly mode: number
  /** Standard deviation of the normal distribution that has the same peak. */
  readonly spread: number
  /** ln of the density over its value at the mode. */
  logDensity(coordinate: number): number
  /** Expected value of what the coordinate stands for. */
  readonly mean: number
}

/** What a coordinate stands for. */
export interface Coordinate {
  valueAt(coordinate: number): number
  /** Its rise by the coordinate. */
  slopeAt(coordinate: number): number
  /** Infinite from the ends of what values there are. */
  coordinateOf(value: number): number
  /** Wider panels would not follow the slope. */
  readonly widestPanel: number
}

/** Rates, by their log odds. */
export const LOG_ODDS: Coordinate = {
  valueAt: (logOdds) => 1 / (1 + Math.exp(-logOdds)),
  slopeAt: (logOdds) => 1 / (1 + Math.exp(-logOdds)) / (1 + Math.exp(logOdds)),
  coordinateOf(rate) {
    if (rate <= 0) return Number.NEGATIVE_INFINITY
    return rate >= 1 ? Number.POSITIVE_INFINITY : Math.log(rate) - Math.log1p(-rate)
  },
  widestPanel: 2,
}

/** Means, as they are. */
export const IDENTITY: Coordinate = {
  valueAt: (mean) => mean,
  slopeAt: () => 1,
  coordinateOf: (mean) => mean,
  widestPanel: Number.POSITIVE_INFINITY,
}

/** Beta(successes, failures), on log odds: bell-shaped for every pair of numbers above 0. */
export function betaPosterior(successes: number, failures: number): Posterior {
  const total = successes + failures
  const mean = successes / total
  const mode = Math.log(successes / failures)
  return {
    mean,
    mode,
    spread: Math.sqrt(total / successes / failures),
    logDensity: (logOdds) => {
      const off = logOdds - mode
      // from the tail that is nearer to 0, where nothing overflows or cancels
      return off < 0
        ? successes * off - total * Math.log1p(mean * Math.expm1(off))
        : -failures * off - total * Math.log1p((failures / total) * Math.expm1(-off))
    },
  }
}

export function normalPosterior(mean: number, spread: number): Posterior {
  return { mean, mode: mean, spread, logDensity: (value) => -(((value - mean) / spread) ** 2) / 2 }
}
