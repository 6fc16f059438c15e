import type { Campaign } from '../model/campaign.js'
import { type Arm, REMAINDER } from '../model/experiment.js'
import type { Member } from '../model/member.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import type { NewcomerArms, RankingState } from './newcomer-arms.js'

/** A member that has its place and its arm. */
export type AssignedMember = Member & { readonly rank: number; readonly arm: Arm }

/** What members may have been given before, and instead of an arm that waits. */
interface GivenArms {
  /** Arms in other runs of the campaign: they are kept. */
  readonly earlier: ReadonlyMap<string, Arm>
  readonly remainderArm: Arm
}

/** The next members of a run with the ranks and arms that they are to have, and how far the ranking has come then. */
export function meantArms(
  members: readonly Member[],
  at: RankingState,
  newcomers: NewcomerArms,
  { earlier, remainderArm }: GivenArms,
): { readonly meant: readonly AssignedMember[]; readonly next: RankingState } {
  const meant = members.map((member, index) => {
    const arm = earlier.get(member.customerId) ?? newcomers.next(member)
    return { ...member, rank: at.nextRank + index, arm: arm === REMAINDER ? remainderArm : arm }
  })
  const nextRank = at.nextRank + members.length
  return { meant, next: { phase: 'ranking', nextRank, ...newcomers.given() } }
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
