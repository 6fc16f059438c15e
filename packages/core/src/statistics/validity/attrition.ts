import { checkCount, checkOpenShare, type Proportion } from '../checks.js'
import { holmAdjusted } from '../corrections/holm.js'
import { refuseNumber } from '../number-checks.js'
import { fisherExact } from '../proportions/fisher.js'
import { chiSquareTest } from '../tables/chi-square-test.js'

/** How many members of an arm got how far. */
export interface ArmFunnel {
  readonly arm: string
  /** At least 1. */
  readonly assigned: number
  readonly sent: number
  readonly delivered: number
  readonly analysed: number
}

/** A place that members reach, in this order. */
export type FunnelStage = 'assigned' | 'sent' | 'delivered' | 'analysed'

/** The loss from one stage to the next, arm by arm. */
export interface AttritionStage {
  readonly from: FunnelStage
  readonly to: FunnelStage
  /** `pearson-chi-square` of all arms, or, when Cochran's rule does not trust it, `pairwise-exact`: the smallest p-value of all pairs, corrected by Holm. */
  readonly method: 'pearson-chi-square' | 'pairwise-exact'
  readonly choice: {
    readonly rule: 'cochran-1954'
    /** The smallest count that one would expect if all arms lost alike. */
    readonly leastExpected: number
  }
  /** Null with `pairwise-exact`, and when nobody or everybody was lost. */
  readonly statistic: number | null
  readonly pValue: number
  /** Corrected among the stages. */
  readonly adjustedPValue: number
  /** Whether the adjusted p-value is below alpha: the arms that remain are no longer comparable. */
  readonly differs: boolean
  /** Those of whom somebody was left to lose. */
  readonly arms: readonly ArmLoss[]
}

/** How many of an arm came to a stage, and how many from there to the next. */
export interface ArmLoss {
  readonly arm: string
  readonly entered: number
  readonly kept: number
  /** Kept over entered. */
  readonly rate: number
}

/** Whether the arms lose members alike on the way from assignment to analysis. */
export interface AttritionTest {
  readonly stages: readonly AttritionStage[]
  /** Whether any stage differs. */
  readonly differs: boolean
  /** Among the stages. */
  readonly correction: 'holm'
  readonly alpha: number
}

const STAGES = ['assigned', 'sent', 'delivered', 'analysed'] as const
const ALPHA = 0.01

/** @throws INVALID_INPUT with the path of what is wrong */
export function checkFunnels(arms: readonly ArmFunnel[]): void {
  if (arms.length < 2) refuseNumber('arms', 'expected at least two')
  arms.forEach((funnel, index) => {
    STAGES.forEach((stage, step) => {
      const path = `arms[${index}].${stage}`
      checkCount(funnel[stage], path, step === 0 ? 1 : 0)
      const before = STAGES[step - 1]
      if (before !== undefined && funnel[stage] > funnel[before]) refuseNumber(path, `more than ${before}`)
    })
  })
}

type Tested = Pick<AttritionStage, 'method' | 'choice' | 'statistic' | 'pValue'>

/** The smallest p-value of Fisher's test among all pairs, corrected for their number. */
function pairwiseExact(arms: readonly Proportion[]): number {
  const pValues = arms.flatMap((first, index) =>
    arms.slice(index + 1).map((second) => fisherExact(first, second)),
  )
  return holmAdjusted(pValues).reduce((least, pValue) => Math.min(least, pValue), 1)
}

/** Compares what the arms kept; with one arm left there is nothing to compare. */
function tested(arms: readonly Proportion[]): Tested {
  if (arms.length < 2) {
    const choice = { rule: 'cochran-1954', leastExpected: 0 } as const
    return { method: 'pearson-chi-square', choice, statistic: null, pValue: 1 }
  }
  const { method, statistic, pValue, leastExpected, approximationHolds } = chiSquareTest(
    arms.map(({ successes, trials }) => [successes, trials - successes]),
  )
  const choice = { rule: 'cochran-1954', leastExpected } as const
  if (approximationHolds || statistic === null) return { method, choice, statistic, pValue }
  return { method: 'pairwise-exact', choice, statistic: null, pValue: pairwiseExact(arms) }
}

/** What an arm lost from one stage to the next. */
export function lossOf(funnel: ArmFunnel, from: FunnelStage, to: FunnelStage): ArmLoss {
  return { arm: funnel.arm, entered: funnel[from], kept: funnel[to], rate: funnel[to] / funnel[from] }
}

function stageOf(
  funnels: readonly ArmFunnel[],
  from: FunnelStage,
  to: FunnelStage,
): Omit<AttritionStage, 'adjustedPValue' | 'differs'> {
  const entered = funnels.filter((funnel) => funnel[from] > 0)
  return {
    from,
    to,
    ...tested(entered.map((funnel) => ({ successes: funnel[to], trials: funnel[from] }))),
    arms: entered.map((funnel) => lossOf(funnel, from, to)),
  }
}

/**
 * Tests, at each step from assigned to sent, delivered and analysed, whether the arms lose the same share of those who
 * came so far (differential attrition): Pearson's chi-square test of arms by kept and lost, Fisher's exact test of the
 * pairs where expected counts are small (Cochran 1954), with Holm's correction among the stages. Arms that lose
 * unequally are no longer the same kind of people, however exactly they were assigned; compare by assigned members then.
 * To be looked at once: while figures come in, {@link anytimeAttritionTest}.
 *
 * @param options - `alpha`, 0 to 1, both excluded; by default 0.01
 * @throws INVALID_INPUT with path `arms` (fewer than two), `arms[i].assigned` (at least 1), `arms[i].sent` (more than
 * assigned) and the like, `alpha`
 *
 * @example
 * ```ts
 * import { attritionTest } from '@campaignkit/core/statistics'
 * const { stages } = attritionTest([
 *   { arm: 'plain', assigned: 5000, sent: 4990, delivered: 4900, analysed: 4900 },
 *   { arm: 'image', assigned: 5000, sent: 4988, delivered: 4700, analysed: 4700 },
 * ])
 * for (const { to, differs } of stages) console.log(to, differs)
 * ```
 */
export function attritionTest(
  arms: readonly ArmFunnel[],
  { alpha = ALPHA }: { readonly alpha?: number } = {},
): AttritionTest {
  checkFunnels(arms)
  checkOpenShare(alpha, 'alpha')
  const steps = [
    stageOf(arms, 'assigned', 'sent'),
    stageOf(arms, 'sent', 'delivered'),
    stageOf(arms, 'delivered', 'analysed'),
  ]
  const adjusted = holmAdjusted(steps.map(({ pValue }) => pValue))
  const stages = steps.map((step, index) => {
    const adjustedPValue = adjusted[index] ?? 1
    return { ...step, adjustedPValue, differs: adjustedPValue < alpha }
  })
  return { stages, differs: stages.some(({ differs }) => differs), correction: 'holm', alpha }
}
