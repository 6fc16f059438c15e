import { type Rate, rate } from '../../model/metrics.js'
import type { Comparison, Heterogeneity, StrataResult, VerdictCheck } from '../../model/verdict.js'
import type { Proportion } from '../checks.js'
import { compareProportions } from '../proportions/compare-proportions.js'
import { newcombeInterval } from '../proportions/difference.js'
import { compareProportionsAnytime } from '../sequential/compare-proportions-anytime.js'
import { breslowDayTest } from '../strata/breslow-day.js'
import { nameOfArm } from './contenders.js'
import { hasBoth, type PairStratum, strataOfPair } from './pair-strata.js'
import type { Question } from './verdict-input.js'

/** A pair stratum by stratum; null when its members are all in one, or in none. */
export function strataResult(
  question: Question,
  { arm, against, difference }: Comparison,
): StrataResult | null {
  const strata = strataOfPair(question, arm, against)
  if (strata.length < 2) return null
  const confidence = 1 - question.alpha
  return {
    arm,
    against,
    strata: strata.map((stratum) => {
      const { name, a, b } = stratum
      return {
        name,
        rate: rate(a.successes, a.trials),
        againstRate: rate(b.successes, b.trials),
        difference: hasBoth(stratum) ? newcombeInterval(a, b, confidence) : null,
      }
    }),
    difference,
    heterogeneity: heterogeneityOf(strata),
  }
}

/** Null where the counts are too small for a large-sample test. */
function heterogeneityOf(strata: readonly PairStratum[]): Heterogeneity | null {
  if (!strata.some(hasBoth)) return null
  const { statistic, df, pValue, approximationHolds } = breslowDayTest(strata)
  return statistic === null || !approximationHolds ? null : { statistic, degrees: df, pValue }
}

/**
 * Whether the arm that is ahead as a whole is behind within the strata (Simpson's paradox), the former by more than
 * chance explains. Left out without strata.
 */
export function strataChecks(question: Question, result: StrataResult | null): readonly VerdictCheck[] {
  if (result === null) return []
  const passed = !isTurned(question, result)
  const pValue = result.heterogeneity?.pValue ?? null
  return [{ check: 'strata', passed, pValue, words: wordsOf(question, result, passed) }]
}

/** Everybody of an arm is in one of its strata. */
function wholeOf(rates: readonly Rate[]): Proportion {
  return rates.reduce(
    ({ successes, trials }, { numerator, denominator }) => ({
      successes: successes + numerator,
      trials: trials + denominator,
    }),
    { successes: 0, trials: 0 },
  )
}

function isTurned({ decision, alpha }: Question, { strata, difference }: StrataResult): boolean {
  const compare = decision === 'anytime' ? compareProportionsAnytime : compareProportions
  const [arm, against] = [strata.map((each) => each.rate), strata.map((each) => each.againstRate)]
  const whole = compare(wholeOf(arm), wholeOf(against), { confidence: 1 - alpha })
  return whole.pValue < alpha && whole.difference.value * difference.value < 0
}

function wordsOf(question: Question, result: StrataResult, passed: boolean): string {
  const [arm, against] = [nameOfArm(result.arm, question), nameOfArm(result.against, question)]
  if (!passed) {
    const [ahead, behind] = result.difference.value < 0 ? [arm, against] : [against, arm]
    return `${ahead} is ahead of ${behind} as a whole and behind it where each part of the audience is compared for itself`
  }
  return isUnequal(question, result)
    ? `${arm} and ${against} do not differ alike in every part of the audience`
    : 'each part of the audience compared for itself says the same'
}

/** Whether the arms differ otherwise in one stratum than in another. */
export function isUnequal({ alpha }: Question, { heterogeneity }: StrataResult): boolean {
  return heterogeneity !== null && heterogeneity.pValue < alpha
}
