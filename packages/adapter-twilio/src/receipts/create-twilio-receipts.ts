import { type Clock, createSystemClock, isCampaignKitError, type TenantKit } from '@campaignkit/core'
import { checkInput, parseUrl } from '@campaignkit/core/adapter'
import * as z from 'zod'
import { inboundMessage, inboundOf, type TwilioInbound } from './inbound.js'
import { type ReadWebhook, readWebhook, type TwilioItem } from './read-webhook.js'
import { type CallbackPlace, statusReceipts } from './status-receipts.js'

/** What of a kit the handler works with. */
export interface TwilioInbox {
  readonly events: Pick<TenantKit['events'], 'ingest'>
  readonly messages: Pick<TenantKit['messages'], 'receive'>
}

/** Where a request of Twilio came to, to tell whose it is. */
export interface TwilioAddressee {
  /** The account that sends or received the message; null when Twilio does not say. */
  readonly accountSid: string | null
  /** The number of ours, for messages that people write. */
  readonly to: string | null
  /** The URL that Twilio was told, with its query. */
  readonly url: string
}

/** What {@link createTwilioReceipts} needs. */
export interface TwilioReceiptsOptions {
  /** The kit of the tenant, or a function that finds it; what is nobody's is answered and left. */
  readonly kit: TwilioInbox | ((addressee: TwilioAddressee) => TwilioInbox | null)
  /** Auth tokens of the account, the current one first; 1 to 10. Requests that are signed with any of them are taken. */
  readonly authTokens: readonly string[]
  /**
   * The origin under which Twilio reaches this handler, and what a proxy cuts off before the path: `https://go.pizza.example`.
   *
   * @default what the request says of itself
   */
  readonly publicUrl?: string
  /** Tells the very URL that Twilio was given, where `publicUrl` and the request's path are not it. @default made of these */
  readonly urlOf?: (request: Request) => string
  /** Topics that START and UNSTOP grant besides those that a STOP had taken away. @default none */
  readonly optInTopics?: readonly string[]
  /** Hears of each message that a person wrote, text and all, once the kit has recorded it, the first time alone. */
  readonly onMessage?: (message: TwilioInbound) => void | Promise<void>
  /** Hears of each failure that a request was answered 500 for, and of those of `onMessage`; the answer tells nothing. @default nobody */
  readonly onError?: (thrown: unknown) => void
  /** Longest body that is read, in bytes: 1,000 to 10,000,000. @default 262144 */
  readonly maxBodyBytes?: number
  /** Dates what Twilio does not date. @default the system's */
  readonly clock?: Clock
}

const call = z.custom<(...given: never[]) => unknown>(
  (value) => typeof value === 'function',
  'expected a function',
)

const optionsSchema = z.strictObject({
  kit: z.custom<TwilioReceiptsOptions['kit']>(
    (value) => typeof value === 'function' || (typeof value === 'object' && value !== null),
    'expected a kit, or a function that finds it',
  ),
  authTokens: z.array(z.string().min(1).max(200)).min(1).max(10),
  publicUrl: z
    .string()
    .max(2_000)
    .refine(
      (text) => parseUrl(text) !== null && /^https?:\/\/[^?#]+$/.test(text),
      'expected an http or https URL without query',
    )
    .exactOptional(),
  urlOf: call.exactOptional(),
  optInTopics: z.array(z.string()).exactOptional(),
  onMessage: call.exactOptional(),
  onError: call.exactOptional(),
  maxBodyBytes: z.int().min(1_000).max(10_000_000).default(262_144),
  clock: z
    .custom<Clock>((value) => typeof value === 'object' && value !== null, 'expected a clock')
    .exactOptional(),
})

/** Twilio's own word for "nothing is to be done". */
const NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'

/**
 * Serves what Twilio tells: status callbacks of messages, and messages that people write, as a form or as JSON, one or a batch.
 * A request is taken when its X-Twilio-Signature fits the URL that Twilio was told, and answered 403 otherwise, 413 when it is too
 * large, 400 when it cannot be read, 405 unless it is a POST; nothing of these is stored. Status callbacks get 204,
 * messages an empty TwiML, so that Twilio answers nothing itself. What fits nothing never stops the rest, and what comes
 * again changes nothing. When the kit fails the answer is 500, and Twilio may come again.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD with the path of the option
 *
 * @example
 * ```ts
 * import { createTwilioReceipts } from '@campaignkit/adapter-twilio'
 * import type { TenantKit } from '@campaignkit/core'
 * const serveTwilio = (kit: TenantKit) =>
 *   createTwilioReceipts({ kit, authTokens: ['the token of the account'], publicUrl: 'https://go.pizza.example' })
 * ```
 */
export function createTwilioReceipts(
  options: TwilioReceiptsOptions,
): (request: Request) => Promise<Response> {
  const { authTokens, maxBodyBytes } = checkInput(optionsSchema, options)
  const { onError, urlOf = publicUrlOf(options.publicUrl), clock = createSystemClock() } = options
  const work: Work = { options, clock }
  return async (request) => {
    try {
      if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } })
      const read = await readWebhook(request, { authTokens, maxBodyBytes, urlOf })
      if (read.outcome !== 'items') return new Response(null, { status: REFUSALS[read.outcome] })
      return await take(work, urlOf(request), read.items)
    } catch (thrown) {
      onError?.(thrown)
      return new Response(null, { status: 500 })
    }
  }
}

