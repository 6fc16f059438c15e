import { elementAt } from '../base/element-at.js'
import { type ArmSequence, createArmSequence } from './arm-sequence.js'
import type { ArmWeight } from './arms.js'
import { createStratumSequences, inCodeUnitOrder } from './stratum-sequences.js'

/** The newcomers of a run, and of the runs before it. */
export interface RunNewcomers {
  /** How many earlier runs of the campaign gave an arm. */
  readonly earlier: number
  /** How many the run has in each stratum, by its label. */
  readonly sizes: ReadonlyMap<string, number>
  /** Puts the strata of a later run in an order; must differ from run to run. */
  readonly orderKeyOf: (stratum: string) => string
}

/**
 * The arms of a run's newcomers, stratum by stratum. In a first run they are those of `assignWithinStrata`. In a later
 * one the arm sequence of the campaign goes on behind the earlier runs, one stratum after the other, so that the arms
 * stay exact over all runs however few come at a time. The order of the strata changes from run to run: in a fixed one,
 * of two that get one newcomer a day each, one would get the first arm every day and the other the second.
 *
 * @returns the sequence of a stratum; of one without a size the periodic one
 */
export function createRunSequences(
  weights: readonly ArmWeight[],
  newcomers: RunNewcomers,
): (stratum: string) => ArmSequence {
  const sequences = new Map(
    newcomers.earlier === 0 ? sequencesOfFirst(weights, newcomers) : sequencesOfLater(weights, newcomers),
  )
  return (stratum) => {
    const sequence = sequences.get(stratum) ?? createArmSequence(weights)
    sequences.set(stratum, sequence)
    return sequence
  }
}

type Entries = readonly (readonly [stratum: string, sequence: ArmSequence])[]

/** Strata that have anybody. */
function populated({ sizes }: RunNewcomers): readonly (readonly [string, number])[] {
  return inCodeUnitOrder(sizes).filter(([, size]) => size > 0)
}

function sequencesOfFirst(weights: readonly ArmWeight[], newcomers: RunNewcomers): Entries {
  const strata = populated(newcomers)
  const sequences = createStratumSequences(
    weights,
    strata.map(([, size]) => size),
  )
  return strata.map(([stratum], index) => [stratum, elementAt(sequences, index)])
}

function sequencesOfLater(weights: readonly ArmWeight[], newcomers: RunNewcomers): Entries {
  const keyed = populated(newcomers).map(([stratum, size]) => ({
    stratum,
    size,
    key: newcomers.orderKeyOf(stratum),
  }))
  let next = newcomers.earlier
  return keyed
    .sort((left, right) => (left.key < right.key ? -1 : 1))
    .map(({ stratum, size }) => {
      const start = next
      next += size
      const periodic = createArmSequence(weights)
      return [stratum, { at: (rank) => periodic.at(start + rank) }]
    })
}
