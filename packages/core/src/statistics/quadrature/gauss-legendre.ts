import { elementAt } from '../../base/element-at.js'
/** The rule of Gauss and Legendre on [-1, 1]. */
export interface GaussLegendre {
  readonly nodes: readonly number[]
  readonly weights: readonly number[]
}

/** P_0(x) to P_order(x) by Bonnet's recurrence. */
export function legendreValues(order: number, x: number): number[] {
  const values = [1, x]
  for (let n = 1; n < order; n += 1) {
    values.push(((2 * n + 1) * x * elementAt(values, n) - n * elementAt(values, n - 1)) / (n + 1))
  }
  return values.slice(0, order + 1)
}

function root(order: number, rank: number): { readonly node: number; readonly weight: number } {
  let node = Math.cos((Math.PI * (order - rank - 0.25)) / (order + 0.5))
  let slope = 1
  for (let step = 0; step < 8; step += 1) {
    const values = legendreValues(order, node)
    const value = elementAt(values, order)
    slope = (order * (elementAt(values, order - 1) - node * value)) / (1 - node * node)
    node -= value / slope
  }
  return { node, weight: 2 / ((1 - node * node) * slope * slope) }
}

/** Nodes and weights, ascending, by Newton's iteration on the Legendre polynomial (Abramowitz and Stegun, 25.4.29). */
export function gaussLegendre(order: number): GaussLegendre {
  const roots = Array.from({ length: order }, (_, rank) => root(order, rank))
  return { nodes: roots.map(({ node }) => node), weights: roots.map(({ weight }) => weight) }
}
