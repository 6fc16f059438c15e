import {
  type SeenSegment,
  type Segment,
  type SegmentStore,
  segmentInUse,
  segmentNameTaken,
  segmentsReferredTo,
  versionConflict,
} from '@campaignkit/core/adapter'
import { document } from './columns.js'
import type { Database, Session } from './database.js'
import { writeJournal } from './journal.js'
import { pageFrom } from './paging.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

interface Row extends Omit<Segment, 'updatedAt'> {
  readonly updated_at: number
}

/** The segments of {@link createPostgresStorage}. */
export function createSegmentStore(database: Database, tables: Tables): SegmentStore {
  const { segments } = tables
  return {
    put: (scope, { name, criteria, version, updatedAt }, expectedVersion, entry, referred = []) =>
      database.transaction(async (session) => {
        const { tenant } = scope
        await requireReferred(session, tables, tenant, referred)
        const values = sql`${document(criteria)}, ${version}, ${updatedAt}`
        const written =
          expectedVersion === null
            ? await session.rows(sql`
                insert into ${segments} (tenant, name, criteria, version, updated_at)
                values (${tenant}, ${name}, ${values}) on conflict (tenant, name) do nothing returning 1`)
            : await session.rows(sql`
                update ${segments} set (criteria, version, updated_at) = row(${document(criteria)}::json, ${version}::int, ${updatedAt}::float8)
                where tenant = ${tenant} and name = ${name} and version = ${expectedVersion} returning 1`)
        if (written.length === 0) {
          if (expectedVersion === null) throw segmentNameTaken()
          throw versionConflict(expectedVersion, await versionOf(session, scope.tenant, name))
        }
        await writeJournal(session, tables, scope, [entry])
      }),
    get: async ({ tenant }, names) => {
      const rows = await database.rows<Row>(sql`
        select name, criteria, version, updated_at from ${segments}
        where tenant = ${tenant} and name = any(${names}::text[])`)
      return rows.map(segmentOf)
    },
    list: async ({ tenant }, { cursor, limit }) => {
      const rows = await database.rows<Row>(sql`
        select name, criteria, version, updated_at from ${segments}
        where tenant = ${tenant} and name > ${cursor ?? ''} order by name limit ${limit + 1}`)
      return pageFrom(rows.map(segmentOf), limit, ({ name }) => name)
    },
    delete: (scope, name, expectedVersion, entry) =>
      database.transaction(async (session) => {
        await requireUnused(session, tables, scope.tenant, name)
        const deleted = await session.rows(sql`
          delete from ${segments}
          where tenant = ${scope.tenant} and name = ${name} and version = ${expectedVersion} returning 1`)
        if (deleted.length === 0)
          throw versionConflict(expectedVersion, await versionOf(session, scope.tenant, name))
        await writeJournal(session, tables, scope, [entry])
      }),
  }

  async function versionOf(session: Session, tenant: string, name: string): Promise<number | null> {
    const [row] = await session.rows<Pick<Row, 'version'>>(sql`
      select version from ${segments} where tenant = ${tenant} and name = ${name}`)
    return row?.version ?? null
  }
}

/** Holds the segments that a rule leads to as they are, until the rule is written. */
async function requireReferred(
  session: Session,
  { segments }: Tables,
  tenant: string,
  referred: readonly SeenSegment[],
): Promise<void> {
  if (referred.length === 0) return
  const rows = await session.rows<Pick<Row, 'name' | 'version'>>(sql`
    select name, version from ${segments}
    where tenant = ${tenant} and name = any(${referred.map(({ name }) => name)}::text[]) order by name for share`)
  const stored = new Map(rows.map((row) => [row.name, row.version]))
  for (const { name, version } of referred) {
    if (stored.get(name) !== version) throw versionConflict(version, stored.get(name) ?? null)
  }
}

/** Who is about to refer to the segment holds it; so it is locked first, and looked for in a statement of its own. */
async function requireUnused(
  session: Session,
  { segments }: Tables,
  tenant: string,
  name: string,
): Promise<void> {
  await session.rows(sql`select 1 from ${segments} where tenant = ${tenant} and name = ${name} for update`)
  const others = await session.rows<Pick<Row, 'name' | 'criteria'>>(sql`
    select name, criteria from ${segments} where tenant = ${tenant} and name <> ${name}`)
  const user = others.find(({ criteria }) => segmentsReferredTo(criteria).includes(name))
  if (user !== undefined) throw segmentInUse(user.name)
}

function segmentOf({ updated_at: updatedAt, ...row }: Row): Segment {
  return { ...row, updatedAt }
}
