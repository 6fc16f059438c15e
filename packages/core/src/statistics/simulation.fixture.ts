import { createSeededRandom } from '../testing/seeded-random.js'
import { drawNormal } from './bandits/draws.js'
import type { Proportion } from './checks.js'
import type { Moments } from './means/moments.js'
import type { PairMoments } from './means/pair-moments.js'
import type { StratumOutcome } from './strata/stratum.js'

const LONG = process.env.CAMPAIGNKIT_LONG === '1'

/** How many worlds are simulated: ten times as many when there is time. */
export const worldsOf = (fewest: number) => (LONG ? 10 * fewest : fewest)
export const WORLDS = worldsOf(2_000)

/** So many standard errors of a share that is `share` in truth. */
export const errors = (share: number, many: number, worlds = WORLDS) =>
  many * Math.sqrt((share * (1 - share)) / worlds)

/** A level, with three standard errors of the simulation. */
export const atMost = (level: number, worlds = WORLDS) => level + errors(level, 3, worlds)

/** A coverage, less three standard errors of the simulation. */
export const atLeast = (coverage: number, worlds = WORLDS) => coverage - errors(coverage, 3, worlds)

/** Chance that repeats itself. */
export interface Draws {
  /** From 0 to 1, both excluded. */
  uniform(): number
  normal(): number
  /** Normal on the logarithm, of median 1. */
  lognormal(spread: number): number
  binomial(trials: number, rate: number): Proportion
}

/** The chances of each count, added up, from the first that is not next to nothing. */
interface Steps {
  readonly from: number
  readonly sums: Float64Array
}

const NOTHING = 1e-18

function binomialSteps(trials: number, rate: number): Steps {
  const odds = rate / (1 - rate)
  const mode = Math.min(trials, Math.floor((trials + 1) * rate))
  const above: number[] = []
  const below: number[] = []
  for (let count = mode, weight = 1; count < trials && weight > NOTHING; count += 1) {
    weight *= ((trials - count) / (count + 1)) * odds
    above.push(weight)
  }
  for (let count = mode, weight = 1; count > 0 && weight > NOTHING; count -= 1) {
    weight *= count / (trials - count + 1) / odds
    below.push(weight)
  }
  const sums = Float64Array.from([...below.reverse(), 1, ...above])
  for (let at = 1; at < sums.length; at += 1) sums[at] = (sums[at] ?? 0) + (sums[at - 1] ?? 0)
  return { from: mode - below.length, sums }
}

/** By inversion: the first count whose sum is above a share of the whole. */
function drawnFrom({ from, sums }: Steps, uniform: number): number {
  const bar = uniform * (sums.at(-1) ?? 1)
  let [low, high] = [0, sums.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] ?? 0) > bar) high = middle
    else low = middle + 1
  }
  return from + low
}

export function createDraws(seed: string): Draws {
  const random = createSeededRandom(seed)
  const known = new Map<string, Steps>()
  const uniform = () => random.uniform() || Number.MIN_VALUE
  const normal = () => drawNormal(uniform)
  return {
    uniform,
    normal,
    lognormal: (spread) => Math.exp(spread * normal()),
    binomial(trials, rate) {
      if (rate <= 0 || rate >= 1) return { successes: rate > 0 ? trials : 0, trials }
      const key = `${trials}:${rate}`
      const steps = known.get(key) ?? binomialSteps(trials, rate)
      known.set(key, steps)
      return { successes: drawnFrom(steps, uniform()), trials }
    },
  }
}

/** Strata drawn from members and rate of a, then of b, in each. */
export function drawnStrata(draws: Draws, strata: readonly (readonly number[])[]): StratumOutcome[] {
  return strata.map(([n = 1, p = 0, m = 1, q = 0]) => ({ a: draws.binomial(n, p), b: draws.binomial(m, q) }))
}

/** The share of so many worlds of which something holds. */
export function shareOf(seed: string, holds: (draws: Draws) => boolean, worlds = WORLDS): number {
  const draws = createDraws(seed)
  let hits = 0
  for (let world = 0; world < worlds; world += 1) if (holds(draws)) hits += 1
  return hits / worlds
}

/** The moments of values, and of zeros up to so many members. */
export function momentsWith(values: readonly number[], members = values.length): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / members
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const zeros = (members - values.length) * mean ** 2
  return { count: members, mean, variance: (squares + zeros) / (members - 1) }
}

/** What members spend of whom few buy: lognormal amounts, the others' zeros left out. */
export function revenueOf(draws: Draws, members: number, rate: number, spread = 0.5): readonly number[] {
  const { successes } = draws.binomial(members, rate)
  return Array.from({ length: successes }, () => draws.lognormal(spread))
}

/** The moments of pairs [y, x], and of zeros up to so many members. */
export function pairMomentsWith(
  pairs: readonly (readonly [number, number])[],
  members = pairs.length,
): PairMoments {
  let [y, x, yy, xx, xy] = [0, 0, 0, 0, 0]
  for (const [own, other] of pairs) {
    y += own
    x += other
    yy += own * own
    xx += other * other
    xy += own * other
  }
  const spread = (products: number, left: number, right: number) =>
    (products - (left * right) / members) / (members - 1)
  return {
    count: members,
    y: { mean: y / members, variance: spread(yy, y, y) },
    x: { mean: x / members, variance: spread(xx, x, x) },
    covariance: spread(xy, y, x),
  }
}

/** What members spend, and how often they order: three in ten buyers twice, and every order at a price of its own. */
export function ordersOf(draws: Draws, members: number, rate: number): PairMoments {
  const { successes } = draws.binomial(members, rate)
  const buyers = Array.from({ length: successes }, () => {
    const orders = draws.uniform() < 0.3 ? 2 : 1
    return [orders * draws.lognormal(0.5), orders] as const
  })
  return pairMomentsWith(buyers, members)
}

/** Whether an interval, or what is known of it, holds a figure. */
export const isWithin = (
  truth: number,
  interval: { readonly low: number | null; readonly high: number | null },
) =>
  (interval.low ?? Number.NEGATIVE_INFINITY) <= truth && truth <= (interval.high ?? Number.POSITIVE_INFINITY)
