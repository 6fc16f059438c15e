import { checkProbability } from '../checks.js'
import { checkWord } from '../number-checks.js'
import { sortedValues } from '../sorted-values.js'

/** Which of Hyndman and Fan's continuous definitions. */
export type QuantileType = 4 | 5 | 6 | 7 | 8 | 9

/** The two constants of each definition: where between the order statistics the probabilities 0 and 1 lie. */
const POSITIONS: Readonly<Record<QuantileType, readonly [number, number]>> = {
  4: [0, 1],
  5: [0.5, 0.5],
  6: [0, 0],
  7: [1, 1],
  8: [1 / 3, 1 / 3],
  9: [3 / 8, 3 / 8],
}
/** Positions that near to a whole number are meant to be that number. */
const WHOLE = 4 * Number.EPSILON

/** The quantile of sorted values. */
export function quantileOfSorted(sorted: Float64Array, probability: number, type: QuantileType): number {
  const [a, b] = POSITIONS[type]
  const position = a + probability * (sorted.length + 1 - a - b)
  const rank = Math.floor(position + WHOLE)
  const share = position - rank
  const at = (wanted: number) => sorted[Math.min(sorted.length, Math.max(1, wanted)) - 1] ?? Number.NaN
  const below = at(rank)
  return Math.abs(share) < WHOLE ? below : below + share * (at(rank + 1) - below)
}

/** @throws INVALID_INPUT with path `probability` or `type` */
export function checkQuantile(probability: number, type: QuantileType): void {
  checkProbability(probability, 'probability')
  checkWord(String(type), Object.keys(POSITIONS), 'type')
}

/**
 * The value below which a share of the values lies, between order statistics by one of the definitions of Hyndman and
 * Fan (1996, "Sample quantiles in statistical packages"), as R's `quantile`.
 *
 * @param values - each finite, at least one
 * @param probability - 0 to 1
 * @param options - `type`, by default 7, the default of R, NumPy and spreadsheets
 * @throws INVALID_INPUT with path `values`, `values[i]`, `probability` or `type`
 *
 * @example
 * ```ts
 * import { quantileOf } from '@campaignkit/core/statistics'
 * console.log(quantileOf([10, 20, 30, 40], 0.25), quantileOf([10, 20, 30, 40], 0.25, { type: 6 })) // 17.5 12.5
 * ```
 */
export function quantileOf(
  values: readonly number[],
  probability: number,
  { type = 7 }: { readonly type?: QuantileType } = {},
): number {
  checkQuantile(probability, type)
  return quantileOfSorted(sortedValues(values, 'values'), probability, type)
}
