import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type SendResult } from '@campaignkit/core/adapter'
import { judge } from '../failures/judge.js'
import type { SmtpEvidence, SmtpStage } from './smtp-evidence.js'

/** Between two lines of one reply, where a phrase may go on. */
const CONTINUATION = /\r?\n\d{3}[ -](?:\d\.\d{1,3}\.\d{1,3} )?/g

const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS }

/**
 * Judges what is known of an attempt that was not accepted. `unknown` when the message was out of our hands and no
 * answer came, everything else is certain not to have been taken. Codes hold reply codes, never the server's text.
 */
export function classifySmtp(evidence: SmtpEvidence): SendResult {
  switch (evidence.type) {
    case 'reply':
      return classifyReply(evidence.stage, evidence.reply)
    case 'lost': {
      const code = `smtp-${evidence.loss}`
      return judge({ of: 'lost', code, stage: evidence.stage, word: code })
    }
    case 'unoffered':
      return UNOFFERED[evidence.what]
  }
}

const UNOFFERED: Readonly<Record<Extract<SmtpEvidence, { type: 'unoffered' }>['what'], SendResult>> = {
  auth: { outcome: 'misconfigured', code: 'smtp-auth-unsupported' },
  smtputf8: { outcome: 'permanent', code: 'smtputf8-unsupported' },
  size: { outcome: 'permanent', code: 'message-too-large' },
}

function classifyReply(stage: SmtpStage, reply: string): SendResult {
  const code = reply.slice(0, 3)
  const enhanced = enhancedOf(reply)
  const text = reply.slice(0, 1_000).replaceAll(CONTINUATION, ' ')
  const word = enhanced === '' ? `smtp-${code}` : `smtp-${code}-${enhanced}`
  const result = judge({ of: 'smtp', code, enhanced, text, stage, word })
  // how long is written in prose, which counts only where the account is asked to slow down
  return result.outcome === 'throttled'
    ? { ...result, retryAfterMs: retryAfterMs(text) ?? result.retryAfterMs }
    : result
}

/** RFC 3463 behind the reply code; empty when there is none or it contradicts the code. */
function enhancedOf(reply: string): string {
  const match = /^(\d)\d\d[ -](\d\.\d{1,3}\.\d{1,3})(?!\S)/.exec(reply)
  return match?.[2]?.[0] === match?.[1] ? (match?.[2] ?? '') : ''
}

/** "try again in 5 minutes"; at most a day. */
function retryAfterMs(text: string): number | null {
  const match = /\b(?:in|after|for) (\d{1,5}) ?(s|m|h)(?:ec|in|our|\b)/i.exec(text)
  const unit = UNIT_MS[match?.[2]?.toLowerCase() ?? '']
  const named = unit === undefined ? 0 : Number(match?.[1]) * unit
  return named > 0 ? Math.min(named, DAY_MS) : null
}
