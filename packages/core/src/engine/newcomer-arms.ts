import { createArmSequence } from '../assignment/arm-sequence.js'
import { armWeights } from '../assignment/arms.js'
import { rankKeyOf } from '../assignment/rank.js'
import { createRunSequences } from '../assignment/run-sequences.js'
import type { Campaign } from '../model/campaign.js'
import type { Arm } from '../model/experiment.js'
import { isRolloutRun } from '../model/rollout.js'
import type { FreezeState, Run, SliceSize } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { keptForRun } from './kept-for-run.js'
import { stratificationOf } from './stratify.js'

/** How far the ranking of a run has come. */
export type RankingState = Extract<FreezeState, { phase: 'ranking' }>

/** Where all newcomers stand who are in no stratum. */
export const ONLY_LANE = ''

/**
 * Where the arm sequence of a campaign goes on: behind all whom earlier runs gave an arm, so that a run of few does not
 * give every one of them the first arm.
 */
export async function sequencePosition(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
): Promise<number> {
  if (campaign.content.schedule?.type !== 'recurring') return 0
  const runs = await context.storage.campaigns.runsOf(scope, campaign.id)
  return runs.reduce(
    (most, { freeze }) => (freeze.phase === 'frozen' ? Math.max(most, freeze.newcomers) : most),
    0,
  )
}

/** How many newcomers slices have, by their lane. */
export function laneSizes(slices: readonly SliceSize[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const { newcomers } of slices)
    for (const [lane, count] of Object.entries(newcomers)) sizes.set(lane, (sizes.get(lane) ?? 0) + count)
  return sizes
}

/** How many newcomers slices have in all. */
export function newcomersIn(slices: readonly SliceSize[]): number {
  return [...laneSizes(slices).values()].reduce((sum, count) => sum + count, 0)
}

type Sequences = ReturnType<typeof createRunSequences>

const kept = keptForRun<Sequences>()

/**
 * The arms of the newcomers in a slice of a run, lane by lane in the order of their ranks: in one sequence, or
 * stratum by stratum.
 */
export function newcomerArms(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  { slices, newcomers }: RankingState,
  index: number,
): ReadonlyMap<string, readonly Arm[]> {
  const sequences = sequencesOf(context, scope, campaign, run, slices, newcomers)
  const before = laneSizes(slices.slice(0, index))
  const lanes = [...laneSizes(slices.slice(index, index + 1))]
  return new Map(
    lanes.map(([lane, count]) => {
      const sequence = sequences(lane)
      const start = before.get(lane) ?? 0
      return [lane, Array.from({ length: count }, (_, at) => sequence.at(start + at))]
    }),
  )
}

/** The sequences of a run; kept from step to step, since sharing out what is left of many strata takes its time. */
function sequencesOf(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  slices: readonly SliceSize[],
  position: number,
): Sequences {
  return kept(context, scope, run, () => {
    const weights = armWeights(campaign.content.experiment)
    const isStratified = !isRolloutRun(run) && stratificationOf(campaign) !== null
    if (!isStratified) return inOneLine(weights, position)
    return createRunSequences(weights, {
      earlier: position,
      sizes: laneSizes(slices),
      orderKeyOf: (label) => rankKeyOf(scope.tenant, campaign.salt, `${run.occurrence} ${label}`),
    })
  })
}

function inOneLine(weights: ReturnType<typeof armWeights>, position: number): Sequences {
  const sequence = createArmSequence(weights)
  return () => ({ at: (rank) => sequence.at(position + rank) })
}
