import type { DurationMs, SendResult } from '@campaignkit/core/adapter'
import { DAY_MS, SECOND_MS } from '@campaignkit/core/adapter'
import { type ErrorMeaning, meaningOf } from './error-table.js'

/** What is read of an error that a client threw; whatever else it is. */
interface ThrownError {
  readonly status?: unknown
  readonly code?: unknown
  readonly syscall?: unknown
  readonly name?: unknown
  readonly headers?: unknown
}

/** How long to wait when Twilio names no time, for the nth refusal on end. */
export type BackOff = () => DurationMs

/** Errors of the network that come before a byte of the request is sent. */
const NEVER_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EAI_FAIL|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/

/**
 * Judges what a client threw instead of giving the message that it made. An answer of Twilio counts by its error code,
 * else by its status; a connection that broke, or a wait that ended, once the request may have been sent is `unknown`.
 * Codes are `twilio-` with the code of Twilio or the status, and `twilio-` with the word of the network's error.
 */
export function classifyThrown(thrown: unknown, backOff: BackOff): SendResult {
  const error: ThrownError = typeof thrown === 'object' && thrown !== null ? thrown : {}
  if (typeof error.status !== 'number') return classifyLoss(error)
  const code = typeof error.code === 'number' && error.code > 0 ? error.code : null
  const meaning = (code === null ? null : meaningOf(code)) ?? meaningOfStatus(error.status)
  const word = code === null ? `twilio-http-${error.status}` : `twilio-${code}`
  const result = resultOf(meaning, word, () => retryAfterMs(error.headers) ?? backOff())
  return error.status >= 500 ? withOutage(result) : result
}

/** Judges a message that Twilio made only to say that it failed. */
export function classifyFailed(code: number | null, backOff: BackOff): SendResult {
  const meaning = (code === null ? null : meaningOf(code)) ?? 'permanent'
  return resultOf(meaning === 'unknown' ? 'permanent' : meaning, `twilio-${code ?? 'failed'}`, backOff)
}

/** Twilio, or the way to it, failed whatever the message. */
function withOutage(result: SendResult): SendResult {
  return result.outcome === 'transient' || result.outcome === 'unknown' ? { ...result, outage: true } : result
}

function resultOf(meaning: ErrorMeaning, code: string, waitMs: () => DurationMs): SendResult {
  switch (meaning) {
    case 'deadAddress':
      return { outcome: 'permanent', code, suppress: true }
    case 'optedOut':
      return { outcome: 'permanent', code, suppress: 'requested' }
    case 'throttled':
      return { outcome: 'throttled', code, retryAfterMs: waitMs() }
    default:
      return { outcome: meaning, code }
  }
}

/** Of a status without a code that is known. After a 5xx nobody knows: Twilio takes no idempotency key for a create. */
function meaningOfStatus(status: number): ErrorMeaning {
  if (status === 429) return 'throttled'
  if (status === 401 || status === 403 || status === 404) return 'misconfigured'
  return status >= 400 && status < 500 && status !== 408 ? 'permanent' : 'unknown'
}

function classifyLoss({ code, syscall, name }: ThrownError): SendResult {
  const word = typeof code === 'string' && /^[\w-]{1,40}$/.test(code) ? code : null
  if (word === null) {
    const isLate = name === 'TimeoutError'
    return withOutage({ outcome: 'unknown', code: isLate ? 'twilio-timeout' : 'twilio-lost' })
  }
  const named = `twilio-${word.toLowerCase()}`
  if (CERTIFICATE.test(word)) return { outcome: 'misconfigured', code: named }
  const isNeverSent = NEVER_SENT.test(word) || syscall === 'connect' || syscall === 'getaddrinfo'
  return withOutage({ outcome: isNeverSent ? 'transient' : 'unknown', code: named })
}

/** Seconds of a Retry-After field, where a client hands the fields of the answer on; at most a day. */
function retryAfterMs(headers: unknown): DurationMs | null {
  if (typeof headers !== 'object' || headers === null) return null
  const field = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')?.[1]
  const seconds = typeof field === 'string' || typeof field === 'number' ? Number(field) : Number.NaN
  return seconds > 0 ? Math.min(Math.ceil(seconds * SECOND_MS), DAY_MS) : null
}
