import * as z from 'zod'
import type { CustomerId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import { type ChannelKind, channelKindSchema } from './channel-kind.js'
import { hostIdSchema, instantSchema, textSchema, wordSchema } from './fields.js'

/** The topic that stands for every topic of a channel. */
export const EVERY_TOPIC = '*'

/** The topic of a campaign that names none. */
export const DEFAULT_TOPIC = 'offers'

/**
 * One piece of evidence: a person allowed or refused a channel for a topic at a time, or was asked to (`pending`), which
 * decides nothing. Never changed, only added to, and deleted when the person is erased.
 */
export interface ConsentRecord {
  readonly customerId: CustomerId
  readonly channel: ChannelKind
  /** A word of the host, or `*` for all topics of the channel. */
  readonly topic: string
  readonly decision: 'granted' | 'denied' | 'pending'
  /** How it was given: `sign-up form`, `one-click unsubscribe`. */
  readonly basis: string
  /** When the person decided; orders the records. */
  readonly obtainedAt: Instant
  /** Where the proof lies, in the host's words. */
  readonly evidence?: string
}

/** A word of the host, or `*` for all topics of a channel. */
export const topicSchema = z.union([z.literal(EVERY_TOPIC), wordSchema])

export const consentSchema = z.strictObject({
  customerId: hostIdSchema.transform((text) => text as CustomerId),
  channel: channelKindSchema,
  topic: topicSchema,
  decision: z.enum(['granted', 'denied']),
  basis: textSchema(200),
  obtainedAt: instantSchema,
  evidence: textSchema(2_000).exactOptional(),
})

export type ConsentInput = z.input<typeof consentSchema>

/** What stands on one channel for one topic, or null when nobody ever said anything: absent consent is no. */
export type ConsentDecision = 'granted' | 'denied' | null

/** Whether a record says yes or no; one that says neither never stands. */
export function isDecided(
  record: ConsentRecord,
): record is ConsentRecord & { readonly decision: 'granted' | 'denied' } {
  return record.decision !== 'pending'
}

/** Which of two decided records of one (customer, channel, topic) stands: the later one, and of two at once the denial. */
export function standing(left: ConsentRecord, right: ConsentRecord): ConsentRecord {
  if (left.obtainedAt !== right.obtainedAt) return left.obtainedAt > right.obtainedAt ? left : right
  return left.decision === 'denied' ? left : right
}

/**
 * Folds the records of a customer into one decision. Records of the topic and of `*` count alike: the last one by
 * `obtainedAt` stands, ties deny, the order of arrival does not matter. What is pending decides nothing.
 */
export function decideConsent(
  records: Iterable<ConsentRecord>,
  channel: ChannelKind,
  topic: string,
): ConsentDecision {
  let last: ConsentRecord | null = null
  for (const record of records) {
    if (record.channel !== channel || (record.topic !== topic && record.topic !== EVERY_TOPIC)) continue
    if (isDecided(record)) last = last === null ? record : standing(last, record)
  }
  return last !== null && isDecided(last) ? last.decision : null
}
