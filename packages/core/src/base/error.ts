import type { ErrorCode } from './error-code.js'

/** Whether the same call can succeed later without a change by the caller. */
export type Retry = 'never' | 'later' | { readonly afterMs: number }

/** What a {@link CampaignKitError} is made of. */
export interface CampaignKitErrorOptions {
  /** Dotted path of the offending field, such as `messages.email.subject` or `items[3].at`. */
  readonly path?: string
  /** Facts for programs and logs. Never personal data. */
  readonly details?: Readonly<Record<string, unknown>>
  /** The foreign error behind this one. */
  readonly cause?: unknown
  /** @default 'never' */
  readonly retry?: Retry
}

const MARKER = Symbol.for('campaignkit.error')

/**
 * The one error class of the kit. Programs branch on `code`, never on `message`.
 *
 * @example
 * ```ts
 * import { isCampaignKitError } from '@campaignkit/core'
 * const codeOf = (thrown: unknown) => (isCampaignKitError(thrown) ? thrown.code : 'FOREIGN')
 * ```
 */
export class CampaignKitError extends Error {
  override readonly name = 'CampaignKitError'
  readonly [MARKER] = true
  readonly code: ErrorCode
  readonly path: string | undefined
  readonly details: Readonly<Record<string, unknown>>
  readonly retry: Retry

  constructor(code: ErrorCode, message: string, options: CampaignKitErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.path = options.path
    this.details = Object.freeze({ ...options.details })
    this.retry = options.retry ?? 'never'
  }

  /** What may be logged or sent over a wire. */
  toJSON(): { code: ErrorCode; message: string; path?: string; details: Readonly<Record<string, unknown>> } {
    return {
      code: this.code,
      message: this.message,
      ...(this.path === undefined ? {} : { path: this.path }),
      details: this.details,
    }
  }
}

/**
 * Tells whether a thrown value is a {@link CampaignKitError}, also one of another copy of the package.
 *
 * @param thrown - anything caught
 * @param code - when given, the code that it must carry as well
 */
export function isCampaignKitError(thrown: unknown, code?: ErrorCode): thrown is CampaignKitError {
  if (typeof thrown !== 'object' || thrown === null || !(MARKER in thrown)) return false
  return code === undefined || (thrown as CampaignKitError).code === code
}
