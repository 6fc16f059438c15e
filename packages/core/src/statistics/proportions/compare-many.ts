import { checkProportion, type Proportion } from '../checks.js'
import { adjustedPValues, type Correction } from '../corrections/adjusted.js'
import { refuseNumber } from '../number-checks.js'
import { type ChiSquareTest, chiSquareTest } from '../tables/chi-square-test.js'
import {
  type CompareProportionsOptions,
  compareProportions,
  type ProportionComparison,
} from './compare-proportions.js'

/** The proportion of an arm. */
export interface NamedProportion extends Proportion {
  readonly arm: string
}

/** Two arms of several against each other. */
export interface PairOfProportions extends ProportionComparison {
  readonly arm: string
  readonly against: string
  /** The p-value after the correction among all pairs. */
  readonly adjustedPValue: number
}

/** Several proportions against each other. */
export interface ManyProportions {
  /** Of the hypothesis that all are equal. */
  readonly overall: ChiSquareTest
  /** Every arm against each later one. */
  readonly pairs: readonly PairOfProportions[]
  readonly correction: Correction
}

/** How several proportions are to be compared. */
export interface CompareManyOptions extends CompareProportionsOptions {
  /** By default `holm`. */
  readonly correction?: Correction
}

/**
 * Compares the proportions of two or more arms: Pearson's chi-square test that all are equal, and every pair by
 * {@link compareProportions} with p-values corrected among the pairs. The intervals of pairs stand each for itself.
 *
 * @throws INVALID_INPUT with path `arms` (fewer than two), `arms[i].trials`, `confidence`, `correction` and the like
 *
 * @example
 * ```ts
 * import { compareManyProportions } from '@campaignkit/core/statistics'
 * const { overall, pairs } = compareManyProportions([
 *   { arm: 'plain', successes: 80, trials: 2000 },
 *   { arm: 'emoji', successes: 122, trials: 2000 },
 *   { arm: 'image', successes: 101, trials: 2000 },
 * ], { confidence: 0.95 })
 * console.log(overall.pValue.toFixed(4), pairs.map(({ adjustedPValue }) => adjustedPValue.toFixed(4))) // 0.0101 [ '0.0073', '0.2203', '0.2203' ]
 * ```
 */
export function compareManyProportions(
  arms: readonly NamedProportion[],
  { correction = 'holm', ...options }: CompareManyOptions,
): ManyProportions {
  if (arms.length < 2) refuseNumber('arms', 'expected at least two')
  arms.forEach((arm, index) => {
    checkProportion(arm, `arms[${index}]`)
  })
  const overall = chiSquareTest(arms.map(({ successes, trials }) => [successes, trials - successes]))
  const pairs = arms.flatMap((first, index) =>
    arms.slice(index + 1).map((second) => ({
      arm: first.arm,
      against: second.arm,
      ...compareProportions(first, second, options),
    })),
  )
  const adjusted = adjustedPValues(
    pairs.map(({ pValue }) => pValue),
    correction,
  )
  return {
    overall,
    pairs: pairs.map((pair, index) => ({ ...pair, adjustedPValue: adjusted[index] ?? 1 })),
    correction,
  }
}
