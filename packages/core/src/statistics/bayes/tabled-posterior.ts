import { elementAt } from '../../base/element-at.js'
import { edgesOf, integralTo, mergedEdges, panelsBetween } from './panels.js'
import type { Coordinate, Posterior } from './posterior.js'
import { panelSeries, tabulate } from './tabulate.js'

/** The distribution function of a posterior, looked up. */
export interface TabledPosterior {
  readonly posterior: Posterior
  /** Ends of its panels, ascending. */
  readonly edges: readonly number[]
  /** By the coordinate; 0 where next to nothing is left. */
  readonly density: (coordinate: number) => number
  /** Probability of less; absolute error below 1e-14. */
  readonly below: (coordinate: number) => number
}

const NOTHING = new Float64Array(0)

/** The last of ascending places that is not above a value. */
function placeOf(value: number, ascending: readonly number[]): number {
  let low = 0
  let high = ascending.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (elementAt(ascending, middle) <= value) low = middle
    else high = middle
  }
  return low
}

/** Integrates once, so that the distribution function can be asked for anywhere. */
export function tabledPosterior(posterior: Posterior, coordinate: Coordinate): TabledPosterior {
  const edges = mergedEdges(edgesOf(posterior), coordinate.widestPanel)
  const first = elementAt(edges, 0)
  const last = elementAt(edges, edges.length - 1)
  const panels = panelsBetween(edges)
  const table = tabulate(posterior, panels)
  const { density, belowEdge } = table
  const series = panelSeries(table, panels)
  const peak =
    elementAt(density, 0) / Math.exp(posterior.logDensity(elementAt(elementAt(panels, 0).nodes, 0)))
  return {
    posterior,
    edges,
    density: (at) => (at < first || at > last ? 0 : peak * Math.exp(posterior.logDensity(at))),
    below: (at) => {
      if (at <= first) return 0
      if (at >= last) return 1
      const place = placeOf(at, edges)
      const low = elementAt(edges, place)
      const width = elementAt(edges, place + 1) - low
      return elementAt(belowEdge, place) + integralTo((2 * (at - low)) / width - 1, series[place] ?? NOTHING)
    },
  }
}
