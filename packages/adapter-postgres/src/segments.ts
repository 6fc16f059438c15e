import { CampaignKitError, type Segment, type SegmentStore } from '@campaignkit/core/adapter'
import { document } from './columns.js'
import type { Database, Session } from './database.js'
import { versionConflict } from './failures.js'
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
    put: (scope, { name, criteria, version, updatedAt }, expectedVersion, entry) =>
      database.transaction(async (session) => {
        const { tenant } = scope
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
          if (expectedVersion === null) throw nameTaken()
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

function nameTaken(): CampaignKitError {
  return new CampaignKitError('SEGMENT_NAME_TAKEN', 'There is a segment of this name', { path: 'name' })
}

function segmentOf({ updated_at: updatedAt, ...row }: Row): Segment {
  return { ...row, updatedAt }
}
