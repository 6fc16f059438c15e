import type { CampaignId, CustomerId, DeliveryId, RunId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Delivery } from '../model/delivery.js'
import { isOver } from '../model/going-on.js'
import { provesAcceptance, type ReceiptType, takesBack, tellsArrival } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'
import type { Following } from '../ports/storage/event-store.js'
import type { EngineContext } from './context.js'
import { broughtByAnother } from './delivered-before.js'
import { journalEntry } from './journal-entry.js'
import { nextAfterSent } from './settlements.js'

/** What may follow messages of which something was told. */
export interface Followings {
  of(deliveryId: DeliveryId): Following | null
  /** Runs that may have something due by it. */
  readonly runs: ReadonlyMap<RunId, Campaign>
}

const ENDED: readonly Delivery['status'][] = ['failed', 'skipped', 'cancelled']

/**
 * Whether a receipt may have the next channel follow: it takes back a message, or proves that one was sent of which that
 * was not known.
 */
function maySetOff({ status }: Delivery, type: ReceiptType): boolean {
  if (ENDED.includes(status)) return false
  return takesBack(type) || (status !== 'sent' && provesAcceptance(type) && !tellsArrival(type))
}

/**
 * Finds what may follow, by campaign and run and never by customer: where members are written to on the first channel that
 * works, the campaign is not over, and no other channel has brought its message to the member. Most receipts ask nothing.
 */
export async function followingsOf(
  context: EngineContext,
  scope: Scope,
  told: readonly { readonly delivery: Delivery; readonly type: ReceiptType }[],
  now: Instant,
): Promise<Followings> {
  const asked = told.filter(({ delivery, type }) => maySetOff(delivery, type)).map(({ delivery }) => delivery)
  const campaigns = await openCampaigns(context, scope, asked, now)
  const following = new Map<DeliveryId, Following>()
  const runs = new Map<RunId, Campaign>()
  for (const [runId, deliveries] of byRun(asked)) {
    const campaign = deliveries.flatMap(({ campaignId }) => campaigns.get(campaignId) ?? []).at(0)
    if (campaign === undefined) continue
    for (const [id, each] of await ofRun(context, scope, { campaign, runId }, deliveries, now)) {
      following.set(id, each)
      runs.set(runId, campaign)
    }
  }
  return { of: (id) => following.get(id) ?? null, runs }
}

function byRun(deliveries: readonly Delivery[]): ReadonlyMap<RunId, readonly Delivery[]> {
  const runs = new Map<RunId, Delivery[]>()
  for (const delivery of deliveries) {
    const known = runs.get(delivery.runId)
    if (known === undefined) runs.set(delivery.runId, [delivery])
    else known.push(delivery)
  }
  return runs
}

/** Campaigns of the deliveries that write to the first channel that works, and may still do so. */
async function openCampaigns(
  { storage }: EngineContext,
  scope: Scope,
  deliveries: readonly Delivery[],
  now: Instant,
): Promise<ReadonlyMap<CampaignId, Campaign>> {
  const ids = [...new Set(deliveries.map(({ campaignId }) => campaignId))]
  const campaigns = ids.length === 0 ? [] : await storage.campaigns.getAll(scope, ids)
  const open = campaigns.filter((campaign) => campaign.content.delivery !== 'each' && !isOver(campaign, now))
  return new Map(open.map((campaign) => [campaign.id, campaign]))
}

async function ofRun(
  context: EngineContext,
  scope: Scope,
  { campaign, runId }: { readonly campaign: Campaign; readonly runId: RunId },
  deliveries: readonly Delivery[],
  now: Instant,
): Promise<readonly (readonly [DeliveryId, Following])[]> {
  const customerIds = [...new Set(deliveries.flatMap(({ customerId }) => customerId ?? []))]
  const members = await context.storage.audience.get(scope, runId, customerIds)
  const channels = new Map<CustomerId | null, readonly ChannelKind[]>(
    members.map((member) => [member.customerId, member.channels]),
  )
  const isBrought = await broughtByAnother(context, scope, runId, deliveries)
  const reopening = reopeningOf(context, scope, campaign)
  return deliveries
    .filter((delivery) => !isBrought(delivery))
    .flatMap((delivery) => {
      const memberChannels = channels.get(delivery.customerId) ?? []
      const next = nextAfterSent(context, { delivery, campaign, memberChannels }, now)
      return next.nextIfReturned === null ? [] : [[delivery.id, { ...next, reopening }] as const]
    })
}

function reopeningOf(context: EngineContext, scope: Scope, { id }: Campaign): Following['reopening'] {
  return journalEntry(context, scope, {
    action: 'campaign.reopen',
    subject: { type: 'campaign', id },
    reason: 'the next channel follows a message after all',
    before: { status: 'completed' },
    after: { status: 'active' },
  })
}
