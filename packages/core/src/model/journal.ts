import type { Instant } from '../base/time.js'
import type { Actor } from './scope.js'

/** What changed, by whom and why; written in the transaction of the change itself. */
export interface JournalEntry {
  /** Unique per tenant. */
  readonly id: string
  readonly at: Instant
  readonly actor: Actor
  /** `campaign.launch`, `customers.import`, `segment.save` ... */
  readonly action: string
  readonly subject: { readonly type: string; readonly id: string }
  readonly reason: string | null
  /** The state before and after, without personal data; null where there was none. */
  readonly before: unknown
  readonly after: unknown
}
