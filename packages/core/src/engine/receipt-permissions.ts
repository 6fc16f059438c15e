import type { CampaignId } from '../base/ids.js'
import { type ConsentRecord, EVERY_TOPIC } from '../model/consent.js'
import type { Delivery } from '../model/delivery.js'
import type { Receipt } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'
import type { SuppressionReason } from '../model/suppression.js'
import type { EngineContext } from './context.js'
import { journalEntry } from './journal-entry.js'

const SUPPRESSING: Readonly<Partial<Record<Receipt['type'], SuppressionReason>>> = {
  bounced: 'bounced',
  complained: 'complained',
}

const DENYING: readonly Receipt['type'][] = ['complained', 'unsubscribed']

const BASIS: Readonly<Partial<Record<Receipt['type'], string>>> = {
  complained: 'complaint to the provider',
  unsubscribed: 'unsubscribed at the provider',
  resubscribed: 'subscribed again at the provider',
}

/** A receipt and the delivery that it speaks of. */
export interface MatchedReceipt {
  readonly receipt: Receipt
  readonly delivery: Delivery
}

/**
 * Does what receipts do beside being counted: a hard bounce and a complaint suppress the address, a complaint and an
 * unsubscribe deny consent, who subscribes again allows what is named, and a receipt may say itself that its address asked
 * for silence. Nothing else changes any permission.
 */
export async function applyPermissions(
  context: EngineContext,
  scope: Scope,
  matched: readonly MatchedReceipt[],
): Promise<void> {
  await suppressAddresses(context, scope, matched)
  const denying = matched.filter(({ receipt }) => DENYING.includes(receipt.type))
  await recordDecisions(context, scope, 'denied', denying)
  const granting = matched.filter(({ receipt }) => receipt.type === 'resubscribed')
  await recordDecisions(context, scope, 'granted', granting)
}

async function suppressAddresses(
  context: EngineContext,
  scope: Scope,
  matched: readonly MatchedReceipt[],
): Promise<void> {
  const suppressions = matched.flatMap(({ receipt, delivery: { channel, addressKey } }) => {
    const reason = receipt.suppresses ?? SUPPRESSING[receipt.type]
    const { at } = receipt
    // a delivery that was never attempted has no address yet
    return reason === undefined || addressKey === null ? [] : [{ channel, addressKey, reason, since: at }]
  })
  if (suppressions.length === 0) return
  const entry = journalEntry(context, scope, {
    action: 'addresses.suppress',
    subject: { type: 'receipts', id: matched[0]?.receipt.key ?? '' },
    after: { count: suppressions.length },
  })
  await context.storage.consents.suppress(scope, suppressions, entry)
}

async function recordDecisions(
  context: EngineContext,
  scope: Scope,
  decision: ConsentRecord['decision'],
  matched: readonly MatchedReceipt[],
): Promise<void> {
  const records = await consentsOf(context, scope, decision, matched)
  if (records.length === 0) return
  const entry = journalEntry(context, scope, {
    action: decision === 'denied' ? 'consents.deny' : 'consents.grant',
    subject: { type: 'receipts', id: matched[0]?.receipt.key ?? '' },
    after: { count: records.length },
  })
  await context.storage.consents.record(scope, records, entry)
}

async function consentsOf(
  context: EngineContext,
  scope: Scope,
  decision: ConsentRecord['decision'],
  matched: readonly MatchedReceipt[],
): Promise<readonly ConsentRecord[]> {
  const topics = await topicsOfCampaigns(context, scope, matched)
  return matched.flatMap(({ receipt, delivery }) => {
    const topic = topicOf(receipt, topics.get(delivery.campaignId))
    const { customerId, channel } = delivery
    if (topic === null || customerId === null) return []
    const basis = BASIS[receipt.type] ?? receipt.type
    const evidence = `receipt ${receipt.key}`
    return [{ customerId, channel, topic, decision, basis, obtainedAt: receipt.at, evidence }]
  })
}

/** What a receipt speaks of; null for nothing. A complaint is about all that we write. */
function topicOf({ type, topic }: Receipt, ofCampaign: string | undefined): string | null {
  if (type === 'complained') return EVERY_TOPIC
  const named = topic === null ? ofCampaign : topic
  return named ?? (type === 'resubscribed' ? null : EVERY_TOPIC)
}

/** The topics of the campaigns that receipts leave it to. */
async function topicsOfCampaigns(
  context: EngineContext,
  scope: Scope,
  matched: readonly MatchedReceipt[],
): Promise<ReadonlyMap<CampaignId, string>> {
  const ids = matched.flatMap(({ receipt, delivery }) =>
    receipt.topic === null ? [delivery.campaignId] : [],
  )
  const topics = new Map<CampaignId, string>()
  for (const id of new Set(ids)) {
    const campaign = await context.storage.campaigns.get(scope, id)
    if (campaign !== null) topics.set(id, campaign.content.topic)
  }
  return topics
}
