import { fromBase64, toBase64 } from '../base/base64.js'
import { concatBytes, equalConstantTime, utf8 } from '../base/bytes.js'
import { createKeyedHmac } from '../base/digest.js'
import { CampaignKitError } from '../base/error.js'
import type { Instant } from '../base/time.js'

/** Keys under which webhooks are signed and checked: the current one first, older ones after. */
export type WebhookKeys = readonly ((bytes: Uint8Array) => Uint8Array)[]

/** The three header fields of Standard Webhooks 1.0. */
export interface WebhookHeaders {
  readonly 'webhook-id': string
  /** Whole seconds since 1970. */
  readonly 'webhook-timestamp': string
  /** One `v1,<base64>` a key, a space between. */
  readonly 'webhook-signature': string
}

/** What becomes of the signature of a webhook that came in. */
export type WebhookCheck = 'valid' | 'unsigned' | 'stale' | 'forged'

const PREFIX = 'whsec_'
const LEAST_KEY_BYTES = 24
const MOST_KEY_BYTES = 64
const MOST_KEYS = 10
/** Longer lists of signatures are none of a sender that means well. */
const MOST_SIGNATURES = 20

/**
 * Reads secrets as Standard Webhooks writes them down: `whsec_` and 24 to 64 bytes in base64; the prefix may be left
 * out.
 *
 * @param secrets - 1 to 10, the current one first
 * @throws SECRET_INVALID with the path, such as `secrets[1]`; the error never holds the secret
 */
export function parseWebhookSecrets(secrets: unknown, path = 'secrets'): WebhookKeys {
  if (!Array.isArray(secrets) || secrets.length === 0 || secrets.length > MOST_KEYS)
    return refuse(path, `Secrets are a list of 1 to ${MOST_KEYS}`)
  return secrets.map((secret: unknown, index) => {
    const text = typeof secret === 'string' ? secret : ''
    const bytes = fromBase64(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text)
    if (bytes === null || bytes.length < LEAST_KEY_BYTES || bytes.length > MOST_KEY_BYTES)
      return refuse(`${path}[${index}]`, 'A secret is whsec_ and 24 to 64 bytes in base64')
    return createKeyedHmac(bytes)
  })
}

function refuse(path: string, message: string): never {
  throw new CampaignKitError('SECRET_INVALID', message, { path })
}

/**
 * Signs a webhook: HMAC-SHA256 over `<id>.<timestamp>.<body>` under every key.
 *
 * @param id - the same whenever the same is sent again; without a full stop
 */
export function signWebhook(keys: WebhookKeys, id: string, now: Instant, body: Uint8Array): WebhookHeaders {
  const timestamp = String(Math.floor(now / 1_000))
  const signed = signedContent(id, timestamp, body)
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': keys.map((hmac) => `v1,${toBase64(hmac(signed))}`).join(' '),
  }
}

/**
 * Checks a webhook that came in: one of its signatures must be that of one of the keys, and its timestamp no further
 * from now than the tolerance. The signature is looked at before the time, so that nobody learns anything by guessing.
 *
 * @param body - the very bytes that came
 */
export function checkWebhook(
  keys: WebhookKeys,
  headers: { readonly [Name in keyof WebhookHeaders]: string | null },
  body: Uint8Array,
  { now, toleranceSeconds }: { readonly now: Instant; readonly toleranceSeconds: number },
): WebhookCheck {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers
  if (!id || !timestamp || !signature) return 'unsigned'
  if (!/^\d{1,12}$/.test(timestamp)) return 'forged'
  const signed = signedContent(id, timestamp, body)
  const expected = keys.map((hmac) => utf8(toBase64(hmac(signed))))
  const given = signature.split(' ').slice(0, MOST_SIGNATURES)
  const isSigned = given.some((each) => {
    const [version, text = ''] = each.split(',')
    return version === 'v1' && expected.some((mark) => equalConstantTime(mark, utf8(text)))
  })
  if (!isSigned) return 'forged'
  return Math.abs(Math.floor(now / 1_000) - Number(timestamp)) > toleranceSeconds ? 'stale' : 'valid'
}

function signedContent(id: string, timestamp: string, body: Uint8Array): Uint8Array {
  return concatBytes(utf8(`${id}.${timestamp}.`), body)
}
