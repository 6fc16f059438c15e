import type { Alternative } from '../alternative.js'
import { checkProportion, type Proportion } from '../checks.js'
import { checkAlternative } from '../number-checks.js'
import { extremeShare, fixedMarginWeights } from './fixed-margins.js'

/**
 * Fisher's exact test of two equal proportions (Fisher 1935, "The logic of inductive inference"). Two-sided, it is the
 * probability of all tables with the same margins that are at most as likely as the observed one (likelier by a factor
 * of 1 + 1e-7 counts as equal), as in R; one-sided, of all tables whose first cell is at least or at most the observed
 * one. Exact for every size; conservative, that is, its true error level lies below the nominal one. Relative error at most 1e-12 down to
 * 1e-300, below that 0; time and memory grow with the square root of the trials.
 *
 * @param options - `alternative`, by default `two-sided`; `greater` is that the rate of `a` is the greater
 * @returns the p-value
 * @throws INVALID_INPUT with path `a.trials`, `b.successes`, `alternative` and the like
 *
 * @example
 * ```ts
 * import { fisherExact } from '@campaignkit/core/statistics'
 * fisherExact({ successes: 3, trials: 4 }, { successes: 1, trials: 4 }) // 0.4857
 * ```
 */
export function fisherExact(
  a: Proportion,
  b: Proportion,
  { alternative = 'two-sided' }: { readonly alternative?: Alternative } = {},
): number {
  checkProportion(a, 'a')
  checkProportion(b, 'b')
  checkAlternative(alternative)
  return extremeShare(
    fixedMarginWeights(a.trials, b.trials, a.successes + b.successes),
    a.successes,
    alternative,
  )
}
