import * as z from 'zod'
import { authorize } from '../access/policy.js'
import type { CampaignId } from '../base/ids.js'
import { DELIVERY_STATUSES, type Delivery, type DeliveryStatus } from '../model/delivery.js'
import { namedSegments } from '../model/member-label.js'
import { type Page, type PageRequestInput, pageRequestSchema } from '../model/page.js'
import { parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'

const filterSchema = z.strictObject({ status: z.enum(DELIVERY_STATUSES).exactOptional() })

/**
 * Deliveries of a campaign, all or those in one status: `held` are the ones that wait for a person.
 *
 * @throws CAMPAIGN_NOT_FOUND, INVALID_INPUT
 */
export async function listDeliveries(
  context: EngineContext,
  scope: Scope,
  campaignId: CampaignId,
  filter: { readonly status?: DeliveryStatus } = {},
  page: PageRequestInput = {},
): Promise<Page<Delivery>> {
  authorize(context.access, scope, 'campaign.read')
  const wanted = parseInput(filterSchema, filter)
  const request = parseInput(pageRequestSchema, page)
  await requireCampaign(context, scope, campaignId)
  const { items, nextCursor } = await context.storage.deliveries.list(scope, campaignId, wanted, request)
  const told = items.map((delivery) => ({ ...delivery, segments: namedSegments(delivery.segments) }))
  return { items: told, nextCursor }
}
