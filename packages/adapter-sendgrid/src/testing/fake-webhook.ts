import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import type { Instant } from '@campaignkit/core/adapter'
import type { FakeMessage } from './fake-message.js'

/** What the Event Webhook can tell of a message. */
export type FakeEventType =
  | 'processed'
  | 'deferred'
  | 'delivered'
  | 'bounce'
  | 'blocked'
  | 'dropped'
  | 'open'
  | 'click'
  | 'spamreport'
  | 'unsubscribe'
  | 'group_unsubscribe'
  | 'group_resubscribe'

/** One event, as it stands in the list that the webhook posts. */
export type FakeEvent = Readonly<Record<string, unknown>>

/** Where and how the webhook posts. */
export interface FakeWebhookOptions {
  /** @default https://go.pizza.example/sendgrid */
  readonly url?: string
  /** A P-256 private key in PEM. @default one that everybody has, for tests alone */
  readonly privateKey?: string
}

/** The Event Webhook of a fake SendGrid. */
export interface FakeWebhook {
  /** The verification key, as SendGrid shows it: DER in base64. */
  readonly publicKey: string
  /**
   * An event of a message. The same message, type and instant give the same event, with the same `sg_event_id`.
   *
   * @param more - fields that are added, or replaced; one that is undefined is left out
   */
  event(message: FakeMessage, type: FakeEventType, at: Instant, more?: FakeEvent): FakeEvent
  /** The request that posts events, signed at an instant. */
  post(events: readonly FakeEvent[] | string, at: Instant): Request
}

/** A key that is no secret. */
const TEST_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'sY-5Ta1l1KtVvqPz56WT-1RX9zak4kos6j9phS4FBbw',
  y: '5JNYT2JWFoa20iGxbiQfbg1W-IqamV6AZCUlKNVhnVI',
  d: '1jbPgKnQzur_YwF4h0vVAAS20PjQ-f0Btcf-ZBG29aU',
}

/**
 * Makes an Event Webhook that signs as the real one does: ECDSA on P-256 with SHA-256, over timestamp and body.
 *
 * @example
 * ```ts
 * import { fakeWebhook } from '@campaignkit/adapter-sendgrid/testing'
 * const webhook = fakeWebhook()
 * const request = webhook.post([{ event: 'processed', email: 'ada@example.com' }], Date.UTC(2026, 2, 1))
 * console.log(request.headers.get('x-twilio-email-event-webhook-timestamp')) // 1772323200
 * ```
 */
export function fakeWebhook(options: FakeWebhookOptions = {}): FakeWebhook {
  const { url = 'https://go.pizza.example/sendgrid', privateKey } = options
  const key = privateKey === undefined ? testKey() : createPrivateKey(privateKey)
  return {
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64'),
    event: eventOf,
    post(events, at) {
      // the real one ends its list so, and signs that as well
      const body = typeof events === 'string' ? events : `${JSON.stringify(events)}\r\n`
      const timestamp = String(Math.floor(at / 1_000))
      const signature = sign('sha256', Buffer.from(timestamp + body), key).toString('base64')
      return new Request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-twilio-email-event-webhook-signature': signature,
          'x-twilio-email-event-webhook-timestamp': timestamp,
        },
        body,
      })
    },
  }
}

function testKey(): KeyObject {
  return createPrivateKey({ key: TEST_KEY, format: 'jwk' })
}

const DETAILS: Readonly<Record<FakeEventType, FakeEvent>> = {
  processed: {},
  deferred: { response: '400 try again later', attempt: '5' },
  delivered: { response: '250 OK', ip: '168.1.1.1', tls: 1 },
  bounce: { type: 'bounce', reason: '550 5.1.1 unknown recipient', status: '5.1.1', ip: '168.1.1.1', tls: 1 },
  blocked: {
    event: 'bounce',
    type: 'blocked',
    reason: '550 5.7.1 blocked',
    status: '5.7.1',
    ip: '168.1.1.1',
    tls: 1,
  },
  dropped: { reason: 'Bounced Address', status: '5.0.0' },
  open: { useragent: 'Mozilla/5.0', ip: '255.255.255.255', sg_machine_open: false },
  click: {
    useragent: 'Mozilla/5.0',
    ip: '255.255.255.255',
    url: 'https://pizza.example/',
    url_offset: { index: 0, type: 'html' },
  },
  spamreport: {},
  unsubscribe: {},
  group_unsubscribe: {
    useragent: 'Mozilla/5.0',
    ip: '255.255.255.255',
    url: 'https://pizza.example/',
    asm_group_id: 10,
  },
  group_resubscribe: {
    useragent: 'Mozilla/5.0',
    ip: '255.255.255.255',
    url: 'https://pizza.example/',
    asm_group_id: 10,
  },
}

function eventOf(message: FakeMessage, type: FakeEventType, at: Instant, more: FakeEvent = {}): FakeEvent {
  const timestamp = Math.floor(at / 1_000)
  const id = createHash('sha256').update(`${type} ${message.sgMessageId} ${timestamp}`).digest('base64url')
  const event: Record<string, unknown> = {
    // custom arguments stand beside the event's own fields, which win
    ...message.customArgs,
    email: message.to,
    timestamp,
    'smtp-id': message.smtpId,
    event: type,
    category: message.categories,
    sg_event_id: id,
    sg_message_id: message.sgMessageId,
    ...DETAILS[type],
    ...more,
  }
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined))
}

/**
 * Events as a webhook may bring them: each so many times, in any order, in batches of any size.
 *
 * @param chance - numbers from 0 up to 1, by which all that is decided
 */
export function shuffledWebhooks(
  events: readonly FakeEvent[],
  { times, chance }: { readonly times: number; readonly chance: () => number },
): readonly (readonly FakeEvent[])[] {
  const left = Array.from({ length: times }, () => events).flat()
  const batches: FakeEvent[][] = []
  while (left.length > 0) {
    const size = 1 + Math.floor(chance() * 10)
    const batch: FakeEvent[] = []
    while (batch.length < size && left.length > 0) {
      batch.push(...left.splice(Math.floor(chance() * left.length), 1))
    }
    batches.push(batch)
  }
  return batches
}
