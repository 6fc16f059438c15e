/** A convex curve that is to cross 0 on its way outwards. */
export interface ConvexCurve {
  /** Below 0 at `from` or at 0. */
  readonly at: (x: number) => number
  readonly slopeAt: (x: number) => number
  /** Where the search begins, and how far its first step goes. */
  readonly from: number
  readonly step: number
}

const MOST_STEPS = 100

/**
 * Where a convex curve crosses 0 on one side: doubling steps until it is above, then Newton's iteration, which comes
 * nearer from that side alone.
 */
export function convexCrossing({ at, slopeAt, from, step }: ConvexCurve, side: 1 | -1): number {
  let stride = step
  let x = from + side * stride
  let height = at(x)
  while (height < 0) {
    stride *= 2
    x = from + side * stride
    height = at(x)
  }
  for (let round = 0; round < MOST_STEPS; round += 1) {
    const next = x - height / slopeAt(x)
    if (!((x - next) * side > 1e-15 * Math.max(1, Math.abs(x)))) return x
    x = next
    height = at(x)
  }
  return x
}
