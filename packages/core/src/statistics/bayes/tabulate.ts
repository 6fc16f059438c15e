import { numberAt } from './number-at.js'
import { integralOver, integralSeries, integralsToNodes, ORDER, type Panel } from './panels.js'
import type { Posterior } from './posterior.js'

/** A posterior at every node of the panels, panel by panel. */
export interface Tabulated {
  /** By the coordinate, so that it integrates to 1. */
  readonly density: Float64Array
  /** Probability of less. */
  readonly below: Float64Array
  /** Probability of more: a tail of its own, not 1 minus the other. Worked out when it is asked for. */
  above(): Float64Array
  /** Probability of less than the beginning of each panel; one more for the end. */
  readonly belowEdge: Float64Array
}

/** Sums of the areas before each place, one more than there are areas. */
function runningSums(areas: readonly number[]): Float64Array {
  const sums = new Float64Array(areas.length + 1)
  areas.forEach((area, index) => {
    sums[index + 1] = numberAt(sums, index) + area
  })
  return sums
}

/** A density at every node of the panels, panel by panel. */
function densityAt({ logDensity }: Posterior, panels: readonly Panel[]): Float64Array {
  const density = new Float64Array(panels.length * ORDER)
  let at = 0
  for (const { nodes } of panels) {
    for (let index = 0; index < ORDER; index += 1)
      density[at + index] = Math.exp(logDensity(numberAt(nodes, index)))
    at += ORDER
  }
  return density
}

function divided(values: Float64Array, total: number): Float64Array {
  const shares = new Float64Array(values.length)
  for (let at = 0; at < values.length; at += 1) shares[at] = numberAt(values, at) / total
  return shares
}

/** What lies on one side of each node: what is beyond its panel, and plus or minus its part of the panel. */
function tails(
  beyond: (panel: number) => number,
  sign: 1 | -1,
  parts: Float64Array,
  total: number,
): Float64Array {
  const shares = new Float64Array(parts.length)
  for (let from = 0; from < parts.length; from += ORDER) {
    const whole = beyond(from / ORDER)
    for (let at = from; at < from + ORDER; at += 1)
      shares[at] = Math.max(0, whole + sign * numberAt(parts, at)) / total
  }
  return shares
}

/** Integrates a posterior over panels that cover it; what lies outside of them counts as nothing. */
export function tabulate(posterior: Posterior, panels: readonly Panel[]): Tabulated {
  const density = densityAt(posterior, panels)
  const areas = panels.map(({ half }, panel) => half * integralOver(density, panel * ORDER))
  const before = runningSums(areas)
  const total = numberAt(before, panels.length)
  const parts = integralsToNodes(density)
  panels.forEach(({ half }, panel) => {
    for (let at = panel * ORDER; at < (panel + 1) * ORDER; at += 1) parts[at] = half * numberAt(parts, at)
  })
  return {
    density: divided(density, total),
    below: tails((panel) => numberAt(before, panel), 1, parts, total),
    above() {
      const after = runningSums([...areas].reverse()).reverse()
      return tails((panel) => numberAt(after, panel), -1, parts, total)
    },
    belowEdge: divided(before, total),
  }
}

/** Of each panel, the series of the integral of a tabulated density within it. */
export function panelSeries({ density }: Tabulated, panels: readonly Panel[]): readonly Float64Array[] {
  return panels.map(({ half }, panel) =>
    integralSeries(density, panel * ORDER).map((coefficient) => coefficient * half),
  )
}
