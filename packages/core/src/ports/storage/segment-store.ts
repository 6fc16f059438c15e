import type { JournalEntry } from '../../model/journal.js'
import type { Page, PageRequest } from '../../model/page.js'
import type { Scope } from '../../model/scope.js'
import type { Segment } from '../../model/segment.js'

/** A segment as somebody saw it. */
export type SeenSegment = Pick<Segment, 'name' | 'version'>

/** Named rules. */
export interface SegmentStore {
  /**
   * Writes a segment if its stored version is the expected one, with the journal entry.
   *
   * @param expectedVersion - null when it must not exist yet
   * @param referred - the segments that its rule leads to, which must still stand in these versions: of two writes that
   *   close a circle together the second is refused
   * @throws VERSION_CONFLICT, also for one of `referred`; SEGMENT_NAME_TAKEN when it exists and should not
   */
  put(
    scope: Scope,
    segment: Segment,
    expectedVersion: number | null,
    entry: JournalEntry,
    referred?: readonly SeenSegment[],
  ): Promise<void>
  get(scope: Scope, names: readonly string[]): Promise<readonly Segment[]>
  /** In the order of code points of the names. */
  list(scope: Scope, page: PageRequest): Promise<Page<Segment>>
  /**
   * @throws VERSION_CONFLICT when it is not (or no longer) there in this version; SEGMENT_IN_USE when the rule of another
   *   segment refers to it (`segmentsReferredTo`)
   */
  delete(scope: Scope, name: string, expectedVersion: number, entry: JournalEntry): Promise<void>
}
