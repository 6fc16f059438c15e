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
import { firstRunArmCounts, firstRunCounters } from '../reporting/first-runs.js'
import { judge } from '../statistics/verdict/judge.js'
import type { ArmOutcome, VerdictInput } from '../statistics/verdict/verdict-input.js'
import type { EngineContext } from './context.js'
import { DEFAULT_CONVERSION_WINDOW_DAYS } from './conversion-rules.js'
import { type Counts, strataOf } from './strata-counts.js'

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
 * shows what has come in so far. A customer who comes back in later runs is compared once, by the first.
 */
export function judgeCampaign(
  campaign: Campaign,
  runs: readonly RunArms[],
  counters: readonly Counter[],
  now: Instant,
): Judgement {
  const { counted, compared, isMature, areMature } = experimentRuns(campaign, runs, now)
  const arms = armsOf(campaign, compared, counters)
  const strata = strataOf(campaign, countsOf(compared, counters), arms)
  const verdict = judge({
    ...rulesOf(campaign),
    mature: areMature,
    equallyMature: isMature,
    arms: judgedArms(campaign, arms),
    ...(strata === null ? {} : { strata }),
  })
  return { arms: armsOf(campaign, counted, counters), verdict }
}

/** The runs of an experiment, and those of them by which its arms are compared. */
export interface ExperimentRuns {
  /** That were frozen as the experiment asks. */
  readonly counted: readonly RunArms[]
  /** Those of the counted whose members have all had the conversion window; all of them while there is none. */
  readonly compared: readonly RunArms[]
  /** Whether the compared ones have had it. */
  readonly isMature: boolean
  /** Whether all counted ones have had it, so that nothing more can come in. */
  readonly areMature: boolean
}

/** Sorts the runs of a campaign by what they prove. */
export function experimentRuns(campaign: Campaign, runs: readonly RunArms[], now: Instant): ExperimentRuns {
  const counted = runs.filter(({ run }) => isExperimentRun(run, campaign.rollout))
  const mature = counted.filter(({ run }) => {
    const maturity = maturityOf(campaign, [run])
    return maturity !== null && now >= maturity
  })
  const isMature = mature.length > 0
  const compared = isMature ? mature : counted
  return { counted, compared, isMature, areMature: isMature && mature.length === counted.length }
}

/** The arms by the members and the counts of some runs, each customer in its first run. */
export function armsOf(
  campaign: Campaign,
  runs: readonly RunArms[],
  counters: readonly Counter[],
): readonly ExperimentArm[] {
  const counts = countsOf(runs, counters)
  return experimentArms(campaign, counts.armCounts, counts.counters)
}

/** What was counted in some runs, of each customer in its first run alone. */
function countsOf(runs: readonly RunArms[], counters: readonly Counter[]): Counts {
  const ids = new Set(runs.map(({ run }) => run.id))
  return {
    armCounts: runs.flatMap(({ armCounts }) => firstRunArmCounts(armCounts)),
    counters: firstRunCounters(counters.filter(({ runId }) => ids.has(runId))),
  }
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
export function conversionWindowMs({ content }: Campaign): number {
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
