import type { AddressKey, CustomerId } from '../../base/ids.js'
import type { ConsentRecord } from '../../model/consent.js'
import type { JournalEntry } from '../../model/journal.js'
import type { Scope } from '../../model/scope.js'
import type { Suppression } from '../../model/suppression.js'

/** Permissions, and addresses never to be written to. Always ours, never the host's tables. */
export interface ConsentStore {
  /** Adds evidence, with the journal entry. The same record twice is kept once; arrival order does not matter. */
  record(scope: Scope, records: readonly ConsentRecord[], entry: JournalEntry): Promise<void>
  /**
   * For each (customer, channel, topic) of these customers the record that stands, in any order; none where all that
   * there is is `pending`.
   */
  standing(scope: Scope, customerIds: readonly CustomerId[]): Promise<readonly ConsentRecord[]>
  /** Every record of a customer, oldest `obtainedAt` first. */
  history(scope: Scope, customerId: CustomerId): Promise<readonly ConsentRecord[]>
  /** Deletes every record of customers who are erased, with the journal entry; suppressions stay. */
  forget(scope: Scope, customerIds: readonly CustomerId[], entry: JournalEntry): Promise<void>
  /** Adds suppressions, with the journal entry; one that is there already is joined with it (`joinSuppression`). */
  suppress(scope: Scope, suppressions: readonly Suppression[], entry: JournalEntry): Promise<void>
  /** Takes suppressions back, with the journal entry; unknown ones are left out. */
  unsuppress(
    scope: Scope,
    keys: readonly Pick<Suppression, 'channel' | 'addressKey'>[],
    entry: JournalEntry,
  ): Promise<void>
  /** The suppressions among these address keys, on every channel. */
  suppressed(scope: Scope, addressKeys: readonly AddressKey[]): Promise<readonly Suppression[]>
}
