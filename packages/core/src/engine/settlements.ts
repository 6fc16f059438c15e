import { assertNever } from '../base/assert-never.js'
import type { AttemptId, DeliveryId } from '../base/ids.js'
import { MICROS_PER_MINOR } from '../base/money.js'
import { type DurationMs, HOUR_MS, type Instant, SECOND_MS } from '../base/time.js'
import { endEvent } from '../metrics/delivery-event.js'
import type { Campaign } from '../model/campaign.js'
import { hasEnded } from '../model/campaign-status.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { type Delivery, queuedDelivery } from '../model/delivery.js'
import type { SkipCode } from '../model/exclusion.js'
import type { NextOfSent } from '../model/next-of-sent.js'
import { tellsOfArrival } from '../model/receipt.js'
import type { ChannelCapabilities, MessagePrice, SendResult } from '../ports/channel.js'
import type { Settlement } from '../ports/storage/delivery-store.js'
import { backoffMs } from '../throttling/backoff.js'
import { UNIFORM_BYTES } from '../throttling/uniform.js'
import type { EngineContext } from './context.js'

const RETRY_BASE_MS = 30 * SECOND_MS
const RETRY_CAP_MS = HOUR_MS

/** A delivery that this worker holds, and where it stands in its campaign. */
export interface HeldDelivery {
  readonly delivery: Delivery
  readonly fence: number
  readonly campaign: Campaign
  /** Channels that reach the member, in the order in which they are tried; from these the next one is taken. */
  readonly memberChannels: readonly ChannelKind[]
}

/** What becomes of a delivery; what is not given is as it was, or empty. */
function settle(
  { delivery, fence }: HeldDelivery,
  dueAt: Instant,
  {
    attempt = null,
    status = 'queued',
    reason = null,
    tries = delivery.tries,
    costMicros = 0,
    currency = null,
    next = null,
    nextIfReturned = null,
    events = [],
  }: Partial<Omit<Settlement, 'deliveryId' | 'fence' | 'dueAt'>>,
): Settlement {
  return {
    deliveryId: delivery.id,
    fence,
    attempt,
    status,
    reason,
    dueAt,
    tries,
    costMicros,
    currency,
    next,
    nextIfReturned,
    events,
  }
}

/** Codes that stop a member on every channel alike. */
const FOR_GOOD: ReadonlySet<SkipCode> = new Set([
  'erased',
  'campaignEnded',
  'expired',
  'budget',
  'deliveredBefore',
  'couponExpired',
])

/** What becomes of a delivery that a gate stops. */
export function skipped(context: EngineContext, held: HeldDelivery, code: SkipCode): Settlement {
  const now = context.clock.now()
  return settle(held, now, {
    status: 'skipped',
    reason: code,
    next: FOR_GOOD.has(code) ? null : nextChannel(context, held, now),
    events: [endEvent(held.delivery, 'skipped', now, { reason: code })],
  })
}

/** What becomes of a delivery whose message cannot be made. */
export function unrenderable(context: EngineContext, held: HeldDelivery, code: string): Settlement {
  return failed(context, held, code, held.delivery.tries, null)
}

function failed(
  context: EngineContext,
  held: HeldDelivery,
  code: string,
  tries: number,
  attempt: Settlement['attempt'],
): Settlement {
  const now = context.clock.now()
  return settle(held, now, {
    attempt,
    status: 'failed',
    reason: code,
    tries,
    next: nextChannel(context, held, now),
    events: [endEvent(held.delivery, 'failed', now, { reason: code })],
  })
}

/** When the provider lets the account go on. */
export function resumesAt(context: EngineContext, afterMs: DurationMs): Instant {
  return context.clock.now() + Math.ceil(afterMs)
}

/** How long to wait before a try that follows so many. */
function retryDelayMs(context: EngineContext, tries: number): DurationMs {
  return backoffMs({
    tries,
    random: context.random.bytes(UNIFORM_BYTES),
    baseMs: RETRY_BASE_MS,
    capMs: RETRY_CAP_MS,
  })
}

/** An attempt that is on record. */
export interface Attempted {
  readonly message: {
    readonly held: HeldDelivery
    /** How many messages it counts as at the list price. */
    readonly weight: number
  }
  readonly attemptId: AttemptId
  readonly startedAt: Instant
}

/** What becomes of a delivery whose attempt was on record, but never made: no try is spent, and it keeps its turn. */
export function uncalled(held: HeldDelivery, attemptId: AttemptId): Settlement {
  return settle(held, held.delivery.dueAt, {
    attempt: { id: attemptId, outcome: 'throttled', code: 'not-called', providerMessageId: null },
  })
}

