import { normalUpperQuantile } from '../special/normal-quantile.js'
import type { Side } from './continuous.js'

/**
 * Roughly the quantile of the ratio of two gamma variables over their shapes, a and b, by cube roots (Paulson 1942);
 * 1 where that has no solution: the tails are powers there, and a search on logarithms needs no good start.
 */
export function roughRatioQuantile(a: number, b: number, side: Side, probability: number): number {
  const z = normalUpperQuantile(probability)
  const [own, other] = side === 'upper' ? [a, b] : [b, a]
  const first = 1 - 1 / (9 * own)
  const second = 1 - 1 / (9 * other)
  const spread = (z * z) / 9
  const square = second * second - spread / other
  const rest = first * first - spread / own
  const root = first * second + Math.sqrt(Math.max(0, first * first * second * second - square * rest))
  if (!(first > 0 && second > 0 && square > 1e-3)) return 1
  const ratio = (root / square) ** 3
  return side === 'upper' ? ratio : 1 / ratio
}
