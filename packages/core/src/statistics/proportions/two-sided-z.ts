import { normalUpperQuantile } from '../special/normal-quantile.js'

/** The z that leaves half of the error on each side. */
export function twoSidedZ(confidence: number): number {
  return normalUpperQuantile((1 - confidence) / 2)
}
