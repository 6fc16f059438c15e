import { elementAt } from '../../base/element-at.js'
import { numberAt } from './number-at.js'
import { edgesOf, mergedEdges, ORDER, type Panel, panelsBetween, RULE } from './panels.js'
import type { Coordinate, Posterior } from './posterior.js'
import { type Tabulated, tabulate } from './tabulate.js'

/** How an arm stands among others. */
export interface Rank {
  readonly probabilityToBeBest: number
  readonly expectedLoss: number
}

/** Probability that at least one of two independent things happens: digits are kept where both are rare. */
const either = (first: number, second: number) => first + second - first * second

/** Of the distribution functions of all arms but one, the product, for each of them. */
function multiplyOthers(below: Float64Array, others: Float64Array): void {
  for (let index = 0, before = 1; index < below.length; index += 1) {
    others[index] = before
    before *= numberAt(below, index)
  }
  for (let index = below.length - 1, after = 1; index >= 0; index -= 1) {
    others[index] = numberAt(others, index) * after
    after *= numberAt(below, index)
  }
}

/** Of the upper tails of all arms but one, the probability that any is true, for each of them. */
function joinOthers(above: Float64Array, others: Float64Array): void {
  for (let index = 0, before = 0; index < above.length; index += 1) {
    others[index] = before
    before = either(before, numberAt(above, index))
  }
  for (let index = above.length - 1, after = 0; index >= 0; index -= 1) {
    others[index] = either(numberAt(others, index), after)
    after = either(after, numberAt(above, index))
  }
}

/** Posteriors at the nodes of panels that follow all of them. */
interface Tables {
  readonly panels: readonly Panel[]
  readonly tables: readonly Tabulated[]
}

function tablesOf(posteriors: readonly Posterior[], coordinate: Coordinate): Tables {
  const panels = panelsBetween(mergedEdges(posteriors.flatMap(edgesOf), coordinate.widestPanel))
  return { panels, tables: posteriors.map((posterior) => tabulate(posterior, panels)) }
}

function forEachNode(
  panels: readonly Panel[],
  visit: (at: number, weight: number, place: number) => void,
): void {
  panels.forEach(({ half, nodes }, panel) => {
    for (let index = 0; index < ORDER; index += 1)
      visit(panel * ORDER + index, half * elementAt(RULE.weights, index), numberAt(nodes, index))
  })
}

/** What all arms have at one node, out of their tables. */
function gather(columns: readonly Float64Array[], at: number, row: Float64Array): void {
  for (let arm = 0; arm < row.length; arm += 1) row[arm] = numberAt(elementAt(columns, arm), at)
}

/** Of each arm, the integral of its density times the distribution functions of the others. */
function chancesIn({ panels, tables }: Tables): readonly number[] {
  const densities = tables.map(({ density }) => density)
  const columns = tables.map(({ below }) => below)
  const best = new Float64Array(tables.length)
  const below = new Float64Array(tables.length)
  const othersBelow = new Float64Array(tables.length)
  forEachNode(panels, (at, weight) => {
    gather(columns, at, below)
    multiplyOthers(below, othersBelow)
    for (let arm = 0; arm < best.length; arm += 1) {
      const winning = numberAt(elementAt(densities, arm), at) * numberAt(othersBelow, arm)
      best[arm] = numberAt(best, arm) + weight * winning
    }
  })
  // together they are 1 but for rounding; divided, equal arms get equal shares
  const together = best.reduce((sum, share) => sum + share, 0)
  return Array.from(best, (share) => share / together)
}

/** Of each arm, the integral of P(it is below x < the best of the others). */
function lossesIn({ panels, tables }: Tables, { slopeAt }: Coordinate): Float64Array {
  const columns = tables.map((table) => table.above())
  const loss = new Float64Array(tables.length)
  const above = new Float64Array(tables.length)
  const anyAbove = new Float64Array(tables.length)
  forEachNode(panels, (at, weight, place) => {
    gather(columns, at, above)
    joinOthers(above, anyAbove)
    const slope = slopeAt(place)
    tables.forEach(({ below }, arm) => {
      const losing = slope * numberAt(below, at) * numberAt(anyAbove, arm)
      loss[arm] = numberAt(loss, arm) + weight * losing
    })
  })
  return loss
}

/**
 * Which of independent posteriors is the greatest: the integral of the density of each times the distribution
 * functions of the others; and what choosing each would lose on average, the integral of P(it is below x < the best
 * of the others).
 */
export function rankArms(posteriors: readonly Posterior[], coordinate: Coordinate): readonly Rank[] {
  const tables = tablesOf(posteriors, coordinate)
  const chances = chancesIn(tables)
  const losses = lossesIn(tables, coordinate)
  return posteriors.map((_, arm) => ({
    probabilityToBeBest: elementAt(chances, arm),
    expectedLoss: numberAt(losses, arm),
  }))
}

/** The first half of {@link rankArms} alone, which is some third of the work. */
export function chancesOf(posteriors: readonly Posterior[], coordinate: Coordinate): readonly number[] {
  return chancesIn(tablesOf(posteriors, coordinate))
}
