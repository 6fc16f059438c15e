import type { JournalEntry, Page, PageRequest } from '@campaignkit/core/adapter'
import { byPlace, type Place } from './order.js'
import { pageOf, placeCursor } from './paging.js'
import { SortedList } from './sorted-list.js'

/** Entries of a tenant in the order in which they were written. */
export class JournalTable {
  readonly #entries: JournalEntry[] = []
  readonly #ids = new Set<string>()
  readonly #all = new SortedList<Place>(byPlace)
  readonly #bySubject = new Map<string, SortedList<Place>>()

  /** Writes a frozen entry; one that is there already is not written twice. */
  write(entry: JournalEntry): void {
    if (this.#ids.has(entry.id)) return
    this.#ids.add(entry.id)
    const place = { at: this.#entries.push(entry) - 1, key: '' }
    this.#all.add(place)
    const subject = subjectKey(entry.subject)
    const known = this.#bySubject.get(subject) ?? new SortedList<Place>(byPlace)
    known.add(place)
    this.#bySubject.set(subject, known)
  }

  list(subject: JournalEntry['subject'] | undefined, page: PageRequest): Page<JournalEntry> {
    const places = subject === undefined ? this.#all : this.#bySubject.get(subjectKey(subject))
    if (places === undefined) return { items: [], nextCursor: null }
    return pageOf(places, placeCursor, page, ({ at }) => this.#entries[at] ?? null)
  }
}

function subjectKey({ type, id }: JournalEntry['subject']): string {
  return JSON.stringify([type, id])
}
