import { integralSeries, integralTo, type Panel, RULE } from './panels.js'
import type { Posterior } from './posterior.js'

/** A posterior at every node of the panels, panel by panel. */
export interface Tabulated {
  /** By the coordinate, so that it integrates to 1. */
  readonly density: Float64Array
  /** Probability of less. */
  readonly below: Float64Array
  /** Probability of more: a tail of its own, not 1 minus the other. */
  readonly above: Float64Array
  /** Probability of less than the beginning of each panel; one more for the end. */
  readonly belowEdge: Float64Array
  /** Of each panel, the series of the integral of the density within it. */
  readonly series: readonly Float64Array[]
}

/** Sums of the areas before each place, one more than there are areas. */
function runningSums(areas: readonly number[]): Float64Array {
  const sums = new Float64Array(areas.length + 1)
  areas.forEach((area, index) => {
    sums[index + 1] = (sums[index] ?? 0) + area
  })
  return sums
}

/** Integrates a posterior over panels that cover it; what lies outside of them counts as nothing. */
export function tabulate(posterior: Posterior, panels: readonly Panel[]): Tabulated {
  const order = RULE.nodes.length
  const density = new Float64Array(panels.length * order)
  panels.forEach(({ nodes }, panel) => {
    nodes.forEach((node, index) => {
      density[panel * order + index] = Math.exp(posterior.logDensity(node))
    })
  })
  const raw = panels.map(({ half }, panel) =>
    integralSeries(density, panel * order).map((coefficient) => coefficient * half),
  )
  const areas = raw.map((series) => integralTo(1, series))
  const before = runningSums(areas)
  const after = runningSums([...areas].reverse()).reverse()
  const total = before[panels.length] ?? 1
  const below = new Float64Array(density.length)
  const above = new Float64Array(density.length)
  raw.forEach((series, panel) => {
    RULE.nodes.forEach((node, index) => {
      const at = panel * order + index
      const part = integralTo(node, series)
      below[at] = Math.max(0, (before[panel] ?? 0) + part) / total
      above[at] = Math.max(0, (after[panel] ?? 0) - part) / total
    })
  })
  return {
    density: density.map((value) => value / total),
    below,
    above,
    belowEdge: before.map((value) => value / total),
    series: raw.map((series) => series.map((coefficient) => coefficient / total)),
  }
}
