import { createArmSequence } from '../assignment/arm-sequence.js'
import { armWeights } from '../assignment/arms.js'
import { rankKeyOf } from '../assignment/rank.js'
import { createRunSequences } from '../assignment/run-sequences.js'
import type { Campaign } from '../model/campaign.js'
import type { Arm } from '../model/experiment.js'
import type { Member } from '../model/member.js'
import { isRolloutRun } from '../model/rollout.js'
import type { FreezeState, Run, StrataProgress } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import { isStratumLabel, stratumOf } from '../model/stratum.js'
import type { EngineContext } from './context.js'
import { stratificationOf } from './stratify.js'

/** How far the ranking of a run has come. */
export type RankingState = Extract<FreezeState, { phase: 'ranking' }>

/** Gives those an arm who have none from another run, in rank order. */
export interface NewcomerArms {
  next(member: Member): Arm
  /** How many it has given, those of earlier runs among them. */
  given(): Pick<RankingState, 'newcomers' | 'strata'>
}

/** Where the ranking of a run begins: its strata are counted before anybody has an arm, since the arms depend on it. */
export async function firstRanking(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Promise<RankingState> {
  const newcomers = await sequencePosition(context, scope, campaign)
  const start: RankingState = { phase: 'ranking', after: null, nextRank: 0, newcomers }
  if (isRolloutRun(run) || stratificationOf(campaign) === null) return start
  const counts = await context.storage.audience.segmentCounts(scope, run.id)
  const strata = [...counts].filter(([segment]) => isStratumLabel(segment))
  return { ...start, strata: Object.fromEntries(strata.map(([label, size]) => [label, { size, given: 0 }])) }
}

/**
 * Where the arm sequence of a campaign goes on: behind all whom earlier runs gave an arm, so that a run of few does not
 * give every one of them the first arm.
 */
async function sequencePosition(context: EngineContext, scope: Scope, campaign: Campaign): Promise<number> {
  if (campaign.content.schedule?.type !== 'recurring') return 0
  const runs = await context.storage.campaigns.runsOf(scope, campaign.id)
  return runs.reduce(
    (most, { freeze }) => (freeze.phase === 'frozen' ? Math.max(most, freeze.newcomers) : most),
    0,
  )
}

/** How many newcomers each stratum of a run has, by its label. */
export function sizesOf(strata: StrataProgress): ReadonlyMap<string, number> {
  return new Map(Object.entries(strata).map(([label, { size }]) => [label, size]))
}

/** Goes on giving the newcomers of a run their arms: in one sequence, or stratum by stratum. */
export function newcomerArms(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  at: RankingState,
): NewcomerArms {
  if (at.strata === undefined) return armsInTurn(campaign, at.newcomers)
  return armsByStratum(sequencesOf(context, scope, campaign, run, at, at.strata), at.newcomers, at.strata)
}

function armsInTurn({ content }: Campaign, position: number): NewcomerArms {
  const sequence = createArmSequence(armWeights(content.experiment))
  let newcomers = position
  return {
    next() {
      newcomers += 1
      return sequence.at(newcomers - 1)
    },
    given: () => ({ newcomers }),
  }
}

type Sequences = ReturnType<typeof createRunSequences>

function armsByStratum(sequenceOf: Sequences, position: number, strata: StrataProgress): NewcomerArms {
  const progress = new Map(Object.entries(strata))
  let newcomers = position
  return {
    next({ segments }) {
      const label = stratumOf(segments)
      // somebody whom a slower worker appended after the count is in no size, and goes behind the others
      const { size, given } = progress.get(label) ?? { size: 0, given: 0 }
      progress.set(label, { size, given: given + 1 })
      newcomers += 1
      return sequenceOf(label).at(given)
    },
    given: () => ({ newcomers, strata: Object.fromEntries(progress) }),
  }
}

const kept = new WeakMap<EngineContext, { readonly key: string; readonly sequenceOf: Sequences }>()

/** The sequences of a run; kept from page to page, since sharing out what is left of many strata takes its time. */
function sequencesOf(
  context: EngineContext,
  { tenant }: Scope,
  { content, salt }: Campaign,
  { id, occurrence }: Run,
  at: RankingState,
  strata: StrataProgress,
): Sequences {
  const key = `${tenant} ${id}`
  const known = kept.get(context)
  if (known?.key === key) return known.sequenceOf
  const here = Object.values(strata).reduce((sum, { given }) => sum + given, 0)
  const sequenceOf = createRunSequences(armWeights(content.experiment), {
    earlier: at.newcomers - here,
    sizes: sizesOf(strata),
    orderKeyOf: (label) => rankKeyOf(tenant, salt, `${occurrence} ${label}`),
  })
  kept.set(context, { key, sequenceOf })
  return sequenceOf
}
