import type { DeliveryId, Instant, Receipt, ReceiptType } from '@campaignkit/core/adapter'
import { meaningOf } from '../errors/error-table.js'
import type { TwilioItem } from './read-webhook.js'

/** What the kit hears of a message by its status, but for those that failed. */
const SAID: Readonly<Record<string, readonly ReceiptType[]>> = {
  accepted: ['accepted'],
  scheduled: ['accepted'],
  queued: ['accepted'],
  sending: ['accepted'],
  sent: ['accepted'],
  delivered: ['delivered'],
  // the callback of the delivery may be lost, or still to come
  read: ['delivered', 'opened'],
  canceled: ['dropped'],
}

/** Where a callback finds its delivery: what the channel wrote into its URL. */
export interface CallbackPlace {
  readonly deliveryId: string | null
  readonly segments: number
}

/**
 * What a status callback says, in the kit's words. A status counts once a message whatever the order of the callbacks; those that
 * mean the same to the kit are one. Empty when it has no status that the kit knows.
 */
export function statusReceipts(item: TwilioItem, place: CallbackPlace, now: Instant): readonly Receipt[] {
  const sid = item.field('MessageSid') ?? item.field('SmsSid')
  const status = statusOf(item)
  if (sid === null || !/^[A-Z]{2}[0-9a-fA-F]{32}$/.test(sid) || status === null) return []
  const code = codeOf(item)
  const base = {
    at: instantOf(item.field('Timestamp')) ?? now,
    ...(place.deliveryId === null
      ? { providerMessageId: sid }
      : { deliveryId: place.deliveryId as DeliveryId }),
    ...(code === null ? {} : { reason: `twilio-${code}` }),
    ...(place.segments > 1 ? { weight: place.segments } : {}),
  }
  return saidBy(status, code).map((said) => ({ ...base, ...said, key: `twilio:${sid}:${said.type}` }))
}

function statusOf(item: TwilioItem): string | null {
  return (item.field('MessageStatus') ?? item.field('SmsStatus'))?.toLowerCase() ?? null
}

function codeOf(item: TwilioItem): number | null {
  const code = Number(item.field('ErrorCode') ?? 0)
  return Number.isInteger(code) && code > 0 && code < 1_000_000 ? code : null
}

function saidBy(status: string, code: number | null): readonly Pick<Receipt, 'type' | 'suppresses'>[] {
  if (status !== 'failed' && status !== 'undelivered') {
    return (Object.hasOwn(SAID, status) ? (SAID[status] ?? []) : []).map((type) => ({ type }))
  }
  // `failed` never left Twilio, `undelivered` was refused on its way
  const type = status === 'failed' ? 'dropped' : 'blocked'
  const meaning = code === null ? null : meaningOf(code)
  if (meaning === 'deadAddress') return [{ type: 'bounced' }]
  if (meaning === 'optedOut') return [{ type, suppresses: 'requested' }, { type: 'unsubscribed' }]
  return [{ type }]
}

/** Event Streams date what they tell; callbacks do not. */
function instantOf(text: string | null): Instant | null {
  const at = text === null || !/^\d{4}-\d\d-\d\dT/.test(text) ? Number.NaN : Date.parse(text)
  return Number.isSafeInteger(at) ? at : null
}
