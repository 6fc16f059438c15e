import {
  type Arm,
  type Delivery,
  type DeliveryId,
  deepFreeze,
  firstDeliveryId,
  type Member,
  type Placement,
  type PlannedMembership,
  queuedDelivery,
  REMAINDER,
  type RunId,
} from '@campaignkit/core/adapter'
import type { Tenant } from './tenants.js'

/** The rule of `FreezingStore.place`. */
export function placeMembers(
  { freezing, audience, deliveries }: Tenant,
  runId: RunId,
  placement: Placement,
): void {
  const planned = freezing.inSlice(runId, placement.slice)
  const members = deepFreeze(membersOf(planned, placement))
  const added = deliveries.newOnes(members.flatMap((member) => firstDeliveriesOf(member, placement)))
  audience.append(runId, members)
  for (const delivery of added) deliveries.add(delivery)
  freezing.take(runId, placement.slice)
}

function membersOf(planned: readonly PlannedMembership[], placement: Placement): readonly Member[] {
  const armOf = armsInTurn(placement)
  let rank = placement.firstRank
  return planned.map(({ lane, addressKeys: _keys, ...member }): Member => {
    if (member.exclusion !== null) return { ...member, rank: null, arm: null }
    rank += 1
    return { ...member, rank: rank - 1, arm: armOf(member.arm, lane) }
  })
}

/** The arm of the next member: the one that it keeps, or the next one in its lane. */
function armsInTurn({
  arms,
  remainderArm,
}: Placement): (kept: Arm | null, lane: string | null) => Arm | null {
  const given = new Map<string, number>()
  return (kept, lane) => {
    if (kept !== null) return kept === REMAINDER ? remainderArm : kept
    const turn = given.get(lane ?? '') ?? 0
    given.set(lane ?? '', turn + 1)
    return arms.get(lane ?? '')?.[turn] ?? null
  }
}

function firstDeliveriesOf(member: Member, { first }: Placement): readonly Delivery[] {
  const { runId, customerId, arm, rank, segments, dueAt } = member
  if (arm === null || rank === null || !first.arms.includes(arm)) return []
  const used = first.channels === 'all' ? member.channels : member.channels.slice(0, 1)
  return used.map((channel) => {
    const id = firstDeliveryId(runId, rank, channel) as DeliveryId
    const place = {
      id,
      runId,
      campaignId: first.campaignId,
      customerId,
      step: 0,
      channel,
      arm,
      rank,
      segments,
    }
    return deepFreeze(queuedDelivery({ ...place, dueAt, firstDueAt: dueAt }))
  })
}
