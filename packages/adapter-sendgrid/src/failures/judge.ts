import { DAY_MS, MINUTE_MS, type SendResult } from '@campaignkit/core/adapter'
import type { SmtpStage } from '../smtp/smtp-evidence.js'
import { RULES, type Rule } from './rules.js'

/** What is known of an attempt that was not accepted, in the words of the table. */
export interface Failure {
  readonly of: Rule['of']
  readonly code: string
  readonly enhanced?: string
  readonly text?: string
  readonly field?: string
  readonly stage: SmtpStage
  /** The word for it, unless its line in the table has one. */
  readonly word: string
  /** How long to wait, when the other side says so. */
  readonly retryAfterMs?: number | undefined
}

/** How long to hold still when nobody names a time. */
const DEFAULT_RETRY_AFTER_MS = MINUTE_MS

/** Looks a failure up in the table. Codes are words, never what the other side wrote. */
export function judge(failure: Failure): SendResult {
  const rule = RULES.find((line) => fits(line, failure))
  // the last line of each part of the table fits all that is left; silence about a message is doubt
  return rule === undefined ? { outcome: 'unknown', code: failure.word } : resultOf(rule, failure)
}

function fits(rule: Rule, { of, code, enhanced = '', text = '', field = '', stage }: Failure): boolean {
  return (
    rule.of === of &&
    rule.code.test(code) &&
    (rule.enhanced?.test(enhanced) ?? true) &&
    (rule.text?.test(text) ?? true) &&
    (rule.field?.test(field) ?? true) &&
    (rule.stages?.includes(stage) ?? true)
  )
}

function resultOf(rule: Rule, { word, retryAfterMs }: Failure): SendResult {
  const code = rule.word ?? word
  const outage = rule.outage ? { outage: true } : {}
  switch (rule.outcome) {
    case 'throttled':
      return {
        outcome: 'throttled',
        code,
        retryAfterMs: Math.min(retryAfterMs ?? DEFAULT_RETRY_AFTER_MS, DAY_MS),
      }
    case 'permanent':
      return { outcome: 'permanent', code, ...(rule.suppress ? { suppress: true } : {}) }
    case 'transient':
      return {
        outcome: 'transient',
        code,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        ...outage,
      }
    case 'unknown':
      return { outcome: 'unknown', code, ...outage }
    case 'misconfigured':
      return { outcome: 'misconfigured', code }
  }
}
