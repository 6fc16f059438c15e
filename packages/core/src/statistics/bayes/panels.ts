import { elementAt } from '../../base/element-at.js'
import { gaussLegendre, legendreValues } from '../quadrature/gauss-legendre.js'
import { numberAt } from './number-at.js'
import type { Posterior } from './posterior.js'

export const ORDER = 20
export const RULE = gaussLegendre(ORDER)
const NODES = Float64Array.from(RULE.nodes)

/**
 * Depths in ln below the peak at which a panel ends: between two of them a log-concave density is smooth enough for 20
 * nodes to hold 15 digits; below the last one lies less than 1e-21 of the posterior.
 */
const DEPTHS = [2, 8, 18, 32, 50]

/** Where the density has fallen by so much on one side: roughly: a panel may end anywhere near. */
function edgeAt(posterior: Posterior, depth: number, side: 1 | -1): number {
  let inside = 0
  let outside = Math.sqrt(2 * depth)
  const depthAt = (steps: number) => -posterior.logDensity(posterior.mode + side * steps * posterior.spread)
  while (depthAt(outside) < depth) {
    inside = outside
    outside *= 2
  }
  for (let step = 0; step < 12; step += 1) {
    const middle = (inside + outside) / 2
    if (depthAt(middle) < depth) inside = middle
    else outside = middle
  }
  return posterior.mode + side * outside * posterior.spread
}

/** Ends of panels that follow one posterior, ascending. */
export function edgesOf(posterior: Posterior): number[] {
  const below = DEPTHS.map((depth) => edgeAt(posterior, depth, -1)).reverse()
  return [...below, posterior.mode, ...DEPTHS.map((depth) => edgeAt(posterior, depth, 1))]
}

/** Ends of panels that follow several curves at once, none wider than `widest`. */
export function mergedEdges(edges: readonly number[], widest: number): number[] {
  const sorted = [...new Set(edges)].sort((a, b) => a - b)
  return sorted.flatMap((edge, index) => {
    const next = sorted[index + 1]
    if (next === undefined) return [edge]
    const parts = Math.max(1, Math.ceil((next - edge) / widest))
    return Array.from({ length: parts }, (_, part) => edge + ((next - edge) * part) / parts)
  })
}

/** One panel of the integration, and its nodes. */
export interface Panel {
  readonly low: number
  readonly half: number
  readonly nodes: Float64Array
}

export function panelsBetween(edges: readonly number[]): Panel[] {
  return edges.slice(0, -1).map((low, index) => {
    const half = ((edges[index + 1] ?? low) - low) / 2
    return { low, half, nodes: NODES.map((node) => low + half * (1 + node)) }
  })
}

const NODE_VALUES = RULE.nodes.map((node) => legendreValues(ORDER, node))

/**
 * The integral, from -1 on, of the polynomial through values at the nodes, as coefficients h_n for
 * h_0 (x + 1) + sum over n of h_n (P_(n+1)(x) - P_(n-1)(x)).
 *
 * @param from - where in `values` those of the panel begin
 */
export function integralSeries(values: ArrayLike<number>, from: number): Float64Array {
  const series = new Float64Array(ORDER)
  NODE_VALUES.forEach((atNode, node) => {
    const value = (elementAt(RULE.weights, node) * elementAt(values, from + node)) / 2
    for (let n = 0; n < ORDER; n += 1) series[n] = elementAt(series, n) + value * elementAt(atNode, n)
  })
  return series
}

/** The integral of an {@link integralSeries} from -1 to x. */
export function integralTo(x: number, series: Float64Array): number {
  let sum = elementAt(series, 0) * (x + 1)
  let before = 1
  let here = x
  for (let n = 1; n < series.length; n += 1) {
    const after = ((2 * n + 1) * x * here - n * before) / (n + 1)
    sum += elementAt(series, n) * (after - before)
    before = here
    here = after
  }
  return sum
}

/** Of the polynomial that is 1 at one node and 0 at the others, the integrals up to each node; one node after the other. */
const NODE_INTEGRALS = Float64Array.from(
  RULE.nodes.flatMap((_, one) => {
    const values = new Float64Array(ORDER)
    values[one] = 1
    const series = integralSeries(values, 0)
    return RULE.nodes.map((node) => integralTo(node, series))
  }),
)

/** The integrals, from -1 to each node, of the polynomials through values at the nodes of all panels: without their series. */
export function integralsToNodes(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length)
  for (let from = 0; from < values.length; from += ORDER) {
    for (let node = 0; node < ORDER; node += TOGETHER) addIntegrals(values, from, node, sums)
  }
  return sums
}

/** Sums that are gathered at a time: one alone would wait for each of its own additions. */
const TOGETHER = 4

function addIntegrals(values: Float64Array, from: number, node: number, sums: Float64Array): void {
  let [first, second, third, fourth] = [0, 0, 0, 0]
  for (let one = 0, at = node; one < ORDER; one += 1, at += ORDER) {
    const value = numberAt(values, from + one)
    first += numberAt(NODE_INTEGRALS, at) * value
    second += numberAt(NODE_INTEGRALS, at + 1) * value
    third += numberAt(NODE_INTEGRALS, at + 2) * value
    fourth += numberAt(NODE_INTEGRALS, at + 3) * value
  }
  sums[from + node] = first
  sums[from + node + 1] = second
  sums[from + node + 2] = third
  sums[from + node + 3] = fourth
}

const WEIGHTS = Float64Array.from(RULE.weights)

/** The integral from -1 to 1 of the same. */
export function integralOver(values: Float64Array, from: number): number {
  let sum = 0
  for (let at = 0; at < ORDER; at += 1) sum += numberAt(WEIGHTS, at) * numberAt(values, from + at)
  return sum
}
