import type { Instant } from '@campaignkit/core/adapter'
import { pauseOf, type RateLimitHeaders } from './rate-limit.js'

/** The part of `fetch` that is used: a POST with a text, and an answer with a status and headers. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>

export interface FetchInit {
  readonly method: 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly redirect: 'manual'
  readonly signal: AbortSignal
}

export interface FetchResponse {
  readonly status: number
  readonly headers: RateLimitHeaders
  text(): Promise<string>
}

/** One thing that the Web API complains of. */
export interface ApiError {
  readonly message: string
  readonly field: string
}

/** How one request ended. */
export type PostOutcome =
  | { readonly type: 'taken'; readonly messageId: string | null; readonly pauseForMs: number | null }
  | {
      readonly type: 'answer'
      readonly status: number
      readonly errors: readonly ApiError[]
      readonly retryAfterMs: number | null
    }
  /** No answer: `connect` when the request cannot have gone, `answer` when it may have. */
  | { readonly type: 'lost'; readonly stage: 'connect' | 'answer'; readonly loss: string }

export interface PostRequest {
  readonly fetch: Fetch
  readonly url: string
  readonly key: string
  readonly body: string
  readonly timeoutMs: number
  readonly now: () => Instant
}

const MAX_MESSAGE_ID = 200

/** Posts a request once and says what is known of it afterwards. Never throws. */
export async function post(request: PostRequest): Promise<PostOutcome> {
  let response: FetchResponse
  try {
    response = await request.fetch(request.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${request.key}`, 'content-type': 'application/json' },
      body: request.body,
      // wherever else it points, the key does not go there
      redirect: 'manual',
      signal: AbortSignal.timeout(request.timeoutMs),
    })
  } catch (thrown) {
    return lossOf(thrown)
  }
  // read to its end, so that the connection can be used again; the status is what counts
  const body = await response.text().catch(() => '')
  const { status, headers } = response
  const pauseForMs = pauseOf(status, headers, request.now())
  if (status === 202 || status === 200) {
    const messageId = headers.get('x-message-id')?.trim().slice(0, MAX_MESSAGE_ID) ?? ''
    return { type: 'taken', messageId: messageId === '' ? null : messageId, pauseForMs }
  }
  return { type: 'answer', status, errors: errorsOf(body), retryAfterMs: pauseForMs }
}

const NOT_GONE: readonly (readonly [RegExp, string])[] = [
  [/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/, 'certificate'],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, 'dns'],
  [/^UND_ERR_CONNECT_TIMEOUT$/, 'timeout'],
  [/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'refused'],
  [/^ERR_(?:SSL|TLS)/, 'tls'],
]

/** What `fetch` throws tells by its causes; what it does not say is doubt. */
function lossOf(thrown: unknown): PostOutcome {
  const causes = causesOf(thrown)
  for (const { code, syscall } of causes) {
    if (syscall === 'connect' && code === 'ETIMEDOUT')
      return { type: 'lost', stage: 'connect', loss: 'timeout' }
    const known = NOT_GONE.find(([pattern]) => pattern.test(code))
    if (known !== undefined) return { type: 'lost', stage: 'connect', loss: known[1] }
  }
  const isTimeout = causes.some(({ name, code }) => name === 'TimeoutError' || /TIMEOUT|ETIMEDOUT/.test(code))
  return { type: 'lost', stage: 'answer', loss: isTimeout ? 'timeout' : 'closed' }
}

interface Cause {
  readonly name: string
  readonly code: string
  readonly syscall: string
}

function causesOf(thrown: unknown): readonly Cause[] {
  const causes: Cause[] = []
  let cause: unknown = thrown
  while (typeof cause === 'object' && cause !== null && causes.length < 5) {
    const { name, code, syscall } = cause as Partial<Record<keyof Cause, unknown>>
    causes.push({ name: String(name), code: String(code), syscall: String(syscall) })
    cause = (cause as { readonly cause?: unknown }).cause
  }
  return causes
}

const MOST_ERRORS = 1_000

function errorsOf(body: string): readonly ApiError[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return []
  }
  const errors = typeof parsed === 'object' && parsed !== null && 'errors' in parsed ? parsed.errors : []
  if (!Array.isArray(errors)) return []
  return errors.slice(0, MOST_ERRORS).map((error: unknown): ApiError => {
    const { message, field } = (error ?? {}) as Partial<Record<keyof ApiError, unknown>>
    return { message: String(message ?? '').slice(0, 1_000), field: String(field ?? '').slice(0, 200) }
  })
}
