import type { JournalEntry, JournalStore, Scope } from '@campaignkit/core/adapter'
import { type Columns, given, namesOf, typedNamesOf } from './columns.js'
import type { Database, Session } from './database.js'
import { pageFrom, readNumber } from './paging.js'
import { type Fragment, sql } from './sql.js'
import type { Tables } from './tables.js'

const COLUMNS: Columns<JournalEntry> = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  { name: 'at', type: 'float8', of: ({ at }) => at },
  { name: 'actor', type: 'json', of: ({ actor }) => actor },
  { name: 'action', type: 'text', of: ({ action }) => action },
  { name: 'subject_type', type: 'text', of: ({ subject }) => subject.type },
  { name: 'subject_id', type: 'text', of: ({ subject }) => subject.id },
  { name: 'reason', type: 'text', of: ({ reason }) => reason },
  { name: 'before', type: 'json', of: ({ before }) => before },
  { name: 'after', type: 'json', of: ({ after }) => after },
]

interface Row extends Omit<JournalEntry, 'subject'> {
  readonly sequence: number
  readonly subject_type: string
  readonly subject_id: string
}

/** Writes entries; one that is there already is not written twice. */
export async function writeJournal(
  session: Session,
  { journal }: Tables,
  { tenant }: Scope,
  entries: readonly JournalEntry[],
): Promise<void> {
  const [written] = await session.rows<Pick<JournalEntry, 'id'>>(sql`
    insert into ${journal} (tenant, ${namesOf(COLUMNS)})
    select ${tenant}, ${typedNamesOf(COLUMNS)} from ${given(COLUMNS, entries)}
    on conflict (tenant, id) do nothing returning id`)
  if (written !== undefined)
    session.leave(sql`select 1 from ${journal} where tenant = ${tenant} and id = ${written.id}`)
}

/** The journal of {@link createPostgresStorage}. */
export function createJournalStore(database: Database, tables: Tables): JournalStore {
  return {
    append: (scope, entry) => writeJournal(database, tables, scope, [entry]),
    list: async ({ tenant }, { subject }, { cursor, limit }) => {
      const after = cursor === null ? 0 : readNumber(cursor)
      const about: Fragment =
        subject === undefined ? sql`` : sql`and subject_type = ${subject.type} and subject_id = ${subject.id}`
      const rows = await database.rows<Row>(sql`
        select sequence::float8, ${namesOf(COLUMNS)} from ${tables.journal}
        where tenant = ${tenant} and sequence > ${after} ${about}
        order by sequence limit ${limit + 1}`)
      const { items, nextCursor } = pageFrom(rows, limit, ({ sequence }) => String(sequence))
      return { items: items.map(entryOf), nextCursor }
    },
  }
}

function entryOf({ sequence: _, subject_type: type, subject_id: id, ...entry }: Row): JournalEntry {
  return { ...entry, subject: { type, id } }
}
