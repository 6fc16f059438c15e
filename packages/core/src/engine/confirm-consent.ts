import { readSignedLink } from '../access/signed-link.js'
import { toHex, utf8 } from '../base/bytes.js'
import { sha256 } from '../base/digest.js'
import type { Instant } from '../base/time.js'
import { type ChannelKind, channelKindSchema } from '../model/channel-kind.js'
import { type ConsentRecord, decideConsent } from '../model/consent.js'
import type { Scope } from '../model/scope.js'
import { labelOfTopic, type TopicLabel } from '../model/topic.js'
import { type ConsentRequest, evidenceOf, recordsOfRequest } from './consent-request.js'
import type { EngineContext } from './context.js'
import { customersEntry } from './customers-entry.js'
import { linkScope } from './link-scope.js'
import { openFromLink } from './sealed-customer.js'

/** What the page behind a confirmation link shows. */
export interface ConsentQuestion {
  readonly channel: ChannelKind
  readonly topic: string
  readonly label: TopicLabel
  /**
   * `open` until it is answered; `confirmed` as long as the permission stands that was given by it; `over` when the link
   * has expired, when the permission was taken back since, or when the person was erased: a link answers once.
   */
  readonly state: 'open' | 'confirmed' | 'over'
}

interface Asked {
  readonly scope: Scope
  readonly request: ConsentRequest
}

/** The question of a link; null for a text that this kit did not sign. Changes nothing. */
export async function readQuestion(context: EngineContext, text: string): Promise<ConsentQuestion | null> {
  const asked = readLink(context, text)
  if (asked === null) return null
  return questionOf(context, asked, await historyOf(context, asked), context.clock.now())
}

/** The person says yes; once, however often it is said. Null for a text that this kit did not sign. */
export async function confirmConsent(context: EngineContext, text: string): Promise<ConsentQuestion | null> {
  const asked = readLink(context, text)
  if (asked === null) return null
  // before the history is read: what is taken back from now on stays taken back
  const now = context.clock.now()
  const question = questionOf(context, asked, await historyOf(context, asked), now)
  if (question.state !== 'open') return question
  const { scope, request } = asked
  const { customerId, channel, topic } = request
  const proof = `link sha256 ${toHex(sha256(utf8(text)))}`
  const granted: ConsentRecord = {
    customerId,
    channel,
    topic,
    decision: 'granted',
    basis: 'double opt-in',
    obtainedAt: now,
    evidence: evidenceOf(request, proof),
  }
  const entry = customersEntry(context, scope, { action: 'consents.confirm', after: { granted: 1 } })
  await context.storage.consents.record(scope, [granted], entry)
  return questionOf(context, asked, await historyOf(context, asked), now)
}

function historyOf({ storage }: EngineContext, { scope, request }: Asked): Promise<readonly ConsentRecord[]> {
  return storage.consents.history(scope, request.customerId)
}

function questionOf(
  { settings }: EngineContext,
  { scope, request }: Asked,
  history: readonly ConsentRecord[],
  now: Instant,
): ConsentQuestion {
  const { channel, topic } = request
  const label = labelOfTopic(settings.tenant(scope.tenant).topics, topic)
  return { channel, topic, label, state: stateOf(request, history, now) }
}

function stateOf(
  request: ConsentRequest,
  history: readonly ConsentRecord[],
  now: Instant,
): ConsentQuestion['state'] {
  const records = recordsOfRequest(history, request)
  if (records.some(({ decision }) => decision === 'granted')) {
    return decideConsent(history, request.channel, request.topic) === 'granted' ? 'confirmed' : 'over'
  }
  return records.length > 0 && now < request.expiresAt ? 'open' : 'over'
}

function readLink(context: EngineContext, text: string): Asked | null {
  const [tenant, sealed] = readSignedLink(context.settings.secrets, 'confirm', text) ?? []
  if (tenant === undefined || sealed === undefined) return null
  const fields = openFromLink(context, tenant, 'confirm', sealed)
  if (fields === null) return null
  const [customerId, id = '', channel, topic = '', wording = '', expiresAt] = fields
  const request = {
    id,
    customerId,
    channel: channelKindSchema.parse(channel),
    topic,
    wording,
    expiresAt: Number(expiresAt),
  }
  return { scope: linkScope(tenant), request }
}
