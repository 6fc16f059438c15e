import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { signLink } from '../access/signed-link.js'
import { toBase64Url } from '../base/bytes.js'
import type { CustomerId } from '../base/ids.js'
import { DAY_MS, type Instant, MINUTE_MS } from '../base/time.js'
import { channelKindSchema } from '../model/channel-kind.js'
import { DEFAULT_TOPIC, decideConsent } from '../model/consent.js'
import { hostIdSchema, textSchema, wordSchema } from '../model/fields.js'
import type { Pace } from '../model/pace.js'
import { parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import { hmacUnder } from '../model/secret.js'
import { admit } from './admission.js'
import { type ConsentRequest, evidenceOf } from './consent-request.js'
import type { EngineContext } from './context.js'
import { customersEntry } from './customers-entry.js'
import { sealForLink } from './sealed-customer.js'

/** A person is not asked again sooner, so that nobody's form fills a stranger's mailbox. */
const BETWEEN_QUESTIONS: Pace = { limit: 1, periodMs: 10 * MINUTE_MS }
const QUESTIONS_A_DAY: Pace = { limit: 5, periodMs: DAY_MS }

const askSchema = z.strictObject({
  customerId: hostIdSchema.transform((text) => text as CustomerId),
  channel: channelKindSchema,
  topic: wordSchema.default(DEFAULT_TOPIC),
  basis: textSchema(200),
  wording: wordSchema,
  evidence: textSchema(1_000).exactOptional(),
  expiresInDays: z.number().min(0.01).max(30).default(7),
})

/** Whom to ask for what, and how they came to be asked. */
export interface AskConsentInput {
  readonly customerId: string
  readonly channel: z.input<typeof channelKindSchema>
  /** A word of the host. @default 'offers' */
  readonly topic?: string
  /** Where the wish came from, for the evidence: `sign-up form`. */
  readonly basis: string
  /** Which version of the words the person agrees to: `2026-03`. */
  readonly wording: string
  /** Where the proof of the first step lies, in the host's words. At most 1,000 characters. */
  readonly evidence?: string
  /** How long the link can be used, 0.01 to 30 days. @default 7 */
  readonly expiresInDays?: number
}

/** What came of asking. */
export type AskedConsent =
  | {
      /** The host sends the link to the address that is to be confirmed, and nowhere else. */
      readonly outcome: 'asked'
      readonly url: string
      readonly expiresAt: Instant
    }
  | {
      /** There is nothing to ask: the permission stands. */
      readonly outcome: 'granted'
    }
  | {
      /** Asked a moment ago, or five times within a day. */
      readonly outcome: 'tooSoon'
      readonly askAgainAt: Instant
    }

/**
 * Begins a double opt-in: writes down that a person was asked (`pending`, which permits nothing) and makes the link by
 * which they say yes. Nothing is sent: the link goes into a message of the host's own.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD with the path; FORBIDDEN
 */
export async function askConsent(
  context: EngineContext,
  scope: Scope,
  input: AskConsentInput,
): Promise<AskedConsent> {
  authorize(context.access, scope, 'consent.write')
  const { customerId, channel, topic, basis, wording, evidence, expiresInDays } = parseInput(askSchema, input)
  const standing = await context.storage.consents.standing(scope, [customerId])
  if (decideConsent(standing, channel, topic) === 'granted') return { outcome: 'granted' }
  const waitMs = await waitOf(context, scope, [customerId, channel, topic])
  const now = context.clock.now()
  if (waitMs > 0) return { outcome: 'tooSoon', askAgainAt: now + waitMs }
  const request: ConsentRequest = {
    id: context.ids.next('consent'),
    customerId,
    channel,
    topic,
    wording,
    expiresAt: now + Math.round(expiresInDays * DAY_MS),
  }
  const record = { customerId, channel, topic, decision: 'pending' as const, basis, obtainedAt: now }
  const entry = customersEntry(context, scope, { action: 'consents.ask', after: { pending: 1 } })
  await context.storage.consents.record(
    scope,
    [{ ...record, evidence: evidenceOf(request, evidence) }],
    entry,
  )
  return { outcome: 'asked', url: linkOf(context, scope, request), expiresAt: request.expiresAt }
}

/** After how many milliseconds a person may be asked for this again; 0 for now. */
async function waitOf(context: EngineContext, scope: Scope, about: readonly string[]): Promise<number> {
  const [secret] = context.settings.secrets
  const key = toBase64Url(hmacUnder(secret, 'campaignkit.ask', ...about).subarray(0, 16))
  const limitOf = (name: string, pace: Pace) => ({ key: `${name}:${key}`, pace, sharedByTenants: false })
  const soon = await admit(context, scope, limitOf('ask', BETWEEN_QUESTIONS))
  return soon > 0 ? soon : admit(context, scope, limitOf('ask-daily', QUESTIONS_A_DAY))
}

function linkOf(context: EngineContext, { tenant }: Scope, request: ConsentRequest): string {
  const { publicUrl, secrets } = context.settings
  const { id, customerId, channel, topic, wording, expiresAt } = request
  const fields = [customerId, id, channel, topic, wording, String(expiresAt)] as const
  const sealed = sealForLink(context, tenant, 'confirm', fields)
  return `${publicUrl}/s/${signLink(secrets[0], 'confirm', [tenant, sealed])}`
}
