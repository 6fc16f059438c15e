import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import type { CampaignId, DeliveryId, RunId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { Delivery, DeliveryStatus } from '../model/delivery.js'
import { hostIdSchema, textSchema } from '../model/fields.js'
import { parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import type { Continuation, HeldDecision } from '../ports/storage/delivery-store.js'
import { requireCampaign, retryOnConflict } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { continuationOf, whyOver } from './continue-campaign.js'
import { decisionsOf, type HeldAnswer } from './held-decisions.js'
import { journalEntry } from './journal-entry.js'
import { publishEvents } from './publish-events.js'

const idsSchema = z
  .array(hostIdSchema.transform((text) => text as DeliveryId))
  .min(1)
  .max(1_000)

/** What a person decides about deliveries that nobody knows the end of. */
export interface SettleHeldOptions {
  /** What a person knows or wants of them: it was sent, it was not, or it is to be sent again. */
  readonly as: 'sent' | 'failed' | 'resend'
  /** Kept in the journal, so without personal data. */
  readonly reason: string
}

const optionsSchema: z.ZodType<SettleHeldOptions> = z.strictObject({
  as: z.enum(['sent', 'failed', 'resend']),
  reason: textSchema(2_000),
})

/** What came of a decision on held deliveries. */
export interface SettleHeldOutcome {
  /** Deliveries that were held and are no longer. */
  readonly settled: number
  /** Those that stood already where the decision puts them. */
  readonly unchanged: number
}

/** Where a delivery stands after an answer; the same answer again leaves it there. */
const AGREEING: Readonly<Record<HeldAnswer, readonly DeliveryStatus[]>> = {
  sent: ['sent'],
  failed: ['failed'],
  resend: ['queued', 'claimed', 'attempting', 'inDoubt'],
}

/**
 * A person's word on deliveries that are held, all or none. `sent` counts as sent, at the channel's list price, and where the
 * campaign writes to the first channel that works the next one waits as behind any other message that was sent;
 * `failed` lets it have its turn; `resend` queues the delivery again, and every gate is asked again before it leaves. What is
 * queued so reopens a campaign that had completed by having sent all; one that is over otherwise takes no `resend`, and
 * neither `sent` nor `failed` has a next channel there. A receipt that comes later is still joined.
 *
 * @param deliveryIds - 1 to 1,000, all of the campaign
 * @throws DELIVERY_NOT_HELD, DELIVERY_NOT_FOUND (each with the path of the id), CAMPAIGN_ENDED, CAMPAIGN_NOT_FOUND,
 *   INVALID_INPUT, FORBIDDEN; VERSION_CONFLICT when others moved them each time it was tried
 */
export async function settleHeld(
  context: EngineContext,
  scope: Scope,
  campaignId: CampaignId,
  deliveryIds: readonly string[],
  options: SettleHeldOptions,
): Promise<SettleHeldOutcome> {
  authorize(context.access, scope, 'delivery.settle')
  const ids = parseInput(idsSchema, deliveryIds, 'deliveryIds')
  const { as, reason } = parseInput(optionsSchema, options)
  return retryOnConflict(async () => {
    const campaign = await requireCampaign(context, scope, campaignId)
    const standing = await findAll(context, scope, campaign, ids, as)
    const held = standing.filter(({ status }) => status === 'held')
    if (held.length > 0) await decide(context, scope, campaign, held, { as, reason })
    return { settled: held.length, unchanged: standing.length - held.length }
  })
}

/** The deliveries, each held or where the answer would put it. */
async function findAll(
  context: EngineContext,
  scope: Scope,
  { id }: Campaign,
  ids: readonly DeliveryId[],
  as: HeldAnswer,
): Promise<readonly Delivery[]> {
  const found = await context.storage.deliveries.get(scope, [...new Set(ids)])
  const ours = new Map(found.filter(({ campaignId }) => campaignId === id).map((each) => [each.id, each]))
  for (const [index, deliveryId] of ids.entries()) {
    const path = `deliveryIds[${index}]`
    const delivery = ours.get(deliveryId)
    if (delivery === undefined)
      throw new CampaignKitError('DELIVERY_NOT_FOUND', `${path}: no delivery of the campaign`, { path })
    const { status } = delivery
    if (status !== 'held' && !AGREEING[as].includes(status))
      throw new CampaignKitError('DELIVERY_NOT_HELD', `${path}: the delivery is ${status}`, {
        path,
        details: { deliveryId, status },
      })
  }
  return [...ours.values()]
}

async function decide(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  held: readonly Delivery[],
  { as, reason }: SettleHeldOptions,
): Promise<void> {
  const over = whyOver(campaign, context.clock.now())
  if (as === 'resend' && over !== null) throw over
  const decisions = await decisionsOf(context, scope, campaign, held, { as, mayGoOn: over === null })
  const runIds = runsThatGoOn(held, decisions)
  const continuation = runIds.size === 0 ? null : await continuationOf(context, scope, campaign, runIds)
  const deliveryIds = held.map(({ id }) => id)
  const reopened = continuation?.campaign.status ?? campaign.status
  const entry = journalEntry(context, scope, {
    action: 'deliveries.settleHeld',
    subject: { type: 'campaign', id: campaign.id },
    reason,
    before: { status: 'held', deliveryIds, campaignStatus: campaign.status },
    after: { as, deliveryIds, campaignStatus: reopened },
  })
  await context.storage.deliveries.settleHeld(scope, decisions, continuation, context.clock.now(), entry)
  await publishEvents(
    context,
    scope,
    decisions.flatMap(({ events }) => events),
  )
  if (continuation !== null) await goOn(context, scope, campaign, continuation)
}

/** Deliveries that wait for their turn after the decision are of these runs. */
function runsThatGoOn(held: readonly Delivery[], decisions: readonly HeldDecision[]): ReadonlySet<RunId> {
  const queued = new Set(
    decisions
      .filter(({ status, next }) => status === 'queued' || next !== null)
      .map((each) => each.deliveryId),
  )
  return new Set(held.filter(({ id }) => queued.has(id)).map(({ runId }) => runId))
}

async function goOn(
  context: EngineContext,
  scope: Scope,
  before: Campaign,
  { campaign, runs }: Continuation,
): Promise<void> {
  const { id: campaignId, status } = campaign
  if (status !== before.status)
    context.observer.emit('campaign.status', {
      scope,
      campaignId,
      from: before.status,
      to: status,
      reason: null,
    })
  for (const run of runs)
    await context.queue.ring(scope, run.id, context.clock.now(), campaign.content.priority)
}
