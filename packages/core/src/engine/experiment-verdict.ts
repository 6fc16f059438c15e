import { armWeights } from '../assignment/arms.js'
import { DAY_MS, type Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import { HOLDOUT } from '../model/experiment.js'
import type { Counter } from '../model/metrics.js'
import { isExperimentRun, isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { Verdict } from '../model/verdict.js'
import type { ArmCount } from '../ports/storage/audience-store.js'
import { type ExperimentArm, experimentArms } from '../reporting/experiment-arms.js'
import { judge } from '../statistics/verdict/judge.js'
import type { ArmOutcome, VerdictInput } from '../statistics/verdict/verdict-input.js'
import type { EngineContext } from './context.js'
import { DEFAULT_CONVERSION_WINDOW_DAYS } from './track-events.js'

/** The members of one run by arm. */
export interface RunArms {
  readonly run: Run
  readonly armCounts: readonly ArmCount[]
}

/** Reads how many members the runs of a campaign have in each arm. */
export async function readRunArms(
  context: EngineContext,
  scope: Scope,
  runs: readonly Run[],
): Promise<readonly RunArms[]> {
  const read: RunArms[] = []
  for (const run of runs)
    read.push({ run, armCounts: await context.storage.audience.armCounts(scope, run.id) })
  return read
}

/** What an experiment showed, and the arms that it was shown by. */
export interface Judgement {
  /** The remainder among them. */
  readonly arms: readonly ExperimentArm[]
  readonly verdict: Verdict
}

/**
 * Judges a campaign by its counts: those of the runs that were frozen as the experiment asks. The run that writes to
 * the remainder, and whoever got an arm by the decision, prove nothing about the variants. The verdict decides by runs
 * alone whose members have all had the conversion window, so that every arm has had the same time; before there is one it
 * shows what has come in so far.
 */
export function judgeCampaign(
  campaign: Campaign,
  runs: readonly RunArms[],
  counters: readonly Counter[],
  now: Instant,
): Judgement {
  const counted = runs.filter(({ run }) => isExperimentRun(run, campaign.rollout))
  const isMature = ({ run }: RunArms) => {
    const maturity = maturityOf(campaign, [run])
    return maturity !== null && now >= maturity
  }
  const mature = counted.filter(isMature)
  const verdict = judge({
    ...rulesOf(campaign),
    mature: counted.length > 0 && mature.length === counted.length,
    equallyMature: mature.length > 0,
    arms: judgedArms(campaign, armsOf(campaign, mature.length > 0 ? mature : counted, counters)),
  })
  return { arms: armsOf(campaign, counted, counters), verdict }
}

function armsOf(
  campaign: Campaign,
  runs: readonly RunArms[],
  counters: readonly Counter[],
): readonly ExperimentArm[] {
  const ids = new Set(runs.map(({ run }) => run.id))
  return experimentArms(
    campaign,
    runs.flatMap(({ armCounts }) => armCounts),
    counters.filter(({ runId }) => ids.has(runId)),
  )
}

function rulesOf({ content }: Campaign): Omit<VerdictInput, 'arms' | 'mature'> {
  const { experiment } = content
  if (experiment === undefined) return { holdoutArm: HOLDOUT }
  const { alpha, decision, metric, minRecipients, minConversions, equivalenceMargin = null } = experiment
  return { holdoutArm: HOLDOUT, alpha, decision, metric, minRecipients, minConversions, equivalenceMargin }
}

/** The arms as the verdict takes them, the remainder left out: it waits. */
function judgedArms({ content }: Campaign, arms: readonly ExperimentArm[]): readonly ArmOutcome[] {
  const weights = new Map(armWeights(content.experiment).map(({ arm, weight }) => [arm, weight]))
  return arms
    .filter(({ role }) => role !== 'remainder')
    .map(({ role, sent, delivered, ...arm }) => {
      const weight = weights.get(arm.arm)
      return {
        ...arm,
        ...(role === 'variant' ? { sent, ...(delivered === null ? {} : { delivered }) } : {}),
        ...(weight === undefined ? {} : { weight }),
      }
    })
}

/** How long after a member's due instant a conversion counts. */
function conversionWindowMs({ content }: Campaign): number {
  return (content.experiment?.conversionWindowDays ?? DEFAULT_CONVERSION_WINDOW_DAYS) * DAY_MS
}

/**
 * When every member of the runs has had the whole conversion window; null while one of them has never ended. A run that
 * was opened again is as old as it was: the windows are counted from the due instants.
 */
export function maturityOf(campaign: Campaign, runs: readonly Run[]): Instant | null {
  const ends = runs.filter((run) => !isRolloutRun(run)).map(({ firstEndedAt }) => firstEndedAt)
  if (campaign.status === 'draft' || ends.length === 0 || ends.some((end) => end === null)) return null
  return Math.max(...ends.map(Number)) + conversionWindowMs(campaign)
}
