import type { KeyObject } from 'node:crypto'
import { createSystemClock } from '@campaignkit/core'
import { parseInput, type Receipt, readBody, topicSchema } from '@campaignkit/core/adapter'
import * as z from 'zod'
import { type GroupTopics, readEvent } from './read-event.js'
import { isSigned, readPublicKey, SIGNATURE_HEADER, TIMESTAMP_HEADER } from './signature.js'

/** What {@link createSendgridReceipts} needs. */
export interface SendgridReceiptsOptions {
  /** The kit of the tenant whose account posts here. */
  readonly kit: { readonly events: { ingest(receipts: readonly Receipt[]): Promise<unknown> } }
  /** Verification keys as SendGrid shows them (DER in base64), or in PEM: several while one takes the place of another. */
  readonly publicKeys: string | readonly string[]
  /** How old a request may be by its signature, and how far ahead: 1 to 86,400 seconds. @default 300 */
  readonly toleranceSeconds?: number
  /** Largest body in bytes: 1,000 to 100,000,000. @default 5000000 */
  readonly maxBytes?: number
  /**
   * Topics by the id of an unsubscribe group. Who leaves a group takes back that topic alone.
   *
   * @default the topic of the campaign that the message was of
   */
  readonly topics?: GroupTopics
  /** Hears of each failure that a request was answered 500 for; SendGrid posts it again. @default nobody */
  readonly onError?: (thrown: unknown) => void
  /** @default the machine's */
  readonly clock?: { now(): number }
}

const functionSchema = z.custom<(...given: never[]) => unknown>(
  (value) => typeof value === 'function',
  'expected a function',
)
const keySchema = z.string().refine((text) => readPublicKey(text) !== null, 'expected a public key of P-256')
const objectSchema = <Given>() =>
  z.custom<Given>((value) => typeof value === 'object' && value !== null, 'expected an object')

const optionsSchema = z.strictObject({
  kit: objectSchema<SendgridReceiptsOptions['kit']>(),
  publicKeys: z.union([keySchema, z.array(keySchema).min(1)]),
  toleranceSeconds: z.int().min(1).max(86_400).default(300),
  maxBytes: z.int().min(1_000).max(100_000_000).default(5_000_000),
  topics: z.record(z.string().regex(/^\d+$/, 'expected the id of a group'), topicSchema).default({}),
  onError: functionSchema.exactOptional(),
  clock: objectSchema<{ now(): number }>().exactOptional(),
})

/** What one call of `kit.events.ingest` takes. */
const MOST_AT_ONCE = 10_000

/**
 * Makes the receiver of SendGrid's Signed Event Webhook, as a function that any server can call with the Request and Response
 * of the web platform. What is unsigned (401), forged or stale (403), too large (413) or no list (400) is refused and nothing
 * of it is counted. Of a list, items that are no events or fit no delivery are left out, whatever the rest; events that come
 * again, and in any order, count once.
 *
 * A hard bounce suppresses the address, a complaint suppresses it and takes back all permission, leaving takes back all
 * permission or that of a group's topic. A block, a deferral and a drop are counted and change no permission.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD for an option, with its path
 *
 * @example
 * ```ts
 * import { createSendgridReceipts } from '@campaignkit/adapter-sendgrid'
 * import { fakeWebhook } from '@campaignkit/adapter-sendgrid/testing'
 * const webhook = fakeWebhook()
 * const receive = createSendgridReceipts({
 *   kit: { events: { ingest: async (receipts) => receipts.length } },
 *   publicKeys: webhook.publicKey,
 * })
 * const response = await receive(webhook.post([], Date.now()))
 * console.log(response.status) // 204
 * ```
 */
export function createSendgridReceipts(
  options: SendgridReceiptsOptions,
): (request: Request) => Promise<Response> {
  const settings = parseInput(optionsSchema, options)
  const keys = [settings.publicKeys].flat().flatMap((text): KeyObject[] => {
    const key = readPublicKey(text)
    return key === null ? [] : [key]
  })
  const clock = settings.clock ?? createSystemClock()
  const { toleranceSeconds, maxBytes, topics } = settings

  async function receive(request: Request): Promise<number> {
    if (request.method !== 'POST') return 405
    const signature = request.headers.get(SIGNATURE_HEADER)
    const timestamp = request.headers.get(TIMESTAMP_HEADER)
    if (signature === null || timestamp === null) return 401
    const body = await readBody(request, maxBytes)
    if (body === null) return 413
    if (!isSigned(keys, { signature, timestamp, body })) return 403
    if (!isRecent(timestamp, clock.now(), toleranceSeconds)) return 403
    const items = listOf(body)
    if (items === null) return 400
    const receipts = items.flatMap((item) => readOrSkip(item, topics) ?? [])
    for (let from = 0; from < receipts.length; from += MOST_AT_ONCE) {
      await options.kit.events.ingest(receipts.slice(from, from + MOST_AT_ONCE))
    }
    return 204
  }

  return async (request) => {
    try {
      const status = await receive(request)
      return new Response(null, { status, ...(status === 405 ? { headers: { allow: 'POST' } } : {}) })
    } catch (thrown) {
      options.onError?.(thrown)
      return new Response(null, { status: 500 })
    }
  }
}

/** One item that cannot be read, such as one nested ten thousand deep, does not stop the rest. */
function readOrSkip(item: unknown, topics: GroupTopics): Receipt | null {
  try {
    return readEvent(item, topics)
  } catch {
    return null
  }
}

function isRecent(timestamp: string, now: number, toleranceSeconds: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false
  return Math.abs(now - Number(timestamp) * 1_000) <= toleranceSeconds * 1_000
}

function listOf(body: Uint8Array): readonly unknown[] | null {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body))
    return Array.isArray(parsed) ? parsed : null
  } catch {
    return null
  }
}