/** What becomes of a delivery by the result of its attempt. */
export function settlementOf(
  context: EngineContext,
  { message: { held, weight }, attemptId, startedAt }: Attempted,
  result: SendResult,
  capabilities: ChannelCapabilities,
): Settlement {
  const now = context.clock.now()
  const attempt = {
    id: attemptId,
    outcome: result.outcome,
    code: result.outcome === 'accepted' ? null : result.code,
    providerMessageId: result.outcome === 'accepted' ? result.providerMessageId : null,
  }
  const tries = held.delivery.tries + 1
  switch (result.outcome) {
    case 'accepted': {
      const { price } = capabilities
      const cost = {
        costMicros: result.costMicros ?? listCost(price, weight),
        currency: price?.currency ?? null,
      }
      const events = [endEvent(held.delivery, 'sent', now, cost)]
      const following = nextAfterSent(context, held, now)
      return settle(held, now, { attempt, status: 'sent', tries, ...cost, ...following, events })
    }
    case 'transient': {
      if (tries > held.campaign.content.maxRetries) return failed(context, held, result.code, tries, attempt)
      const delayMs = Math.max(retryDelayMs(context, tries), Math.ceil(result.retryAfterMs ?? 0))
      return settle(held, now + delayMs, { attempt, reason: result.code, tries })
    }
    case 'permanent':
      return failed(context, held, result.code, tries, attempt)
    case 'throttled':
      return settle(held, resumesAt(context, result.retryAfterMs), { attempt, reason: result.code })
    case 'misconfigured':
      return settle(held, held.delivery.dueAt, { attempt, reason: result.code })
    case 'unknown':
      return inDoubt(context, held, { attempt, startedAt, tries }, capabilities)
    default:
      return assertNever(result)
  }
}

/**
 * What is written on the next channel after a message that was sent, whoever knows of it: the provider's answer, a receipt or a
 * person. Where the channel tells of deliveries it waits for the end of the window from the beginning, so that no crash
 * forgets it, and asks when its turn comes; when the message comes back it is due at once.
 */
export function nextAfterSent(
  context: EngineContext,
  held: Omit<HeldDelivery, 'fence'>,
  now: Instant,
): NextOfSent {
  const { delivery } = held.campaign.content
  const nextIfReturned = nextChannel(context, held, now)
  if (delivery === 'each' || nextIfReturned === null) return { next: null, nextIfReturned: null }
  const { fallbackAfterHours } = delivery
  const receipts = context.channels[held.delivery.channel]?.capabilities.receipts ?? []
  if (fallbackAfterHours === undefined || !tellsOfArrival(receipts)) return { next: null, nextIfReturned }
  const dueAt = now + Math.ceil(fallbackAfterHours * HOUR_MS)
  return { next: { ...nextIfReturned, dueAt }, nextIfReturned }
}

/** What a message that counts as so many costs by the channel's price list, in millionths of a minor unit. */
export function listCost(price: MessagePrice | null, weight = 1): number {
  return price === null ? 0 : Math.round((price.amountMinor * weight * MICROS_PER_MINOR) / price.per)
}

interface Doubt {
  readonly attempt: Settlement['attempt']
  readonly startedAt: Instant
  /** Tries, the doubtful one included. */
  readonly tries: number
}

/**
 * What becomes of a delivery of which nobody knows whether it was sent: a channel with idempotency keys is simply
 * asked again; else a receipt may tell within the channel's window; after that the campaign's policy decides. A
 * campaign that is over sends nothing again.
 */
export function inDoubt(
  context: EngineContext,
  held: HeldDelivery,
  { attempt, startedAt, tries }: Doubt,
  { idempotencyKeys, receiptWindowMs }: Pick<ChannelCapabilities, 'idempotencyKeys' | 'receiptWindowMs'>,
): Settlement {
  const now = context.clock.now()
  const { content, status } = held.campaign
  const isOver = hasEnded(status) || (content.endsAt !== undefined && content.endsAt <= now)
  const mayTryAgain = !isOver && tries <= content.maxRetries
  const again = (reason: string) =>
    settle(held, now + retryDelayMs(context, tries), { attempt, reason, tries })
  if (idempotencyKeys && mayTryAgain) return again('inDoubt')
  const receiptsUntil = startedAt + receiptWindowMs
  if (now < receiptsUntil)
    return settle(held, receiptsUntil, { attempt, status: 'inDoubt', reason: 'inDoubt', tries })
  if (content.inDoubt === 'resend' && mayTryAgain) return again('resent')
  return settle(held, now, {
    attempt,
    status: 'held',
    reason: 'inDoubt',
    tries,
    events: [endEvent(held.delivery, 'held', now, { reason: 'inDoubt' })],
  })
}

/** The delivery on the channel after this one, when the campaign writes to the first that works; null at the end. */
export function nextChannel(
  context: EngineContext,
  { delivery, campaign, memberChannels }: Omit<HeldDelivery, 'fence'>,
  now: Instant,
): Delivery | null {
  if (campaign.content.delivery === 'each' || delivery.customerId === null) return null
  const channel = memberChannels[memberChannels.indexOf(delivery.channel) + 1]
  if (channel === undefined) return null
  return queuedDelivery({
    id: context.ids.next('delivery') as DeliveryId,
    runId: delivery.runId,
    campaignId: delivery.campaignId,
    customerId: delivery.customerId,
    step: delivery.step,
    channel,
    arm: delivery.arm,
    rank: delivery.rank,
    segments: delivery.segments,
    dueAt: now,
    firstDueAt: delivery.firstDueAt,
  })
}
