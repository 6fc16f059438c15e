import type { CustomerId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { ConsentRecord } from '../model/consent.js'

/** A question that a person was asked, as its link carries it. */
export interface ConsentRequest {
  readonly id: string
  readonly customerId: CustomerId
  readonly channel: ChannelKind
  readonly topic: string
  /** Version of the words that the person agrees to. */
  readonly wording: string
  /** The first instant at which the link can no longer be used. */
  readonly expiresAt: Instant
}

/** What the records of a question say: by it the question and its answer find each other. */
export function evidenceOf({ id, wording }: ConsentRequest, more: string | undefined): string {
  return `request ${id}; wording ${wording}${more === undefined ? '' : `; ${more}`}`
}

/** The records of one question: that it was asked, that it was answered. */
export function recordsOfRequest(
  history: readonly ConsentRecord[],
  { id, channel, topic }: ConsentRequest,
): readonly ConsentRecord[] {
  return history.filter(
    (record) =>
      record.channel === channel &&
      record.topic === topic &&
      record.evidence?.startsWith(`request ${id}; `) === true,
  )
}