const REFUSALS: Readonly<Record<Exclude<ReadWebhook['outcome'], 'items'>, number>> = {
  tooLarge: 413,
  forged: 403,
  malformed: 400,
}

interface Work {
  readonly options: TwilioReceiptsOptions
  readonly clock: Clock
}

/** The path and query of the request behind the origin, and the prefix, that the public sees. */
function publicUrlOf(publicUrl: string | undefined): (request: Request) => string {
  if (publicUrl === undefined) return ({ url }) => url
  const base = publicUrl.replace(/\/$/, '')
  return ({ url }) => base + url.slice(new URL(url).origin.length)
}

async function take(work: Work, url: string, items: readonly TwilioItem[]): Promise<Response> {
  const place = placeOf(url)
  let understood = 0
  let inbound = false
  for (const item of items) {
    const written = inboundOf(item)
    if (written !== null) inbound = true
    if (written !== null) await takeMessage(work, url, item, written)
    if (written !== null || (await takeStatus(work, url, item, place))) understood += 1
  }
  // a batch may hold what the kit does not know, but a request that holds nothing else is not one of ours
  if (items.length === 1 && understood === 0) return new Response(null, { status: 400 })
  if (!inbound) return new Response(null, { status: 204 })
  return new Response(NO_ANSWER, { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' } })
}

/** What the channel wrote into the URL of its callback. */
function placeOf(url: string): CallbackPlace {
  const { searchParams } = new URL(url)
  const segments = Number(searchParams.get('segments') ?? 1)
  return {
    deliveryId: searchParams.get('delivery') || null,
    segments: Number.isInteger(segments) && segments >= 1 && segments <= 100 ? segments : 1,
  }
}

function inboxOf({ options: { kit } }: Work, url: string, item: TwilioItem): TwilioInbox | null {
  if (typeof kit !== 'function') return kit
  return kit({ accountSid: item.field('AccountSid'), to: item.field('To'), url })
}

/** @returns whether it was a status callback at all */
async function takeStatus(work: Work, url: string, item: TwilioItem, place: CallbackPlace): Promise<boolean> {
  const isStatus = item.field('MessageSid') !== null && item.field('MessageStatus') !== null
  const receipts = isStatus ? statusReceipts(item, place, work.clock.now()) : []
  if (receipts.length > 0) await inboxOf(work, url, item)?.events.ingest(receipts)
  return isStatus
}

/** A sender that is no number, such as a short code, has nobody behind it and is left. */
async function takeMessage(work: Work, url: string, item: TwilioItem, written: TwilioInbound): Promise<void> {
  const { onMessage, onError, optInTopics = [] } = work.options
  const inbox = inboxOf(work, url, item)
  if (inbox === null) return
  try {
    const { outcome } = await inbox.messages.receive(inboundMessage(written), {
      optInTopics: [...optInTopics],
    })
    if (outcome === 'repeated') return
  } catch (thrown) {
    if (isCampaignKitError(thrown, 'ADDRESS_INVALID')) return
    throw thrown
  }
  try {
    await onMessage?.(written)
  } catch (thrown) {
    // the kit has taken it, and would not again
    onError?.(thrown)
  }
}
