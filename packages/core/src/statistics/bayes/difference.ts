import { elementAt } from '../../base/element-at.js'
import { mergedEdges, panelsBetween, RULE } from './panels.js'
import type { Coordinate } from './posterior.js'
import type { Cumulative } from './quantile.js'
import type { TabledPosterior } from './tabled-posterior.js'

/** Ends of panels on the coordinate of `b` that follow both posteriors when `a` stands `difference` above. */
function edgesFor(
  a: TabledPosterior,
  b: TabledPosterior,
  coordinate: Coordinate,
  difference: number,
): number[] {
  const first = elementAt(b.edges, 0)
  const last = elementAt(b.edges, b.edges.length - 1)
  const shifted = a.edges.map((edge) => coordinate.coordinateOf(coordinate.valueAt(edge) - difference))
  const inside = shifted.filter((edge) => edge > first && edge < last)
  return mergedEdges([...b.edges, ...inside], coordinate.widestPanel)
}

/**
 * P(a - b < difference) of independent posteriors and its slope: the integral of density of `b` times P(a < x +
 * difference).
 */
export function differenceAt(
  a: TabledPosterior,
  b: TabledPosterior,
  coordinate: Coordinate,
  difference: number,
): Cumulative {
  let below = 0
  let density = 0
  for (const { half, nodes } of panelsBetween(edgesFor(a, b, coordinate, difference))) {
    nodes.forEach((node, index) => {
      const weight = half * elementAt(RULE.weights, index) * b.density(node)
      const there = coordinate.coordinateOf(coordinate.valueAt(node) + difference)
      below += weight * a.below(there)
      if (Number.isFinite(there)) density += (weight * a.density(there)) / coordinate.slopeAt(there)
    })
  }
  return { below, density }
}
