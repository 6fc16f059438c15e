import type { JournalEntry } from '../model/journal.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'

/** What a use case says of its change; the rest of the entry is who and when. */
export interface Change {
  readonly action: string
  readonly subject: { readonly type: string; readonly id: string }
  readonly reason?: string | undefined
  readonly before?: unknown
  readonly after?: unknown
}

/** The journal entry of a change that the scope's actor makes now. */
export function journalEntry(context: EngineContext, scope: Scope, change: Change): JournalEntry {
  return {
    id: context.ids.next('journal'),
    at: context.clock.now(),
    actor: scope.actor,
    action: change.action,
    subject: change.subject,
    reason: change.reason ?? null,
    before: change.before ?? null,
    after: change.after ?? null,
  }
}
