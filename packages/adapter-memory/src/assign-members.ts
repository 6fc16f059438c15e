import {
  type Assignment,
  type Delivery,
  type DeliveryId,
  deepFreeze,
  type FirstDeliveries,
  queuedDelivery,
  type RunId,
} from '@campaignkit/core/adapter'
import type { RunAudience } from './run-audience.js'
import type { Tenant } from './tenants.js'

/** The rule of `AudienceStore.assign`; what is given must be frozen. */
export function assignMembers(
  { audience, deliveries }: Tenant,
  runId: RunId,
  assignments: readonly Assignment[],
  first?: FirstDeliveries,
): void {
  const run = audience.run(runId)
  const queued = first === undefined ? [] : firstDeliveriesOf(run, assignments, first)
  const added = deliveries.newOnes(queued)
  for (const assignment of assignments) run.assign(assignment)
  for (const delivery of added) deliveries.add(delivery)
}

function firstDeliveriesOf(
  run: RunAudience,
  assignments: readonly Assignment[],
  { campaignId, arms, channels, idPrefix }: FirstDeliveries,
): readonly Delivery[] {
  const places = assignments.flatMap((assignment) => {
    const member = run.assigned(assignment)
    if (member === undefined || !arms.includes(member.arm)) return []
    const used = channels === 'all' ? member.channels : member.channels.slice(0, 1)
    return used.map((channel) => ({ member, channel }))
  })
  return places.map(({ member: { runId, customerId, arm, rank, segments, dueAt }, channel }, number) =>
    deepFreeze(
      queuedDelivery({
        id: `${idPrefix}-${number}` as DeliveryId,
        runId,
        campaignId,
        customerId,
        step: 0,
        channel,
        arm,
        rank,
        segments,
        dueAt,
        firstDueAt: dueAt,
      }),
    ),
  )
}
