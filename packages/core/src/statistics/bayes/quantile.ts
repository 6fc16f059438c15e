/** A distribution function and its slope at one place. */
export interface Cumulative {
  readonly below: number
  readonly density: number
}

/** Between which places a quantile lies. */
export interface Bracket {
  readonly low: number
  readonly high: number
}

const MOST_STEPS = 100

/**
 * Where a distribution function reaches a probability: Newton's iteration, halving where that would leave the
 * bracket.
 */
export function quantileOf(
  cumulativeAt: (place: number) => Cumulative,
  probability: number,
  bracket: Bracket,
): number {
  let { low, high } = bracket
  let place = (low + high) / 2
  const enough = 1e-15 * (high - low)
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const { below, density } = cumulativeAt(place)
    if (below < probability) low = place
    else high = place
    const newton = place - (below - probability) / density
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - place) <= enough) return next
    place = next
  }
  return place
}
