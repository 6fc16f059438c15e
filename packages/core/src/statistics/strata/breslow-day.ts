import { chiSquare } from '../distributions/chi-square.js'
import { type StratumOutcome, sumOver, usableStrata } from './stratum.js'

/** Whether two arms differ alike in all strata. */
export interface BreslowDayTest {
  readonly method: 'breslow-day-tarone'
  /** Null when fewer than two strata have members in both arms, successes and failures, or all strata point to one side without end. */
  readonly statistic: number | null
  /** Degrees of freedom: the strata that it rests on less one; 0 when `statistic` is null. */
  readonly df: number
  /** 1 when `statistic` is null. */
  readonly pValue: number
  /** The Mantel-Haenszel odds ratio; null when it is 0 or has no end. */
  readonly commonOddsRatio: number | null
  /** Cochran's rule on the counts that the common odds ratio makes one expect: none below 1, and at most one in five below 5. */
  readonly approximationHolds: boolean
}

/** The counts of a stratum as the common odds ratio makes one expect them. */
interface Fitted {
  readonly apart: number
  readonly variance: number
  readonly cells: readonly number[]
}

const NOTHING: Omit<BreslowDayTest, 'commonOddsRatio'> = {
  method: 'breslow-day-tarone',
  statistic: null,
  df: 0,
  pValue: 1,
  approximationHolds: false,
}

function isInformative({ a, b }: StratumOutcome): boolean {
  const successes = a.successes + b.successes
  return successes > 0 && successes < a.trials + b.trials
}

function oddsRatio(strata: readonly StratumOutcome[]): number | null {
  const ofA = sumOver(strata, ({ a, b }) => (a.successes / (a.trials + b.trials)) * (b.trials - b.successes))
  const ofB = sumOver(strata, ({ a, b }) => (b.successes / (a.trials + b.trials)) * (a.trials - a.successes))
  return ofA === 0 || ofB === 0 ? null : ofA / ofB
}

/**
 * By how much the successes of `a` exceed those expected of the odds ratio `ratio`: the root d of
 * (1 - ratio) d^2 - slope d + constant = 0 that lies within the margins, in the form that loses no digits.
 */
function fitted({ a, b }: StratumOutcome, ratio: number): Fitted {
  const own = a.successes
  const slope = own + (b.trials - b.successes) + ratio * (a.trials - own + b.successes)
  const constant = own * (b.trials - b.successes) - ratio * (a.trials - own) * b.successes
  const root = Math.sqrt(Math.max(0, slope ** 2 - 4 * (1 - ratio) * constant))
  const apart = (2 * constant) / (slope + root)
  // an odds ratio near 0 or without end leaves less in a cell than rounding does
  const least = Number.EPSILON * (a.trials + b.trials)
  const cells = [
    own - apart,
    a.trials - own + apart,
    b.successes + apart,
    b.trials - b.successes - apart,
  ].map((cell) => Math.max(least, cell))
  return { apart, variance: 1 / cells.reduce((sum, cell) => sum + 1 / cell, 0), cells }
}

/**
 * Whether the odds ratio of two arms is the same in all strata (Breslow and Day 1980, "Statistical Methods in Cancer
 * Research I", eq. 4.30, about the Mantel-Haenszel odds ratio, corrected by Tarone 1985). Ratios and not differences: where one
 * stratum buys more than another, an equal lift is an unequal difference. A large-sample test within each stratum:
 * `approximationHolds` says whether Cochran would trust it. Unequal effects are hard to see: with few strata of few
 * successes it finds little.
 *
 * @throws INVALID_INPUT with path `strata` (none has members in both arms), `strata[2].a.successes` and the like
 *
 * @example
 * ```ts
 * import { breslowDayTest } from '@campaignkit/core/statistics'
 * const { statistic, df, pValue } = breslowDayTest([
 *   { a: { successes: 60, trials: 500 }, b: { successes: 40, trials: 500 } },
 *   { a: { successes: 25, trials: 100 }, b: { successes: 20, trials: 100 } },
 * ])
 * console.log(statistic?.toFixed(4), df, pValue.toFixed(4)) // 0.1626 1 0.6868
 * ```
 */
export function breslowDayTest(strata: readonly StratumOutcome[]): BreslowDayTest {
  const used = usableStrata(strata).filter(isInformative)
  const ratio = oddsRatio(used)
  if (ratio === null || used.length < 2) return { ...NOTHING, commonOddsRatio: ratio }
  const all = used.map((stratum) => fitted(stratum, ratio))
  const apart = all.reduce((sum, each) => sum + each.apart, 0)
  const variance = all.reduce((sum, each) => sum + each.variance, 0)
  const squares = all.reduce((sum, each) => sum + each.apart ** 2 / each.variance, 0)
  const statistic = Math.max(0, squares - apart ** 2 / variance)
  const df = used.length - 1
  const cells = all.flatMap((each) => each.cells)
  const small = cells.filter((cell) => cell < 5).length
  return {
    method: 'breslow-day-tarone',
    statistic,
    df,
    pValue: chiSquare(df).upperTail(statistic),
    commonOddsRatio: ratio,
    approximationHolds: cells.every((cell) => cell >= 1) && small * 5 <= cells.length,
  }
}
