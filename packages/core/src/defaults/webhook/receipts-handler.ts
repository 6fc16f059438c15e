import * as z from 'zod'
import { checkWebhook, parseWebhookSecrets } from '../../access/webhook-signature.js'
import { readBody } from '../../base/read-body.js'
import type { IngestOutcome } from '../../engine/ingest-receipts.js'
import { checkInput } from '../../model/parse.js'
import type { Receipt } from '../../model/receipt.js'
import { headersOf, type VerifyWebhookOptions, verifyFields } from './verify-webhook.js'

/** What {@link createReceiptsHandler} needs. */
export interface ReceiptsHandlerOptions extends VerifyWebhookOptions {
  /** `kit.events.ingest` of the tenant whose deliveries they are; the request tells which, when there are several. */
  readonly ingest: (receipts: readonly Receipt[], request: Request) => Promise<IngestOutcome>
  /** Largest body in bytes: 1,000 to 50,000,000. @default 5_000_000 */
  readonly maxBytes?: number
  /** Hears of each failure that a request was answered 500 for; the answer itself tells nothing. @default nobody */
  readonly onError?: (thrown: unknown) => void
}

const functionSchema = <Given>() =>
  z.custom<Given>((value) => typeof value === 'function', 'expected a function')

const optionsSchema = z.strictObject({
  ...verifyFields,
  ingest: functionSchema<ReceiptsHandlerOptions['ingest']>(),
  maxBytes: z.int().min(1_000).max(50_000_000).default(5_000_000),
  onError: functionSchema<NonNullable<ReceiptsHandlerOptions['onError']>>().optional(),
})

/** Most receipts of one request. */
const MOST_RECEIPTS = 10_000

const batchSchema = z.object({ receipts: z.array(z.unknown()) })

/**
 * Takes what any service says of deliveries: a POST of `{ "receipts": [...] }`, each a `Receipt`, signed as Standard
 * Webhooks 1.0 says. One receipt that fits nothing never stops the rest, and repetitions and any order come to the same.
 *
 * | status | when |
 * |---|---|
 * | 200 | taken: `{ recorded, repeated, unknown }` |
 * | 400 | signed, but no list of receipts in JSON |
 * | 401 | unsigned |
 * | 403 | forged, or too old or new |
 * | 405 | not a POST |
 * | 413 | more bytes than `maxBytes`, or more than 10,000 receipts |
 * | 500 | the storage failed: send it again |
 *
 * Nothing is stored but with 200.
 *
 * @throws SECRET_INVALID, INVALID_INPUT, UNKNOWN_FIELD for the options
 *
 * @example
 * ```ts
 * import { createReceiptsHandler, type TenantKit } from '@campaignkit/core'
 * const handlerOf = (kit: TenantKit, secret: string | undefined) =>
 *   createReceiptsHandler({ ingest: (receipts) => kit.events.ingest(receipts), secrets: [secret] })
 * ```
 */
export function createReceiptsHandler(
  options: ReceiptsHandlerOptions,
): (request: Request) => Promise<Response> {
  const {
    ingest,
    maxBytes,
    toleranceSeconds,
    now = Date.now,
    onError,
    secrets,
  } = checkInput(optionsSchema, options)
  const keys = parseWebhookSecrets(secrets)

  async function take(request: Request): Promise<Response> {
    if (request.method !== 'POST') return refusal(405, 'method', { allow: 'POST' })
    const body = await readBody(request, maxBytes)
    if (body === null) return refusal(413, 'size')
    const check = checkWebhook(keys, headersOf(request.headers), body, { now: now(), toleranceSeconds })
    if (check !== 'valid') return refusal(check === 'unsigned' ? 401 : 403, check)
    const batch = batchSchema.safeParse(parseJson(body))
    if (!batch.success) return refusal(400, 'malformed')
    const { receipts } = batch.data
    if (receipts.length > MOST_RECEIPTS) return refusal(413, 'size')
    // each is checked where it is counted, so that a bad one stops nobody
    const { recorded, repeated, unknown } = await ingest(receipts as readonly Receipt[], request)
    return answer(200, { recorded, repeated, unknown })
  }

  return async (request) => {
    try {
      return await take(request)
    } catch (thrown) {
      onError?.(thrown)
      return refusal(500, 'failed')
    }
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown
  } catch {
    return null
  }
}

function refusal(status: number, error: string, headers: Readonly<Record<string, string>> = {}): Response {
  return answer(status, { error }, headers)
}

function answer(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } })
}
