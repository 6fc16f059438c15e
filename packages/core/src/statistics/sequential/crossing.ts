import { gaussLegendre } from '../quadrature/gauss-legendre.js'
import { normalUpperQuantile } from '../special/normal-quantile.js'
import { normalUpperTail } from '../special/normal-tail.js'

/** A point of z at the last look, and the probability of the paths that it stands for. */
interface PathPoint {
  readonly z: number
  readonly mass: number
}

/** The paths that no look has stopped so far: z at the last look, as points that stand for a density. */
export interface Paths {
  /** Share of the information at the last look; 0 before the first. */
  readonly fraction: number
  readonly points: readonly PathPoint[]
}

/** A look that stops paths above `upper`, and below its negative if two-sided. */
interface Look {
  readonly fraction: number
  readonly upper: number
  readonly sides: 1 | 2
  /** Share of the information at the look after it. */
  readonly nextFraction: number
}

/** Farther out no bound lies: less than 1e-88 of the paths. */
const FARTHEST_Z = 20
/** Below, where a one-sided test has no bound, less than 1e-22 of the paths. */
const LOWEST_Z = -10
const RULE = gaussLegendre(16)
/**
 * Width of a panel in standard deviations of the narrower step, to this look or from it: 16 nodes hold 15 digits
 * there.
 */
const PANEL_WIDTH = 2
const MOST_STEPS = 200
const SQRT_TWO_PI = 2.5066282746310002

/** The law of z at the next look given z at this one: normal, with mean `drift` z. */
interface Transition {
  readonly drift: number
  readonly spread: number
}

function transition(from: number, to: number): Transition {
  return { drift: Math.sqrt(from / to), spread: Math.sqrt((to - from) / to) }
}

export function startingPaths(): Paths {
  return { fraction: 0, points: [{ z: 0, mass: 1 }] }
}

function densityAt(z: number, { points }: Paths, { drift, spread }: Transition): number {
  let total = 0
  for (const point of points) {
    const off = (z - drift * point.z) / spread
    total += point.mass * Math.exp((-off * off) / 2)
  }
  return total / (spread * SQRT_TWO_PI)
}

/** The paths that go on after a look. */
export function continuing(paths: Paths, { fraction, upper, sides, nextFraction }: Look): Paths {
  const move = transition(paths.fraction, fraction)
  const next = transition(fraction, nextFraction)
  const high = Math.min(upper, FARTHEST_Z)
  const low = sides === 2 ? -high : LOWEST_Z
  const panels = Math.ceil((high - low) / (PANEL_WIDTH * Math.min(move.spread, next.spread / next.drift)))
  const half = (high - low) / panels / 2
  const points: PathPoint[] = []
  for (let panel = 0; panel < panels; panel += 1) {
    RULE.nodes.forEach((node, index) => {
      const z = low + half * (2 * panel + 1 + node)
      points.push({ z, mass: half * (RULE.weights[index] ?? 0) * densityAt(z, paths, move) })
    })
  }
  return { fraction, points: points.filter(({ mass }) => mass > 0) }
}

/** P(z at the next look > bound, no look before has stopped). */
function upperCrossing(bound: number, { points }: Paths, { drift, spread }: Transition): number {
  let total = 0
  for (const { z, mass } of points) total += mass * normalUpperTail((bound - drift * z) / spread)
  return total
}

/**
 * The bound at the next look that stops so much upwards, by Newton's iteration on the logarithm of the probability,
 * which is concave; halving instead where that would leave what is known to hold the bound.
 *
 * @param allowed - probability to be stopped, 1e-80 to 0.5
 */
export function boundFor(paths: Paths, fraction: number, allowed: number): number {
  const move = transition(paths.fraction, fraction)
  let low = -FARTHEST_Z
  // without any look before
  let high = normalUpperQuantile(allowed)
  let bound = high
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const crossing = upperCrossing(bound, paths, move)
    if (crossing > allowed) low = bound
    else high = bound
    const newton = bound + (Math.log(crossing / allowed) * crossing) / densityAt(bound, paths, move)
    if (Math.abs(newton - bound) < 1e-13 * Math.max(1, bound)) return newton
    bound = newton > low && newton < high ? newton : (low + high) / 2
  }
  return bound
}
