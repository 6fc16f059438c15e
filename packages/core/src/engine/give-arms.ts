import type { Campaign } from '../model/campaign.js'
import { type Arm, REMAINDER } from '../model/experiment.js'
import type { Member } from '../model/member.js'
import type { RankPlace } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { Assignment } from '../ports/storage/audience-store.js'
import type { EngineContext } from './context.js'
import type { NewcomerArms, RankingState } from './newcomer-arms.js'

/** What members may have been given before, and instead of an arm that waits. */
interface GivenArms {
  /** Arms in other runs of the campaign: they are kept. */
  readonly earlier: ReadonlyMap<string, Arm>
  readonly remainderArm: Arm
}

/** The ranks and arms that the next members of a run are to have, and how far the ranking has come then. */
export function meantArms(
  members: readonly Member[],
  at: RankingState,
  newcomers: NewcomerArms,
  { earlier, remainderArm }: GivenArms,
): { readonly assignments: readonly Assignment[]; readonly next: RankingState } {
  const assignments = members.map((member, index) => {
    const arm = earlier.get(member.customerId) ?? newcomers.next(member)
    return {
      customerId: member.customerId,
      rank: at.nextRank + index,
      arm: arm === REMAINDER ? remainderArm : arm,
    }
  })
  const nextRank = at.nextRank + members.length
  return {
    assignments,
    next: { phase: 'ranking', after: placeBehind(members, at), nextRank, ...newcomers.given() },
  }
}

function placeBehind(members: readonly Member[], at: RankingState): RankPlace | null {
  const last = members.at(-1)
  return last === undefined ? at.after : { rankKey: last.rankKey, customerId: last.customerId }
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
