import type { SendResult } from '@campaignkit/core/adapter'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@campaignkit/core/adapter'
import type { SmtpEvidence, SmtpStage } from './smtp-evidence.js'

type Refusal = Exclude<SendResult['outcome'], 'accepted' | 'unknown'>

/** One line of the table: every condition that it names must hold; the first line that fits decides. */
interface Rule {
  /** Reply code of RFC 5321. */
  readonly code: RegExp
  /** Enhanced status code of RFC 3463, empty when there is none. */
  readonly enhanced?: RegExp
  readonly text?: RegExp
  readonly stages?: readonly SmtpStage[]
  readonly outcome: Refusal
  readonly suppress?: true
  /** In place of the word made of the codes. */
  readonly word?: string
}

const OF_SENDER: readonly SmtpStage[] = ['connect', 'tls', 'auth', 'mail']
const OF_RECIPIENT: readonly SmtpStage[] = ['rcpt', 'data', 'body', 'answer']

const NO_CREDIT = /credits? exceeded|account .*(?:disabled|suspended|frozen)/i
const TOO_FAST =
  /\brate\b|too (?:many|much|fast|quickly|frequent)|throttl|slow down|(?:sending|message|hourly|daily) (?:limit|quota)|limit exceeded/i
const NO_RELAY =
  /relay(?:ing)? (?:access )?(?:is )?(?:denied|prohibited|not (?:allowed|permitted))|(?:unable|not (?:allowed|permitted)|denied) to relay/i
const SENDER_UNVERIFIED = /verified sender|sender identity/i
const NOBODY_THERE =
  /(?:unknown|invalid|no such|non-?existent) (?:local )?(?:user|recipient|mailbox|account)|(?:user|recipient|mailbox|address|account)\b.{0,100}? (?:unknown|not found|does ?n[o']t exist|does not exist|no longer exists)/i

const RULES: readonly Rule[] = [
  { code: /^4/, stages: ['auth'], text: NO_CREDIT, outcome: 'misconfigured' },
  { code: /^4/, enhanced: /^4\.2\./, outcome: 'transient' },
  { code: /^4/, text: /gr[ae]y.?list/i, outcome: 'transient' },
  { code: /^4/, enhanced: /^4\.7\.28$/, outcome: 'throttled' },
  { code: /^4/, text: TOO_FAST, outcome: 'throttled' },
  { code: /^4/, outcome: 'transient' },
  { code: /^5/, text: SENDER_UNVERIFIED, outcome: 'misconfigured' },
  { code: /^53[0458]/, outcome: 'misconfigured' },
  { code: /^5/, enhanced: /^5\.7\.(?:[389]|57|60|64)$/, outcome: 'misconfigured' },
  { code: /^5/, enhanced: /^5\.6\.7$/, outcome: 'permanent', word: 'smtputf8-unsupported' },
  { code: /^552/, stages: OF_SENDER, outcome: 'permanent' },
  { code: /^5/, enhanced: /^5\.(?:3\.4|2\.3)$/, outcome: 'permanent' },
  { code: /^503/, text: /authenti/i, outcome: 'misconfigured' },
  { code: /^503/, stages: ['mail', ...OF_RECIPIENT], outcome: 'transient' },
  { code: /^5/, stages: OF_SENDER, outcome: 'misconfigured' },
  { code: /^5/, text: NO_RELAY, outcome: 'misconfigured' },
  { code: /^5/, enhanced: /^5\.(?:1\.(?:[1236]|10)|2\.1)$/, outcome: 'permanent', suppress: true },
  { code: /^55[013]/, enhanced: /^$/, text: NOBODY_THERE, outcome: 'permanent', suppress: true },
  { code: /^5/, outcome: 'permanent' },
]

/** Between two lines of one reply, where a phrase may go on. */
const CONTINUATION = /\r?\n\d{3}[ -](?:\d\.\d{1,3}\.\d{1,3} )?/g

/** How long to hold still when the server names no time. */
const DEFAULT_RETRY_AFTER_MS = MINUTE_MS
const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS }

/**
 * Judges what is known of an attempt that was not accepted. `unknown` when the message was out of our hands and no
 * answer came, everything else is certain not to have been taken. Codes hold reply codes, never the server's text.
 */
export function classifySmtp(evidence: SmtpEvidence): SendResult {
  switch (evidence.type) {
    case 'reply':
      return classifyReply(evidence.stage, evidence.reply)
    case 'lost':
      return classifyLoss(evidence)
    case 'unoffered':
      return UNOFFERED[evidence.what]
  }
}

const UNOFFERED: Readonly<Record<Extract<SmtpEvidence, { type: 'unoffered' }>['what'], SendResult>> = {
  auth: { outcome: 'misconfigured', code: 'smtp-auth-unsupported' },
  smtputf8: { outcome: 'permanent', code: 'smtputf8-unsupported' },
  size: { outcome: 'permanent', code: 'message-too-large' },
}

function classifyLoss(evidence: Extract<SmtpEvidence, { type: 'lost' }>): SendResult {
  const code = `smtp-${evidence.loss}`
  if (evidence.stage === 'answer') return { outcome: 'unknown', code }
  return { outcome: evidence.loss === 'certificate' ? 'misconfigured' : 'transient', code }
}

function classifyReply(stage: SmtpStage, reply: string): SendResult {
  const code = reply.slice(0, 3)
  const enhanced = enhancedOf(reply)
  const text = reply.slice(0, 1_000).replaceAll(CONTINUATION, ' ')
  const rule = RULES.find(
    (line) =>
      line.code.test(code) &&
      (line.enhanced?.test(enhanced) ?? true) &&
      (line.text?.test(text) ?? true) &&
      (line.stages?.includes(stage) ?? true),
  )
  // neither yes nor no: without a message on its way nothing was taken
  if (rule === undefined)
    return { outcome: stage === 'answer' ? 'unknown' : 'transient', code: `smtp-${code}` }
  return resultOf(rule, rule.word ?? (enhanced === '' ? `smtp-${code}` : `smtp-${code}-${enhanced}`), text)
}

function resultOf(rule: Rule, code: string, text: string): SendResult {
  if (rule.outcome === 'throttled') return { outcome: 'throttled', code, retryAfterMs: retryAfterMs(text) }
  if (rule.outcome === 'permanent' && rule.suppress) return { outcome: 'permanent', code, suppress: true }
  return { outcome: rule.outcome, code }
}

/** RFC 3463 behind the reply code; empty when there is none or it contradicts the code. */
function enhancedOf(reply: string): string {
  const match = /^(\d)\d\d[ -](\d\.\d{1,3}\.\d{1,3})(?!\S)/.exec(reply)
  return match?.[2]?.[0] === match?.[1] ? (match?.[2] ?? '') : ''
}

/** "try again in 5 minutes"; at most an hour, as the engine asks again anyway. */
function retryAfterMs(text: string): number {
  const match = /\b(?:in|after|for) (\d{1,5}) ?(s|m|h)(?:ec|in|our|\b)/i.exec(text)
  const unit = UNIT_MS[match?.[2]?.toLowerCase() ?? '']
  const named = unit === undefined ? 0 : Number(match?.[1]) * unit
  return named > 0 ? Math.min(named, HOUR_MS) : DEFAULT_RETRY_AFTER_MS
}
