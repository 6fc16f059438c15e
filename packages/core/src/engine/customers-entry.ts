import type { JournalEntry } from '../model/journal.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { journalEntry } from './journal-entry.js'

/** What a change says of the customers whom it concerns: counts, never ids, since an id may be an address. */
export interface CustomersChange {
  readonly action: string
  readonly reason?: string
  readonly after: Readonly<Record<string, number>>
}

/** The journal entry of a change of many customers; its subject is all the tenant's customers. */
export function customersEntry(context: EngineContext, scope: Scope, change: CustomersChange): JournalEntry {
  return journalEntry(context, scope, { ...change, subject: { type: 'customers', id: 'all' } })
}
