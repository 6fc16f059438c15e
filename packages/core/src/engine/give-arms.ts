import { createArmSequence } from '../assignment/arm-sequence.js'
import { armWeights } from '../assignment/arms.js'
import type { Campaign } from '../model/campaign.js'
import { type Arm, REMAINDER } from '../model/experiment.js'
import type { Member } from '../model/member.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'

/** A member that has its place and its arm. */
export type AssignedMember = Member & { readonly rank: number; readonly arm: Arm }

/** How far the ranking of a run has come. */
interface RankingCursor {
  readonly nextRank: number
  /** Members of the campaign so far whom the sequence gave an arm. */
  readonly newcomers: number
}

/** What members may have been given before, and instead of an arm that waits. */
interface GivenArms {
  /** Arms in other runs of the campaign: they are kept. */
  readonly earlier: ReadonlyMap<string, Arm>
  readonly remainderArm: Arm
}

/** The next members of a run with the ranks and arms that they are to have. */
export function meantArms(
  { content }: Campaign,
  members: readonly Member[],
  at: RankingCursor,
  { earlier, remainderArm }: GivenArms,
): { readonly meant: readonly AssignedMember[]; readonly newcomers: number } {
  const sequence = createArmSequence(armWeights(content.experiment))
  let newcomers = at.newcomers
  const meant = members.map((member, index) => {
    const kept = earlier.get(member.customerId)
    const arm = kept ?? sequence.at(newcomers)
    if (kept === undefined) newcomers += 1
    return { ...member, rank: at.nextRank + index, arm: arm === REMAINDER ? remainderArm : arm }
  })
  return { meant, newcomers }
}

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

/** Whether some members of a campaign wait for the verdict. */
export function hasRemainder({ content }: Campaign): boolean {
  return (content.experiment?.remainder ?? 0) > 0
}

/**
 * The arm of whoever would wait: `remainder` until the decision. Asked for page by page, while the run is on record as
 * being frozen: a decision that is made later finds it so, and the rollout waits for it.
 */
export async function armOfRemainder(
  context: EngineContext,
  scope: Scope,
  { id }: Pick<Campaign, 'id'>,
): Promise<Arm> {
  const current = await context.storage.campaigns.get(scope, id)
  return current?.rollout?.arm ?? REMAINDER
}

/**
 * Members with the arms that they have: what an earlier try or another worker gave them stays, even if the remainder was
 * decided in between.
 */
export async function withStoredArms(
  context: EngineContext,
  scope: Scope,
  run: Run,
  meant: readonly AssignedMember[],
): Promise<readonly AssignedMember[]> {
  const ids = meant.map(({ customerId }) => customerId)
  const stored = await context.storage.audience.get(scope, run.id, ids)
  const arms = new Map(stored.map(({ customerId, arm }) => [customerId, arm]))
  return meant.map((member) => ({ ...member, arm: arms.get(member.customerId) ?? member.arm }))
}
