import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import type { CampaignId } from '../base/ids.js'
import type { Delivery } from '../model/delivery.js'
import { parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import { type ProviderRecord, type Reconciliation, reconcileLogs } from '../reporting/reconcile.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'

const PAGE = 1_000

const recordSchema = z.strictObject({
  deliveryId: z.string().exactOptional(),
  providerMessageId: z.string().exactOptional(),
})

/**
 * Compares the deliveries of a campaign with a provider's own log of it, and changes nothing: what is found in doubt can be
 * decided by `settleHeld`.
 *
 * @throws CAMPAIGN_NOT_FOUND, INVALID_INPUT, UNKNOWN_FIELD, FORBIDDEN
 */
export async function reconcileCampaign(
  context: EngineContext,
  scope: Scope,
  campaignId: CampaignId,
  records: AsyncIterable<ProviderRecord> | Iterable<ProviderRecord>,
): Promise<Reconciliation> {
  authorize(context.access, scope, 'campaign.read')
  if (!isIterable(records)) {
    throw new CampaignKitError('INVALID_INPUT', 'records: expected a list', { path: 'records' })
  }
  await requireCampaign(context, scope, campaignId)
  return reconcileLogs(deliveriesOf(context, scope, campaignId), checked(records))
}

function isIterable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  )
}

async function* checked(records: AsyncIterable<ProviderRecord> | Iterable<ProviderRecord>) {
  for await (const record of records) yield parseInput(recordSchema, record, 'records')
}

async function* deliveriesOf(
  { storage }: EngineContext,
  scope: Scope,
  campaignId: CampaignId,
): AsyncIterable<Delivery> {
  let cursor: string | null = null
  do {
    const page: { items: readonly Delivery[]; nextCursor: string | null } = await storage.deliveries.list(
      scope,
      campaignId,
      {},
      { limit: PAGE, cursor },
    )
    yield* page.items
    cursor = page.nextCursor
  } while (cursor !== null)
}
