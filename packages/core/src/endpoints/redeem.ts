import * as z from 'zod'
import { isCampaignKitError } from '../base/error.js'
import { readBody } from '../base/read-body.js'
import { toIso } from '../base/time.js'
import type { LinkHost } from '../engine/link-host.js'
import type { Till } from '../engine/till-keys.js'
import { hostIdSchema, moneySchema } from '../model/fields.js'
import { parseInput } from '../model/parse.js'
import type { RedemptionOutcome } from '../model/redemption.js'
import { MAX_BODY_BYTES } from './form-body.js'
import { jsonOf, refusalOf, retryAfter } from './json-answer.js'

/** Tells who is at the till: null for nobody who may redeem. */
export type TillOf = (request: Request) => Till | null | Promise<Till | null>

const askedSchema = z.strictObject({
  code: z.string().max(2_048),
  key: hostIdSchema.exactOptional(),
  amount: moneySchema.exactOptional(),
})

/** The till whose key stands in `Authorization: Bearer`. */
export function tillByKey(links: LinkHost): TillOf {
  return (request) => {
    const [, key] = /^Bearer +([\w.-]+) *$/i.exec(request.headers.get('authorization') ?? '') ?? []
    return key === undefined ? null : links.tillOf(key)
  }
}

/**
 * `POST /r`: takes a coupon at the till, as JSON. What comes of the coupon is an answer with 200, whatever it is; a key
 * that asks again gets its first answer again.
 *
 * @param missed - hears of whoever is not let in; after how many milliseconds they may ask again
 */
export async function serveTill(
  links: LinkHost,
  tillOf: TillOf,
  request: Request,
  missed: () => Promise<number>,
): Promise<Response> {
  if (request.method !== 'POST') return refusalOf(405, { code: 'INVALID_INPUT' }, { allow: 'POST' })
  const till = await tillOf(request)
  if (till === null) return refuseStranger(await missed())
  const waitMs = await links.admitTill(till)
  if (waitMs > 0) return refusalOf(429, { code: 'TOO_MANY' }, retryAfter(waitMs))
  // no form of a browser sends this type, so no other site can send one in
  if (!/^\s*application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    return refusalOf(415, { code: 'INVALID_INPUT', path: 'content-type' })
  }
  const bytes = await readBody(request, MAX_BODY_BYTES)
  if (bytes === null) return refusalOf(413, { code: 'INVALID_INPUT' })
  try {
    return jsonOf(200, answerOf(await redeem(links, till, request, bytes)))
  } catch (thrown) {
    return refuseCaller(thrown)
  }
}

function refuseStranger(blockedMs: number): Response {
  return blockedMs > 0
    ? refusalOf(429, { code: 'TOO_MANY' }, retryAfter(blockedMs))
    : refusalOf(401, { code: 'UNAUTHORIZED' }, { 'www-authenticate': 'Bearer' })
}

/** What the caller did wrong; all else is a failure of the host. */
function refuseCaller(thrown: unknown): Response {
  if (!isCampaignKitError(thrown)) throw thrown
  const { code, path = null } = thrown
  if (code === 'FORBIDDEN') return refusalOf(403, { code })
  if (code === 'INVALID_INPUT' || code === 'UNKNOWN_FIELD') return refusalOf(400, { code, path })
  throw thrown
}

function redeem(
  links: LinkHost,
  till: Till,
  request: Request,
  bytes: Uint8Array,
): Promise<RedemptionOutcome> {
  const { code, key: inBody, amount } = parseInput(askedSchema, parseJson(bytes))
  const inHeader = request.headers.get('idempotency-key')?.replace(/^"(.*)"$/, '$1')
  const key = parseInput(hostIdSchema, inBody ?? inHeader, 'key')
  if (inHeader !== undefined) parseInput(z.literal(key), inHeader, 'key')
  return links.redeem(till, code, amount === undefined ? { key } : { key, amount })
}

/** What is no JSON is no object either, and is refused as such. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return null
  }
}

/** What a till needs of an outcome: nothing of who the customer is. */
function answerOf(outcome: RedemptionOutcome): unknown {
  const iso = (instant: number | null) => (instant === null ? null : toIso(instant))
  switch (outcome.outcome) {
    case 'unknown':
      return outcome
    case 'redeemed': {
      const { reward, remaining, repeated, redemption } = outcome
      return {
        outcome: 'redeemed',
        reward,
        remaining,
        repeated,
        redemptionId: redemption.id,
        at: toIso(redemption.at),
      }
    }
    case 'reversed': {
      const { reward, redemption } = outcome
      return {
        outcome: 'reversed',
        reward,
        redemptionId: redemption.id,
        reversedAt: iso(redemption.reversedAt),
      }
    }
    default:
      return { ...outcome, expiresAt: iso(outcome.expiresAt) }
  }
}
