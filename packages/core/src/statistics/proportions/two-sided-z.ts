import { normalUpperQuantile } from '../special/normal-quantile.js'

/** All intervals of a verdict, some hundreds, ask for the same one. */
let latest = { confidence: Number.NaN, z: Number.NaN }

/** The z that leaves half of the error on each side. */
export function twoSidedZ(confidence: number): number {
  if (confidence !== latest.confidence) latest = { confidence, z: normalUpperQuantile((1 - confidence) / 2) }
  return latest.z
}
