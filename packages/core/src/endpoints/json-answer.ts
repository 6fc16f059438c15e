import type { ErrorCode } from '../base/error-code.js'
import { COMMON_HEADERS } from './page.js'

/** An answer to a program. */
export function jsonOf(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...COMMON_HEADERS, 'content-type': 'application/json; charset=utf-8', ...headers },
  })
}

/** Why a program is not answered; a failure of the host has no code. */
export function refusalOf(
  status: number,
  error: { readonly code: ErrorCode | 'UNAUTHORIZED' | 'TOO_MANY' | 'FAILED'; readonly path?: string | null },
  headers: Readonly<Record<string, string>> = {},
): Response {
  return jsonOf(status, { error: { code: error.code, path: error.path || null } }, headers)
}

/** How long to wait, as `Retry-After` says it: in whole seconds. */
export function retryAfter(waitMs: number): Readonly<Record<string, string>> {
  return { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) }
}
