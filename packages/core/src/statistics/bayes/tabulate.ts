import { elementAt } from '../../base/element-at.js'
import { integralOver, integralSeries, integralToNode, type Panel, RULE } from './panels.js'
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
}

/** Sums of the areas before each place, one more than there are areas. */
function runningSums(areas: readonly number[]): Float64Array {
  const sums = new Float64Array(areas.length + 1)
  areas.forEach((area, index) => {
    sums[index + 1] = elementAt(sums, index) + area
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
  const areas = panels.map(({ half }, panel) => half * integralOver(density, panel * order))
  const before = runningSums(areas)
  const after = runningSums([...areas].reverse()).reverse()
  const total = elementAt(before, panels.length)
  const below = new Float64Array(density.length)
  const above = new Float64Array(density.length)
  panels.forEach(({ half }, panel) => {
    for (let node = 0; node < order; node += 1) {
      const at = panel * order + node
      const part = half * integralToNode(node, density, panel * order)
      below[at] = Math.max(0, elementAt(before, panel) + part) / total
      above[at] = Math.max(0, elementAt(after, panel) - part) / total
    }
  })
  return {
    density: density.map((value) => value / total),
    below,
    above,
    belowEdge: before.map((value) => value / total),
  }
}

/** Of each panel, the series of the integral of a tabulated density within it. */
export function panelSeries({ density }: Tabulated, panels: readonly Panel[]): readonly Float64Array[] {
  return panels.map(({ half }, panel) =>
    integralSeries(density, panel * RULE.nodes.length).map((coefficient) => coefficient * half),
  )
}
