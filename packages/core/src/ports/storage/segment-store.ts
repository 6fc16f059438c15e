import type { JournalEntry } from '../../model/journal.js'
import type { Page, PageRequest } from '../../model/page.js'
import type { Scope } from '../../model/scope.js'
import type { Segment } from '../../model/segment.js'

/** Named rules. */
export interface SegmentStore {
  /**
   * Writes a segment if its stored version is the expected one, with the journal entry.
   *
   * @param expectedVersion - null when it must not exist yet
   * @throws VERSION_CONFLICT; SEGMENT_NAME_TAKEN when it exists and should not
   */
  put(scope: Scope, segment: Segment, expectedVersion: number | null, entry: JournalEntry): Promise<void>
  get(scope: Scope, names: readonly string[]): Promise<readonly Segment[]>
  /** In the order of code points of the names. */
  list(scope: Scope, page: PageRequest): Promise<Page<Segment>>
  /** @throws VERSION_CONFLICT when it is not (or no longer) there in this version */
  delete(scope: Scope, name: string, expectedVersion: number, entry: JournalEntry): Promise<void>
}
