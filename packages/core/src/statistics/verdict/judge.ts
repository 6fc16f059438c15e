import { toHex, utf8 } from '../../base/bytes.js'
import { canonicalJson } from '../../base/canonical-json.js'
import { sha256 } from '../../base/digest.js'
import { rate } from '../../model/metrics.js'
import type { ArmResult, Verdict } from '../../model/verdict.js'
import { chancesToBeBest } from '../bayes/compare-rates-bayesian.js'
import { wilsonInterval } from '../proportions/wilson.js'
import { compareArms } from './compare-arms.js'
import { contendersIn } from './contenders.js'
import { decide } from './decide.js'
import { createLeaders } from './leaders.js'
import { membersNeeded } from './members-needed.js'
import { checkedQuestion, type Question, type VerdictInput } from './verdict-input.js'
import { verdictSentence } from './verdict-sentence.js'

/** Counts the changes of the rules by which {@link judge} decides. */
const VERSION = 5

/** Members of an arm up to which {@link compareRatesBayesian} integrates. */
const MOST_BELIEVED = 1e9

/**
 * Says what an experiment showed: the same input always gives the same verdict, to the byte.
 *
 * The question is which variant does better; with one variant and a holdout, whether sending does. Every pair of
 * variants is one family of comparisons, every variant against the holdout another, each corrected by Holm's method. A
 * variant wins when it beats every other variant and the holdout does not beat it; a holdout that beats every variant
 * wins itself: then it is better to send nothing.
 *
 * With `strata` every pair is compared within them, so that waves or parts of the audience that buy more and are divided
 * otherwise cannot pass for an effect. Once: from two strata on that hold members of the pair, {@link compareStrata},
 * Cochran, Mantel and Haenszel or, where counts are small, the exact conditional test; lift and difference are those of
 * Mantel and Haenszel. At any time: {@link compareStrataAnytime}, whose shares may differ from stratum to stratum. Arms that
 * meet in no stratum cannot be told apart. `probabilityToBeBest` and `membersNeeded` are of the arms as a whole.
 *
 * The order of the arms is the one in which `arms`, `comparisons` and lists of words name them, and says which rate is
 * subtracted from which; nothing else hangs on it, neither who wins or leads nor `dataDigest`.
 *
 * `decision` settles beforehand which p-value counts. `anytime`: the always-valid one, at whatever look, so that watching
 * does no harm. `fixed`: z or exact test, and only when `mature`. The other view is in the verdict as information.
 *
 * In this order: sizes of the arms or losses on the way that chance does not explain (p below 0.001) make the verdict
 * `invalid`. Too few members or conversions in a compared arm (or in a holdout that would win), or a fixed test before
 * maturity: `keep-collecting`. An answer that depends on machines: `invalid`. All pairs within the margin: `equivalent`.
 * A winner is none where the two leaders differ significantly the other way round as a whole (Simpson's paradox), nor with more
 * unsubscribes, complaints or bounces. That the leaders do not differ alike in all strata stops no winner: it is said. Once
 * mature, `keep-collecting` has become `no-difference`.
 *
 * @throws INVALID_INPUT with a path such as `arms[1].converted` or `alpha`
 *
 * @example
 * ```ts
 * import { judge } from '@campaignkit/core/statistics'
 * const { outcome, winner } = judge({
 *   arms: [
 *     { arm: 'plain', assigned: 2000, converted: 80 },
 *     { arm: 'emoji', assigned: 2000, converted: 122 },
 *   ],
 *   decision: 'fixed', mature: true,
 * })
 * console.log(outcome, winner) // winner emoji
 * ```
 */
export function judge(input: VerdictInput): Verdict {
  const question = checkedQuestion(input)
  const comparisons = compareArms(question)
  const leadersOf = createLeaders(question, comparisons)
  const decision = decide(question, comparisons, leadersOf)
  const leaders = leadersOf(decision.winner)
  const leading = leaders?.comparison ?? null
  const isOpen = decision.outcome === 'no-difference' || decision.outcome === 'keep-collecting'
  const isHarmful = decision.checks.some(({ check, passed }) => check === 'guardrails' && !passed)
  const verdict = {
    ...decision,
    arms: armResults(question),
    comparisons,
    leaders: leading,
    strata: leaders?.strata ?? null,
    membersNeeded: isOpen && !isHarmful ? membersNeeded(question, comparisons, leading) : null,
    confidence: 1 - question.alpha,
    method: { decision: question.decision, correction: 'holm' as const, version: VERSION },
    dataDigest: toHex(sha256(utf8(canonicalJson({ question: ordered(question), version: VERSION })))),
  }
  return { ...verdict, sentence: verdictSentence(question, verdict) }
}

/** The same question whatever the order of its arms. */
function ordered(question: Question): Question {
  const byArm = (left: { readonly arm: string }, right: { readonly arm: string }) =>
    left.arm < right.arm ? -1 : 1
  const strata = question.strata.map(({ name, arms }) => ({ name, arms: [...arms].sort(byArm) }))
  return { ...question, arms: [...question.arms].sort(byArm), strata }
}

function armResults(question: Question): readonly ArmResult[] {
  const contenders = contendersIn(question)
  const counts = contenders.map(({ converted, assigned }) => ({ successes: converted, trials: assigned }))
  const isBelieved = counts.length > 1 && counts.every(({ trials }) => trials <= MOST_BELIEVED)
  const chances = isBelieved ? chancesToBeBest(counts) : []
  return question.arms.map((each) => {
    const { arm, assigned, converted } = each
    const interval = assigned === 0 ? null : wilsonInterval(converted, assigned, 1 - question.alpha)
    return {
      arm,
      rate: rate(converted, assigned),
      interval,
      probabilityToBeBest: chances[contenders.indexOf(each)] ?? null,
    }
  })
}
