import type { Instant } from '@campaignkit/core/adapter'
import type { CustomerSource } from './customer-source.js'
import type { EventCountColumns } from './event-counts.js'

/** What a predicate reads. */
export interface PredicateSubject {
  readonly source: CustomerSource
  readonly counts: EventCountColumns
  readonly asOf: Instant
}
