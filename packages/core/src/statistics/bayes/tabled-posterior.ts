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
    if ((ascending[middle] ?? 0) <= value) low = middle
    else high = middle
  }
  return low
}

/** Integrates once, so that the distribution function can be asked for anywhere. */
export function tabledPosterior(posterior: Posterior, coordinate: Coordinate): TabledPosterior {
  const edges = mergedEdges(edgesOf(posterior), coordinate.widestPanel)
  const first = edges[0] ?? 0
  const last = edges.at(-1) ?? 0
  const panels = panelsBetween(edges)
  const table = tabulate(posterior, panels)
  const { density, belowEdge } = table
  const series = panelSeries(table, panels)
  const peak = (density[0] ?? 0) / Math.exp(posterior.logDensity(panels[0]?.nodes[0] ?? 0))
  return {
    posterior,
    edges,
    density: (at) => (at < first || at > last ? 0 : peak * Math.exp(posterior.logDensity(at))),
    below: (at) => {
      if (at <= first) return 0
      if (at >= last) return 1
      const place = placeOf(at, edges)
      const low = edges[place] ?? 0
      const width = (edges[place + 1] ?? 0) - low
      return (belowEdge[place] ?? 0) + integralTo((2 * (at - low)) / width - 1, series[place] ?? NOTHING)
    },
  }
}
