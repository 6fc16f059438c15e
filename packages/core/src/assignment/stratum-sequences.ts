import { elementAt } from '../base/element-at.js'
import type { Arm } from '../model/experiment.js'
import { type ArmSequence, createArmSequence } from './arm-sequence.js'
import { type ArmWeight, checkWeights } from './arms.js'
import { roundBothWays } from './controlled-rounding.js'

/**
 * The sequence of each stratum, for as many ranks as it has customers: full periods of the weights, and behind them the
 * last customers, who are shared out over the strata together.
 *
 * @param sizes - whole numbers of at least 0
 * @throws EXPERIMENT_INVALID when the weights are not usable
 */
export function createStratumSequences(
  weights: readonly ArmWeight[],
  sizes: readonly number[],
): readonly ArmSequence[] {
  return sharedOut(weights, sizes).map(({ full, end }) => {
    // one a stratum: strata are walked along in turn, and a walk that jumps takes its steps again
    const periodic = createArmSequence(weights)
    const last = end.length === 0 ? periodic : createArmSequence(end)
    return { at: (rank) => (rank < full ? periodic.at(rank) : last.at(rank - full)) }
  })
}

/**
 * How many customers of each stratum each arm gets by {@link createStratumSequences}, strata in code-unit order.
 *
 * @param sizes - of each stratum, by its name
 */
export function countStrata(
  weights: readonly ArmWeight[],
  sizes: ReadonlyMap<string, number>,
): ReadonlyMap<string, ReadonlyMap<Arm, number>> {
  const period = periodOf(weights)
  const strata = inCodeUnitOrder(sizes)
  const shared = sharedOut(
    weights,
    strata.map(([, size]) => size),
  )
  return new Map(
    shared.map(({ full, end }, index) => {
      const counts = new Map(weights.map(({ arm, weight }) => [arm, (full / period) * weight]))
      for (const { arm, weight } of end) counts.set(arm, (counts.get(arm) ?? 0) + weight)
      return [elementAt(strata, index)[0], counts]
    }),
  )
}

/** Strata with their sizes, in code-unit order of the names. */
export function inCodeUnitOrder(sizes: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...sizes].sort(([left], [right]) => (left < right ? -1 : 1))
}

interface SharedStratum {
  /** Customers in full periods of the weights. */
  readonly full: number
  /** What each arm gets of the others, at least 1. */
  readonly end: readonly ArmWeight[]
}

function sharedOut(weights: readonly ArmWeight[], sizes: readonly number[]): readonly SharedStratum[] {
  checkWeights(weights)
  const period = periodOf(weights)
  const ups = roundBothWays(
    sizes.map((size) => weights.map(({ weight }) => share(size % period, weight, period).left)),
    period,
  )
  return sizes.map((size, stratum) => ({
    full: size - (size % period),
    end: weights
      .map(({ arm, weight }, column) => ({
        arm,
        weight: share(size % period, weight, period).floor + elementAt(elementAt(ups, stratum), column),
      }))
      .filter(({ weight }) => weight > 0),
  }))
}

function periodOf(weights: readonly ArmWeight[]): number {
  return weights.reduce((sum, { weight }) => sum + weight, 0)
}

/** `size * weight / period`: the whole part, and what is left of the product. */
function share(size: number, weight: number, period: number) {
  const product = BigInt(size) * BigInt(weight)
  return { floor: Number(product / BigInt(period)), left: Number(product % BigInt(period)) }
}
