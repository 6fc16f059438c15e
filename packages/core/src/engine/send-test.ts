import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import type { AttemptId, CampaignId, CustomerId, DeliveryId, RunId } from '../base/ids.js'
import { channelKindSchema } from '../model/channel-kind.js'
import { isAddressFor } from '../model/customer.js'
import { hostIdSchema } from '../model/fields.js'
import { parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import type { Channel, SendResult } from '../ports/channel.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { journalEntry } from './journal-entry.js'
import { previewFor } from './preview-message.js'
import { isPublic } from './public-messages.js'

const MOST_SEEDS = 20

const testOptionsSchema = z.strictObject({
  /** Seed addresses, 1 to 20. */
  to: z.array(z.string().min(1).max(4_096)).min(1).max(MOST_SEEDS),
  /** The customer whose data fill the message in. */
  customerId: hostIdSchema.transform((text) => text as CustomerId),
  channel: channelKindSchema.exactOptional(),
  variant: z.string().min(1).exactOptional(),
})

export type TestSendOptions = z.input<typeof testOptionsSchema>

/** What became of a test message. */
export interface TestSendResult {
  readonly to: string
  readonly result: SendResult
}

/**
 * Sends the message of a campaign to seed addresses, outside of every run, count and pace. Its coupon is a specimen.
 *
 * @throws CAMPAIGN_NOT_FOUND, CUSTOMER_NOT_FOUND, PUBLIC_HAS_NO_CUSTOMER, ADDRESS_INVALID with the path of the address,
 *   CAMPAIGN_CHANNEL_NOT_CONFIGURED, TEMPLATE_RENDER_FAILED, TOKEN_KEY_UNKNOWN, SIGNATURE_INVALID
 */
export async function sendTest(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  options: TestSendOptions,
): Promise<readonly TestSendResult[]> {
  authorize(context.access, scope, 'campaign.test')
  const { to, customerId, ...choice } = parseInput(testOptionsSchema, options)
  const campaign = await requireCampaign(context, scope, id)
  const [customer] = await context.storage.customers.get(scope, [customerId])
  if (customer === undefined)
    throw new CampaignKitError('CUSTOMER_NOT_FOUND', 'No customer has this id', { path: 'customerId' })
  const preview = await previewFor(context, scope, campaign, customer, choice)
  // a seed address is a person's: what is put in public would be seen by all
  if (isPublic(context, preview.channel)) {
    throw new CampaignKitError('PUBLIC_HAS_NO_CUSTOMER', `channel: ${preview.channel} is seen by all`, {
      path: 'channel',
    })
  }
  const channel = context.channels[preview.channel]
  if (channel === undefined) {
    throw new CampaignKitError(
      'CAMPAIGN_CHANNEL_NOT_CONFIGURED',
      `The kit has no adapter for ${preview.channel}`,
    )
  }
  to.forEach((address, index) => {
    if (isAddressFor(preview.channel, address)) return
    throw new CampaignKitError('ADDRESS_INVALID', `to[${index}]: not an address for ${preview.channel}`, {
      path: `to[${index}]`,
    })
  })
  const entry = journalEntry(context, scope, {
    action: 'campaign.test',
    subject: { type: 'campaign', id },
    after: { channel: preview.channel, variant: preview.variant, messages: to.length },
  })
  await context.storage.journal.append(scope, entry)
  const results: TestSendResult[] = []
  for (const address of to) {
    results.push({
      to: address,
      result: await sendSeed(context, scope, channel, id, address, preview.message),
    })
  }
  return results
}

async function sendSeed(
  context: EngineContext,
  scope: Scope,
  channel: Channel,
  campaignId: CampaignId,
  to: string,
  content: Parameters<Channel['send']>[1][number]['content'],
): Promise<SendResult> {
  const deliveryId = context.ids.next('delivery') as DeliveryId
  const attemptId = context.ids.next('attempt') as AttemptId
  const runId = 'test' as RunId
  try {
    const [result] = await channel.send(scope, [
      { deliveryId, attemptId, campaignId, runId, idempotencyKey: deliveryId, to, content },
    ])
    return result ?? { outcome: 'unknown', code: 'no-result' }
  } catch {
    return { outcome: 'unknown', code: 'CHANNEL_FAILED' }
  }
}
