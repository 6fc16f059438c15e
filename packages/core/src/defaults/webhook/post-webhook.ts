import { signWebhook } from '../../access/webhook-signature.js'
import { concatBytes, utf8 } from '../../base/bytes.js'
import type { WebhookTarget } from './webhook-options.js'

/** What became of one request. Words hold neither addresses nor anything that the other end wrote. */
export type WebhookAnswer =
  | {
      readonly outcome: 'answered'
      readonly status: number
      readonly headers: Headers
      /** Null when it is longer than what is read; empty when it is of no interest. */
      readonly body: Uint8Array | null
    }
  /** It certainly did not arrive. */
  | { readonly outcome: 'notSent'; readonly code: string; readonly isCertificate: boolean }
  /** Nobody can tell whether it arrived. */
  | { readonly outcome: 'lost'; readonly code: string }

/** A webhook before it is signed. */
export interface Webhook {
  /** The same whenever the same is sent again; without a full stop. */
  readonly id: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Failures of a connection that was never made. */
const NOT_CONNECTED: readonly string[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]
/** Failures of a certificate, by which Node and OpenSSL name them. */
const CERTIFICATE =
  /^(?:CERT_|ERR_TLS_CERT|ERR_SSL_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER))/

/**
 * Posts a webhook once, signed as Standard Webhooks 1.0 says. Redirects are not followed, and no more of the answer is
 * read than the target allows. Never throws for what the other end does.
 */
export async function postWebhook(
  target: WebhookTarget,
  webhook: Webhook,
  signal?: AbortSignal,
): Promise<WebhookAnswer> {
  const body = utf8(webhook.body)
  const now = target.clock.now()
  return postOnce(target, signal, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      accept: 'application/json',
      'user-agent': 'campaignkit',
      ...webhook.headers,
      ...signWebhook(target.keys, webhook.id, now, body),
    },
    body,
  })
}

/**
 * Posts bytes once, within the time and with the bounds of a target.
 *
 * @param isRead - of which answers the body is read
 * @default isRead of successes
 */
export async function postOnce(
  { url, fetch, timeoutMs, maxResponseBytes }: Omit<WebhookTarget, 'keys' | 'clock'>,
  signal: AbortSignal | undefined,
  request: { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array },
  isRead: (status: number) => boolean = isSuccess,
): Promise<WebhookAnswer> {
  if (signal?.aborted) return { outcome: 'notSent', code: 'aborted', isCertificate: false }
  const timer = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: request.headers,
      // a copy that no view shares
      body: new Uint8Array(request.body),
      signal: signal === undefined ? timer : AbortSignal.any([timer, signal]),
    })
    const { status, headers } = response
    if (!isRead(status)) await response.body?.cancel().catch(() => undefined)
    const answer = isRead(status) ? await readAtMost(response, maxResponseBytes) : new Uint8Array()
    return { outcome: 'answered', status, headers, body: answer }
  } catch (thrown) {
    if (timer.aborted) return { outcome: 'lost', code: 'timeout' }
    if (signal?.aborted) return { outcome: 'lost', code: 'aborted' }
    const code = codeOf(thrown)
    const isCertificate = CERTIFICATE.test(code)
    return isCertificate || NOT_CONNECTED.includes(code)
      ? { outcome: 'notSent', code, isCertificate }
      : { outcome: 'lost', code }
  }
}

/** Whether the other end says that it has taken what it got. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

async function readAtMost(response: Response, most: number): Promise<Uint8Array | null> {
  if (response.body === null) return new Uint8Array()
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body) {
    length += part.length
    // leaving the loop cancels the rest
    if (length > most) return null
    parts.push(part)
  }
  return concatBytes(...parts)
}

/** The code of the innermost failure of a `fetch`, as one word. */
function codeOf(thrown: unknown): string {
  for (let at: unknown = thrown, depth = 0; depth < 5; depth += 1) {
    if (typeof at !== 'object' || at === null) break
    const { code, cause } = at as { readonly code?: unknown; readonly cause?: unknown }
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,47}$/.test(code)) return code
    at = cause
  }
  return 'network'
}
