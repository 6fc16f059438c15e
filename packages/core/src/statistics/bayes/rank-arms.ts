import { elementAt } from '../../base/element-at.js'
import { edgesOf, mergedEdges, panelsBetween, RULE } from './panels.js'
import type { Coordinate, Posterior } from './posterior.js'
import { type Tabulated, tabulate } from './tabulate.js'

/** How an arm stands among others. */
export interface Rank {
  readonly probabilityToBeBest: number
  readonly expectedLoss: number
}

/** Probability that at least one of two independent things happens: digits are kept where both are rare. */
const either = (first: number, second: number) => first + second - first * second
const both = (first: number, second: number) => first * second

/** Puts all values but one together, for each of them, into `others`. */
function joinOthers(
  values: Float64Array,
  nothing: number,
  join: (first: number, second: number) => number,
  others: Float64Array,
): void {
  for (let index = 0, before = nothing; index < values.length; index += 1) {
    others[index] = before
    before = join(before, elementAt(values, index))
  }
  for (let index = values.length - 1, after = nothing; index >= 0; index -= 1) {
    others[index] = join(elementAt(others, index), after)
    after = join(after, elementAt(values, index))
  }
}

/** The two integrals of each arm, gathered node by node. */
class Integrals {
  readonly best: Float64Array
  readonly loss: Float64Array
  readonly #tables: readonly Tabulated[]
  readonly #below: Float64Array
  readonly #above: Float64Array
  readonly #othersBelow: Float64Array
  readonly #anyAbove: Float64Array

  constructor(tables: readonly Tabulated[]) {
    const perArm = () => new Float64Array(tables.length)
    this.#tables = tables
    this.best = perArm()
    this.loss = perArm()
    this.#below = perArm()
    this.#above = perArm()
    this.#othersBelow = perArm()
    this.#anyAbove = perArm()
  }

  add(at: number, weight: number, slope: number): void {
    this.#tables.forEach(({ below, above }, arm) => {
      this.#below[arm] = elementAt(below, at)
      this.#above[arm] = elementAt(above, at)
    })
    joinOthers(this.#below, 1, both, this.#othersBelow)
    joinOthers(this.#above, 0, either, this.#anyAbove)
    this.#tables.forEach(({ density }, arm) => {
      const winning = elementAt(density, at) * elementAt(this.#othersBelow, arm)
      const losing = slope * elementAt(this.#below, arm) * elementAt(this.#anyAbove, arm)
      this.best[arm] = elementAt(this.best, arm) + weight * winning
      this.loss[arm] = elementAt(this.loss, arm) + weight * losing
    })
  }
}

/**
 * Which of independent posteriors is the greatest: the integral of the density of each times the distribution
 * functions of the others; and what choosing each would lose on average, the integral of P(it is below x < the best
 * of the others).
 */
export function rankArms(posteriors: readonly Posterior[], coordinate: Coordinate): readonly Rank[] {
  const panels = panelsBetween(mergedEdges(posteriors.flatMap(edgesOf), coordinate.widestPanel))
  const tables = posteriors.map((posterior) => tabulate(posterior, panels))
  const integrals = new Integrals(tables)
  panels.forEach(({ half, nodes }, panel) => {
    nodes.forEach((node, index) => {
      const weight = half * elementAt(RULE.weights, index)
      integrals.add(panel * nodes.length + index, weight, coordinate.slopeAt(node))
    })
  })
  const { best, loss } = integrals
  // together they are 1 but for rounding; divided, equal arms get equal shares
  const together = best.reduce((sum, share) => sum + share, 0)
  return posteriors.map((_, arm) => ({
    probabilityToBeBest: elementAt(best, arm) / together,
    expectedLoss: elementAt(loss, arm),
  }))
}
