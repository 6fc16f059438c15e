import { checkProbability } from '../checks.js'
import { checkWord } from '../number-checks.js'
import { holmAdjusted } from './holm.js'

/** How p-values of several comparisons are adjusted for their number. */
export type Correction =
  | 'none'
  | 'bonferroni'
  | 'holm'
  | 'hochberg'
  | 'benjamini-hochberg'
  | 'benjamini-yekutieli'

/** Adjusts from the largest p-value down: each by its factor, none above the one before it. */
function stepUp(pValues: readonly number[], factorOf: (rank: number, many: number) => number): number[] {
  pValues.forEach((pValue, index) => {
    checkProbability(pValue, `pValues[${index}]`)
  })
  const descending = pValues.map((pValue, index) => ({ pValue, index })).sort((x, y) => y.pValue - x.pValue)
  const adjusted = pValues.map(() => 1)
  let ceiling = 1
  descending.forEach(({ pValue, index }, step) => {
    ceiling = Math.min(ceiling, factorOf(pValues.length - step, pValues.length) * pValue)
    adjusted[index] = ceiling
  })
  return adjusted
}

/**
 * Bonferroni's adjustment (Dunn 1961): each p-value times their number, at most 1. Bounds the chance of one or more
 * false alarms, however the comparisons depend on each other; Holm's does so too and is never weaker.
 *
 * @param pValues - each from 0 to 1
 * @throws INVALID_INPUT with path `pValues[i]`
 *
 * @example
 * ```ts
 * import { bonferroniAdjusted } from '@campaignkit/core/statistics'
 * console.log(bonferroniAdjusted([0.01, 0.25, 0.5])) // [ 0.03, 0.75, 1 ]
 * ```
 */
export function bonferroniAdjusted(pValues: readonly number[]): number[] {
  pValues.forEach((pValue, index) => {
    checkProbability(pValue, `pValues[${index}]`)
  })
  return pValues.map((pValue) => Math.min(1, pValue * pValues.length))
}

/**
 * Hochberg's step-up adjustment (Hochberg 1988, "A sharper Bonferroni procedure for multiple tests of significance").
 * Bounds the chance of one or more false alarms for independent or positively dependent comparisons only.
 *
 * @param pValues - each from 0 to 1
 * @throws INVALID_INPUT with path `pValues[i]`
 *
 * @example
 * ```ts
 * import { hochbergAdjusted } from '@campaignkit/core/statistics'
 * console.log(hochbergAdjusted([0.01, 0.04, 0.03])) // [ 0.03, 0.04, 0.04 ]
 * ```
 */
export function hochbergAdjusted(pValues: readonly number[]): number[] {
  return stepUp(pValues, (rank, many) => many - rank + 1)
}

/**
 * The adjustment of Benjamini and Hochberg (1995, "Controlling the false discovery rate", eq. 1). Comparing with q
 * bounds the expected share of false alarms among all alarms by q, for independent or positively dependent comparisons;
 * it does not bound the chance of a single one, so a winner is not named by it.
 *
 * @param pValues - each from 0 to 1
 * @throws INVALID_INPUT with path `pValues[i]`
 *
 * @example
 * ```ts
 * import { benjaminiHochbergAdjusted } from '@campaignkit/core/statistics'
 * console.log(benjaminiHochbergAdjusted([0.01, 0.04, 0.03, 0.5])) // [ 0.04, 0.05333333333333333, 0.05333333333333333, 0.5 ]
 * ```
 */
export function benjaminiHochbergAdjusted(pValues: readonly number[]): number[] {
  return stepUp(pValues, (rank, many) => many / rank)
}

/**
 * The adjustment of Benjamini and Yekutieli (2001, theorem 1.3): as that of Benjamini and Hochberg, however the
 * comparisons depend on each other, at the price of a factor 1 + 1/2 + ... + 1/n.
 *
 * @param pValues - each from 0 to 1
 * @throws INVALID_INPUT with path `pValues[i]`
 *
 * @example
 * ```ts
 * import { benjaminiYekutieliAdjusted } from '@campaignkit/core/statistics'
 * console.log(benjaminiYekutieliAdjusted([0.01, 0.04])) // [ 0.03, 0.06 ]
 * ```
 */
export function benjaminiYekutieliAdjusted(pValues: readonly number[]): number[] {
  const price = pValues.reduce((sum, _, index) => sum + 1 / (index + 1), 0)
  return stepUp(pValues, (rank, many) => (price * many) / rank)
}

const ADJUSTMENTS: Readonly<Record<Correction, (pValues: readonly number[]) => number[]>> = {
  none: (pValues) => [...pValues],
  bonferroni: bonferroniAdjusted,
  holm: holmAdjusted,
  hochberg: hochbergAdjusted,
  'benjamini-hochberg': benjaminiHochbergAdjusted,
  'benjamini-yekutieli': benjaminiYekutieliAdjusted,
}

/**
 * Adjusts p-values by the correction named, as R's `p.adjust` does; each has a function of its own that says where it
 * is valid.
 *
 * @throws INVALID_INPUT with path `pValues[i]` or `correction`
 *
 * @example
 * ```ts
 * import { adjustedPValues } from '@campaignkit/core/statistics'
 * console.log(adjustedPValues([0.01, 0.04, 0.03], 'holm')) // [ 0.03, 0.06, 0.06 ]
 * ```
 */
export function adjustedPValues(pValues: readonly number[], correction: Correction): number[] {
  checkWord(correction, Object.keys(ADJUSTMENTS) as Correction[], 'correction')
  return ADJUSTMENTS[correction](pValues)
}
