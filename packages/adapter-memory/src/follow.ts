import {
  type CampaignId,
  type Delivery,
  type DeliveryId,
  type Following,
  goingOn,
  hasEnded,
  type Instant,
  isOver,
  nextOfSent,
  type ReceiptEntry,
  type RunId,
  runGoingOn,
  waitsForFirstTurn,
} from '@campaignkit/core/adapter'
import type { Tenant } from './tenants.js'

/** What follows and is written: a new delivery, or one that waits in its place and is due earlier. */
interface Step {
  readonly next: Delivery
  readonly waiting: Delivery | undefined
  readonly following: Following
}

/**
 * The following of `EventStore.appendReceipts`, when the receipts are joined.
 *
 * @param proved - deliveries of which they have just proved that they were sent
 * @returns the campaigns that were reopened for it
 */
export function follow(
  tenant: Tenant,
  entries: readonly ReceiptEntry[],
  proved: ReadonlySet<DeliveryId>,
  now: Instant,
): readonly CampaignId[] {
  const followings = new Map(entries.map(({ deliveryId, following }) => [deliveryId, following]))
  const steps = [...followings].flatMap(([id, following]) => {
    const delivery = tenant.deliveries.get(id)
    if (delivery?.status !== 'sent' || following === null) return []
    return stepOf(tenant, delivery, following, proved.has(id), now) ?? []
  })
  const added = new Set(tenant.deliveries.newOnes(steps.map(({ next }) => next)))
  const taken = steps.filter(({ next, waiting }) => waiting !== undefined || added.has(next))
  for (const { next, waiting } of taken) {
    if (waiting === undefined) tenant.deliveries.add(next)
    else tenant.deliveries.change(waiting, { dueAt: next.dueAt })
  }
  return continueAll(tenant, taken, now)
}

function stepOf(
  { deliveries, campaigns }: Tenant,
  { receipts }: Delivery,
  following: Following,
  isProved: boolean,
  now: Instant,
): Step | null {
  const { next, nextIfReturned } = following
  const follower = nextOfSent(receipts, { next: isProved ? next : null, nextIfReturned })
  if (follower === null) return null
  const campaign = campaigns.get(follower.campaignId)
  if (campaign === null || isOver(campaign, now)) return null
  const there = deliveries.inPlaceOf(follower)
  if (there === undefined) return { next: follower, waiting: undefined, following }
  return waitsForFirstTurn(there) && there.dueAt > follower.dueAt
    ? { next: follower, waiting: there, following }
    : null
}

function continueAll({ campaigns, journal }: Tenant, steps: readonly Step[], now: Instant) {
  const reopened: CampaignId[] = []
  const reopenings = new Map(steps.map(({ next, following }) => [next.campaignId, following.reopening]))
  for (const [id, reopening] of reopenings) {
    const campaign = campaigns.get(id)
    if (campaign === null) continue
    const runIds = new Set<RunId>(steps.map(({ next }) => next.runId))
    const runs = campaigns.runsOf(id).filter((run) => runIds.has(run.id))
    campaigns.goOn({
      campaign: Object.freeze(goingOn(campaign, now)),
      runs: runs.map((run) => Object.freeze(runGoingOn(run))),
    })
    if (!hasEnded(campaign.status)) continue
    journal.write(reopening)
    reopened.push(id)
  }
  return reopened
}
