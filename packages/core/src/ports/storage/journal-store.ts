import type { JournalEntry } from '../../model/journal.js'
import type { Page, PageRequest } from '../../model/page.js'
import type { Scope } from '../../model/scope.js'

/** What was changed by whom. Entries about changes are written by the stores, each with its change. */
export interface JournalStore {
  /** Adds an entry about an act that changed nothing here, such as a test message. */
  append(scope: Scope, entry: JournalEntry): Promise<void>
  /** Entries about a subject, or all, in the order in which they were written. */
  list(
    scope: Scope,
    filter: { readonly subject?: { readonly type: string; readonly id: string } },
    page: PageRequest,
  ): Promise<Page<JournalEntry>>
}
