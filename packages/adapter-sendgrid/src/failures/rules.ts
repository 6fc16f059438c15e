import type { SendResult } from '@campaignkit/core/adapter'
import type { SmtpStage } from '../smtp/smtp-evidence.js'

/** One line of the table: every condition that it names must hold; the first line that fits decides. */
export interface Rule {
  /** Who spoke: an SMTP server, the Web API, or nobody (`lost`: no answer came). */
  readonly of: 'smtp' | 'http' | 'lost'
  /** Reply code of RFC 5321, status code of HTTP, or the word for how the answer was lost. */
  readonly code: RegExp
  /** Enhanced status code of RFC 3463, empty when there is none. */
  readonly enhanced?: RegExp
  /** What was said, in any of its lines. */
  readonly text?: RegExp
  /** The field of the request that the Web API complains of. */
  readonly field?: RegExp
  readonly stages?: readonly SmtpStage[]
  readonly outcome: Exclude<SendResult['outcome'], 'accepted'>
  readonly suppress?: true
  /** The provider or the way to it failed, whatever the message. */
  readonly outage?: true
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
const NO_ADDRESS = /valid (?:e-?mail )?address|address is invalid|invalid (?:e-?mail )?address/i
const RECIPIENT_FIELD = /^personalizations(?:\.\d+)?\.to(?:\.|$)/

/** What every failure means. The page `docs/guide/sendgrid.md` tells it in words. */
export const RULES: readonly Rule[] = [
  { of: 'smtp', code: /^4/, stages: ['auth'], text: NO_CREDIT, outcome: 'misconfigured' },
  { of: 'smtp', code: /^4/, enhanced: /^4\.2\./, outcome: 'transient' },
  { of: 'smtp', code: /^4/, text: /gr[ae]y.?list/i, outcome: 'transient' },
  { of: 'smtp', code: /^4/, enhanced: /^4\.7\.28$/, outcome: 'throttled' },
  { of: 'smtp', code: /^4/, text: TOO_FAST, outcome: 'throttled' },
  // closing down in place of a greeting
  { of: 'smtp', code: /^421/, stages: ['connect'], outcome: 'transient', outage: true },
  { of: 'smtp', code: /^4/, outcome: 'transient' },
  { of: 'smtp', code: /^5/, text: SENDER_UNVERIFIED, outcome: 'misconfigured' },
  { of: 'smtp', code: /^53[0458]/, outcome: 'misconfigured' },
  { of: 'smtp', code: /^5/, enhanced: /^5\.7\.(?:[389]|57|60|64)$/, outcome: 'misconfigured' },
  { of: 'smtp', code: /^5/, enhanced: /^5\.6\.7$/, outcome: 'permanent', word: 'smtputf8-unsupported' },
  { of: 'smtp', code: /^552/, stages: OF_SENDER, outcome: 'permanent' },
  { of: 'smtp', code: /^5/, enhanced: /^5\.(?:3\.4|2\.3)$/, outcome: 'permanent' },
  { of: 'smtp', code: /^503/, text: /authenti/i, outcome: 'misconfigured' },
  { of: 'smtp', code: /^503/, stages: ['mail', ...OF_RECIPIENT], outcome: 'transient' },
  { of: 'smtp', code: /^5/, stages: OF_SENDER, outcome: 'misconfigured' },
  { of: 'smtp', code: /^5/, text: NO_RELAY, outcome: 'misconfigured' },
  {
    of: 'smtp',
    code: /^5/,
    enhanced: /^5\.(?:1\.(?:[1236]|10)|2\.1)$/,
    outcome: 'permanent',
    suppress: true,
  },
  { of: 'smtp', code: /^55[013]/, enhanced: /^$/, text: NOBODY_THERE, outcome: 'permanent', suppress: true },
  { of: 'smtp', code: /^5/, outcome: 'permanent' },
  // neither yes nor no: without a message on its way nothing was taken
  { of: 'smtp', code: /^/, stages: ['answer'], outcome: 'unknown' },
  { of: 'smtp', code: /^/, outcome: 'transient' },

  { of: 'http', code: /^429$/, outcome: 'throttled' },
  { of: 'http', code: /^4/, text: NO_CREDIT, outcome: 'misconfigured', word: 'credits-exceeded' },
  {
    of: 'http',
    code: /^40[03]$/,
    text: SENDER_UNVERIFIED,
    outcome: 'misconfigured',
    word: 'sender-unverified',
  },
  { of: 'http', code: /^400$/, field: /^from(?:\.|$)/, outcome: 'misconfigured', word: 'sender-refused' },
  { of: 'http', code: /^(?:3\d\d|40[1345]|415)$/, outcome: 'misconfigured' },
  { of: 'http', code: /^413$/, outcome: 'permanent', word: 'message-too-large' },
  {
    of: 'http',
    code: /^400$/,
    field: RECIPIENT_FIELD,
    text: NO_ADDRESS,
    outcome: 'permanent',
    suppress: true,
    word: 'address-refused',
  },
  { of: 'http', code: /^408$/, outcome: 'transient' },
  { of: 'http', code: /^4/, outcome: 'permanent' },
  { of: 'http', code: /^50[03]$/, outcome: 'transient', outage: true },
  // a gateway in between: whether the message got through it cannot be known
  { of: 'http', code: /^5/, outcome: 'unknown', outage: true },
  { of: 'http', code: /^/, outcome: 'unknown' },

  // the message was out of our hands
  { of: 'lost', code: /^/, stages: ['answer'], outcome: 'unknown', outage: true },
  { of: 'lost', code: /-certificate$/, outcome: 'misconfigured' },
  // in the midst of the message it may be the message
  { of: 'lost', code: /^/, stages: ['body'], outcome: 'transient' },
  { of: 'lost', code: /^/, outcome: 'transient', outage: true },
]
