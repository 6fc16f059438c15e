import * as z from 'zod'
import { authorize } from '../access/policy.js'
import type { CampaignId, CustomerId } from '../base/ids.js'
import { type Instant, SECOND_MS } from '../base/time.js'
import { type Campaign, variantsOf } from '../model/campaign.js'
import type { Customer } from '../model/customer.js'
import type { Delivery } from '../model/delivery.js'
import { hostIdSchema, storableSchema } from '../model/fields.js'
import { messageSettings } from '../model/message.js'
import type { Page } from '../model/page.js'
import { parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import { customerAddressKeys } from './address-keys.js'
import type { EngineContext } from './context.js'
import { fillInbox } from './fill-inbox.js'
import type { InboxMessage, SentNotice } from './inbox-message.js'

const optionsSchema = z.strictObject({
  dismissed: z.boolean().default(false),
  cursor: storableSchema(1_000).nullable().default(null),
  limit: z.int().min(1).max(100).default(20),
})

/** Which messages, and where to go on. */
export interface InboxOptions {
  /** Lists those that were dismissed instead. @default false */
  readonly dismissed?: boolean
  /** The `nextCursor` of the page before. @default from the latest on */
  readonly cursor?: string | null
  /** 1 to 100. @default 20 */
  readonly limit?: number
}

/** Messages that are looked at for one page: of many that have expired a page may be short, and still go on. */
const MOST_SCANNED = 1_000

/**
 * Messages that a customer was sent in the app, filled in as they are read, so that nothing personal is kept for it: from
 * the campaign, which cannot change once it is launched, and from the customer as it is now.
 *
 * @throws INVALID_INPUT, FORBIDDEN, TEMPLATE_DATA_FAILED
 */
export async function listInbox(
  context: EngineContext,
  scope: Scope,
  customerId: CustomerId,
  options: InboxOptions = {},
): Promise<Page<InboxMessage>> {
  authorize(context.access, scope, 'inbox.read')
  const id = parseInput(hostIdSchema, customerId, 'customerId') as CustomerId
  const { dismissed, limit, ...from } = parseInput(optionsSchema, options)
  const customer = await readerOf(context, scope, id)
  if (customer === null) return { items: [], nextCursor: null }
  const campaigns = new Map<CampaignId, Campaign | null>()
  const items: InboxMessage[] = []
  let { cursor } = from
  for (let scanned = 0; items.length < limit && scanned < MOST_SCANNED; ) {
    const page = { cursor, limit: limit - items.length }
    const { items: sent, nextCursor } = await context.storage.deliveries.inbox(scope, id, { dismissed }, page)
    const unexpired = await shownNow(context, scope, campaigns, sent)
    items.push(...(await fillInbox(context, scope, customer, unexpired)))
    scanned += sent.length
    cursor = nextCursor
    if (cursor === null) break
  }
  return { items, nextCursor: cursor }
}

/** The customer whose inbox it is; null for one who is unknown, or was erased though the host's own rows are still there. */
async function readerOf(context: EngineContext, scope: Scope, id: CustomerId): Promise<Customer | null> {
  const [customer] = await context.storage.customers.get(scope, [id])
  if (customer === undefined) return null
  const keys = customerAddressKeys(context, scope, customer, 'in-app')
  const suppressed = await context.storage.consents.suppressed(scope, keys)
  const isErased = suppressed.some(({ channel, reason }) => channel === 'in-app' && reason === 'erased')
  return isErased ? null : customer
}

async function shownNow(
  context: EngineContext,
  scope: Scope,
  campaigns: Map<CampaignId, Campaign | null>,
  sent: readonly Delivery[],
): Promise<readonly SentNotice[]> {
  const now = context.clock.now()
  const shown: SentNotice[] = []
  for (const delivery of sent) {
    const { campaignId } = delivery
    const campaign = campaigns.get(campaignId) ?? (await context.storage.campaigns.get(scope, campaignId))
    campaigns.set(campaignId, campaign)
    const expiresAt = campaign === null ? null : expiryOf(campaign, delivery)
    if (campaign !== null && (expiresAt ?? Number.POSITIVE_INFINITY) > now)
      shown.push({ delivery, campaign, expiresAt })
  }
  return shown
}

function expiryOf({ content }: Campaign, { arm, sentAt }: Delivery): Instant | null {
  const variant = variantsOf(content).find(({ name }) => name === arm)
  const { timeToLiveSeconds } = messageSettings(content.messages, variant?.messages, 'in-app')
  return timeToLiveSeconds === undefined ? null : (sentAt ?? 0) + timeToLiveSeconds * SECOND_MS
}
