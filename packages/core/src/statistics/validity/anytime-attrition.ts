import { checkOpenShare } from '../checks.js'
import { holmAdjusted } from '../corrections/holm.js'
import { type AnytimeEvidence, anytimeEvidence, meanLogEvidence } from '../sequential/anytime-evidence.js'
import { dirichletLogEvidence } from '../sequential/dirichlet-evidence.js'
import { sharpestRatio } from '../sequential/normal-mixture.js'
import { type ArmFunnel, type ArmLoss, checkFunnels, type FunnelStage, lossOf } from './attrition.js'

/** The loss from one stage to the next, arm by arm, at any look. */
export interface AnytimeAttritionStage extends Pick<AnytimeEvidence, 'logEvidence' | 'pValue'> {
  readonly from: FunnelStage
  readonly to: FunnelStage
  readonly method: 'loss-split'
  /** Corrected among the stages. */
  readonly adjustedPValue: number
  /** Whether the adjusted p-value is below alpha: the arms that remain are no longer comparable. */
  readonly differs: boolean
  /** Those of whom somebody was left to lose. */
  readonly arms: readonly ArmLoss[]
}

/** Whether the arms lose members alike on the way from assignment to analysis, at any look. */
export interface AnytimeAttritionTest {
  readonly stages: readonly AnytimeAttritionStage[]
  /** Whether any stage differs. */
  readonly differs: boolean
  /** Among the stages. */
  readonly correction: 'holm'
  readonly alpha: number
}

const STEPS = [
  ['assigned', 'sent'],
  ['sent', 'delivered'],
  ['delivered', 'analysed'],
] as const
const ALPHA = 0.01
/** Losses of all arms together at which it is to be sharpest; a factor of 10 costs two or three points of power. */
const PLANNED_LOSSES = 250

/** ln e-value of how so many fell to the arms, against the shares that the arms have of those who came so far. */
function splitEvidence(counts: readonly number[], entered: readonly number[], alpha: number): number {
  const all = entered.reduce((sum, each) => sum + each, 0)
  const shares = entered.map((each) => each / all)
  const weight = PLANNED_LOSSES / sharpestRatio(alpha)
  return dirichletLogEvidence(
    counts,
    shares.map((share) => share * weight),
    shares,
  )
}

function stageOf(
  funnels: readonly ArmFunnel[],
  [from, to]: readonly [FunnelStage, FunnelStage],
  alpha: number,
): Omit<AnytimeAttritionStage, 'adjustedPValue' | 'differs'> {
  const arms = funnels.filter((funnel) => funnel[from] > 0).map((funnel) => lossOf(funnel, from, to))
  const entered = arms.map((each) => each.entered)
  const kept = arms.map((each) => each.kept)
  const lost = arms.map((each) => each.entered - each.kept)
  const logEvidence =
    arms.length < 2
      ? 0
      : meanLogEvidence([splitEvidence(lost, entered, alpha), splitEvidence(kept, entered, alpha)])
  const { pValue } = anytimeEvidence(logEvidence)
  return { from, to, method: 'loss-split', logEvidence, pValue, arms }
}

/**
 * The test of {@link attritionTest} for figures that are watched: at each step, of all members lost so far every arm should
 * have the share that it has of those who came so far, and so it should of all that were kept (the split of
 * {@link compareProportionsAnytime} for any number of arms; Lindon and Malek 2022, "Anytime-valid inference for
 * multinomial count data"). Which of the two says more depends on which are rarer; their mean is an e-value too, and costs a factor
 * of 2 at most. Holm's correction among the stages, which takes p-values of any dependence: below alpha at any look and
 * stage with probability alpha at most. Where the arms keep their shares of those who enter a stage.
 *
 * Over 46 looks at 0.05 simulated funnels without a difference raised a false alarm in at most 0.7 of 100, those of
 * {@link attritionTest} in 19 to 37. At 0.001 losses of 3 and 7 % in arms of 2,000, 3 and 5 % in 5,000 and 3 and 4 % in 20,000
 * were found in 90, 68 and 78 of 100, where one look at the end finds 99, 94 and 97.
 *
 * @param options - `alpha`, 0 to 1, both excluded, settled before the first look; by default 0.01
 * @throws INVALID_INPUT with path `arms` (fewer than two), `arms[i].assigned` (at least 1), `arms[i].sent` (more than
 * assigned) and the like, `alpha`
 *
 * @example
 * ```ts
 * import { anytimeAttritionTest } from '@campaignkit/core/statistics'
 * const { differs, stages } = anytimeAttritionTest([
 *   { arm: 'plain', assigned: 5000, sent: 4990, delivered: 4900, analysed: 4900 },
 *   { arm: 'image', assigned: 5000, sent: 4988, delivered: 4700, analysed: 4700 },
 * ])
 * console.log(differs, stages.map((stage) => stage.differs)) // true [ false, true, false ]
 * ```
 */
export function anytimeAttritionTest(
  arms: readonly ArmFunnel[],
  { alpha = ALPHA }: { readonly alpha?: number } = {},
): AnytimeAttritionTest {
  checkFunnels(arms)
  checkOpenShare(alpha, 'alpha')
  const steps = STEPS.map((step) => stageOf(arms, step, alpha))
  const adjusted = holmAdjusted(steps.map(({ pValue }) => pValue))
  const stages = steps.map((step, index) => {
    const adjustedPValue = adjusted[index] ?? 1
    return { ...step, adjustedPValue, differs: adjustedPValue < alpha }
  })
  return { stages, differs: stages.some(({ differs }) => differs), correction: 'holm', alpha }
}
