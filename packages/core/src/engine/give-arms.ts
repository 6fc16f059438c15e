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
  /** Members so far who had no arm in another run. */
  readonly newcomers: number
}

/**
 * Gives the next members of a run their ranks and arms, and tells them as they stand: whoever has an arm in another run
 * keeps it, whoever would wait after the decision gets the arm of the remainder, and what was given by an earlier try or
 * another worker stays, even if the remainder was decided in between.
 */
export async function giveArms(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  at: RankingCursor,
  members: readonly Member[],
): Promise<{ readonly assigned: readonly AssignedMember[]; readonly newcomers: number }> {
  const { audience } = context.storage
  const customerIds = members.map(({ customerId }) => customerId)
  const earlier = await audience.armsOf(scope, campaign.id, run.id, customerIds)
  const sequence = createArmSequence(armWeights(campaign.content.experiment))
  const remainderArm = await armOfRemainder(context, scope, campaign)
  let newcomers = at.newcomers
  const meant = members.map((member, index) => {
    const kept = earlier.get(member.customerId)
    const arm = kept ?? sequence.at(newcomers)
    if (kept === undefined) newcomers += 1
    return { ...member, rank: at.nextRank + index, arm: arm === REMAINDER ? remainderArm : arm }
  })
  await audience.assign(
    scope,
    run.id,
    meant.map(({ customerId, rank, arm }) => ({ customerId, rank, arm })),
  )
  if (!hasRemainder(campaign)) return { assigned: meant, newcomers }
  const stored = await audience.get(scope, run.id, customerIds)
  const armOf = new Map(stored.map(({ customerId, arm }) => [customerId, arm]))
  return {
    assigned: meant.map((member) => ({ ...member, arm: armOf.get(member.customerId) ?? member.arm })),
    newcomers,
  }
}

function hasRemainder({ content }: Campaign): boolean {
  return (content.experiment?.remainder ?? 0) > 0
}

/**
 * Asked for page by page, while the run is on record as being frozen: a decision that is made later finds it so, and the
 * rollout waits for it.
 */
async function armOfRemainder(context: EngineContext, scope: Scope, campaign: Campaign): Promise<Arm> {
  if (!hasRemainder(campaign)) return REMAINDER
  const current = await context.storage.campaigns.get(scope, campaign.id)
  return current?.rollout?.arm ?? REMAINDER
}
