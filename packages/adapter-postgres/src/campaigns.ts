import {
  type Campaign,
  type CampaignId,
  type CampaignStore,
  type Continuation,
  campaignNameTaken,
  idTaken,
  messagesUnderWay,
  type Run,
  type Scope,
  versionConflict,
} from '@campaignkit/core/adapter'
import type { Announcer } from './announcements.js'
import { CAMPAIGN_COLUMNS, RUN_COLUMNS, type RunRow, runOf } from './campaign-row.js'
import { given, namesOf, settingsOf, typedNamesOf } from './columns.js'
import type { Database, Session } from './database.js'
import { ofCampaign } from './deliveries-of.js'
import { brokenConstraint } from './failures.js'
import { writeJournal } from './journal.js'
import { pageFrom, placeCursor, readPlace } from './paging.js'
import { frequent } from './ready-statements.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'

interface Row {
  readonly document: Campaign
}

/** The campaigns of {@link createPostgresStorage}. */
export function createCampaignStore(
  database: Database,
  tables: Tables,
  { announce }: Announcer,
): CampaignStore {
  const { campaigns, runs } = tables
  return {
    insert: async (scope, campaign, entry) => {
      await database.transaction(async (session) => {
        await namingConflicts(() =>
          session.rows(sql`
            insert into ${campaigns} (tenant, ${namesOf(CAMPAIGN_COLUMNS)})
            select ${scope.tenant}, ${typedNamesOf(CAMPAIGN_COLUMNS)} from ${given(CAMPAIGN_COLUMNS, [campaign])}`),
        )
        await writeJournal(session, tables, scope, [entry])
      })
      announce(scope, [campaign.id])
    },
    update: async (scope, campaign, expectedVersion, entry, run) => {
      await database.transaction(async (session) => {
        await replaceCampaign(session, tables, scope, campaign, expectedVersion)
        if (run !== undefined) await placeRun(session, tables, scope, run)
        await writeJournal(session, tables, scope, [entry])
      })
      announce(scope, [campaign.id])
    },
    get: async ({ tenant }, id) => {
      const [row] = await database.rows<Row>(
        frequent(sql`select document from ${campaigns} where tenant = ${tenant} and id = ${id}`),
      )
      return row?.document ?? null
    },
    getAll: async ({ tenant }, ids) => {
      const rows = await database.rows<Row>(
        sql`select document from ${campaigns} where tenant = ${tenant} and id = any(${ids}::text[])`,
      )
      return rows.map(({ document }) => document)
    },
    list: async ({ tenant }, { statuses, archived = false }, { cursor, limit }) => {
      const after = cursor === null ? null : readPlace(cursor)
      const behind = after === null ? sql`` : sql`and (created_at, id) < (${after.at}, ${after.key})`
      const wanted = statuses === undefined ? sql`` : sql`and status = any(${statuses}::text[])`
      const rows = await database.rows<Row>(
        frequent(sql`
        select document from ${campaigns}
        where tenant = ${tenant} ${behind} ${wanted} and (${archived} or archived_at is null)
        order by created_at desc, id desc limit ${limit + 1}`),
      )
      return pageFrom(
        rows.map(({ document }) => document),
        limit,
        ({ createdAt, id }) => placeCursor({ at: createdAt, key: id }),
      )
    },
    delete: async (scope, id, expectedVersion, entry) => {
      await database.transaction(async (session) => {
        await deleteCampaign(session, tables, scope, id, expectedVersion)
        await writeJournal(session, tables, scope, [entry])
      })
      announce(scope, [id])
    },
    getRun: async ({ tenant }, id) => {
      const [row] = await database.rows<RunRow>(
        frequent(sql`select ${namesOf(RUN_COLUMNS)} from ${runs} where tenant = ${tenant} and id = ${id}`),
      )
      return row === undefined ? null : runOf(row)
    },
    runsOf: async ({ tenant }, campaignId) => {
      const rows = await database.rows<RunRow>(
        frequent(sql`
        select ${namesOf(RUN_COLUMNS)} from ${runs} where tenant = ${tenant} and campaign_id = ${campaignId}
        order by scheduled_for, created_at, id`),
      )
      return rows.map(runOf)
    },
    updateRun: async (scope, run, expectedVersion) => {
      await database.transaction((session) => replaceRun(session, tables, scope, run, expectedVersion))
      announce(scope, [run.campaignId])
    },
  }
}

/** Replaces a campaign and runs of it, each in the version before. */
export async function goOn(
  session: Session,
  tables: Tables,
  scope: Scope,
  { campaign, runs }: Continuation,
): Promise<void> {
  await replaceCampaign(session, tables, scope, campaign, campaign.version - 1)
  for (const run of runs) await replaceRun(session, tables, scope, run, run.version - 1)
}

async function replaceCampaign(
  session: Session,
  { campaigns }: Tables,
  { tenant }: Scope,
  campaign: Campaign,
  expectedVersion: number,
): Promise<void> {
  const written = await namingConflicts(() =>
    session.rows(sql`
      update ${campaigns} as kept set ${settingsOf(CAMPAIGN_COLUMNS)} from ${given(CAMPAIGN_COLUMNS, [campaign])}
      where kept.tenant = ${tenant} and kept.id = given.id and kept.version = ${expectedVersion} returning 1`),
  )
  if (written.length > 0) return
  const [stored] = await session.rows<{ readonly version: number }>(
    sql`select version from ${campaigns} where tenant = ${tenant} and id = ${campaign.id}`,
  )
  throw versionConflict(expectedVersion, stored?.version ?? null)
}

/** Adds a run, or replaces it in the version before. */
function placeRun(session: Session, tables: Tables, scope: Scope, run: Run): Promise<void> {
  return run.version === 1
    ? insertRun(session, tables, scope, run)
    : replaceRun(session, tables, scope, run, run.version - 1)
}

/** Adds a run; one of an occurrence that exists already is left as it is. */
async function insertRun(session: Session, { runs }: Tables, { tenant }: Scope, run: Run): Promise<void> {
  await namingConflicts(() =>
    session.rows(sql`
      insert into ${runs} (tenant, ${namesOf(RUN_COLUMNS)})
      select ${tenant}, ${typedNamesOf(RUN_COLUMNS)} from ${given(RUN_COLUMNS, [run])}
      on conflict on constraint runs_occurrence do nothing`),
  )
}

/** Replaces a run in the version that is expected. @throws VERSION_CONFLICT */
export async function replaceRun(
  session: Session,
  { runs }: Tables,
  { tenant }: Scope,
  run: Run,
  expectedVersion: number,
): Promise<void> {
  const written = await session.rows(sql`
    update ${runs} as kept set ${settingsOf(RUN_COLUMNS)} from ${given(RUN_COLUMNS, [run])}
    where kept.tenant = ${tenant} and kept.id = given.id and kept.version = ${expectedVersion} returning 1`)
  if (written.length > 0) return
  const [stored] = await session.rows<{ readonly version: number }>(
    sql`select version from ${runs} where tenant = ${tenant} and id = ${run.id}`,
  )
  throw versionConflict(expectedVersion, stored?.version ?? null)
}

/** Deletes a campaign with its runs, members, deliveries and coupons; events and journal stay. */
async function deleteCampaign(
  session: Session,
  tables: Tables,
  { tenant }: Scope,
  id: CampaignId,
  expectedVersion: number,
): Promise<void> {
  const deleted = await session.rows(sql`
    delete from ${tables.campaigns}
    where tenant = ${tenant} and id = ${id} and version = ${expectedVersion} returning 1`)
  if (deleted.length === 0) {
    const [stored] = await session.rows<{ readonly version: number }>(
      sql`select version from ${tables.campaigns} where tenant = ${tenant} and id = ${id}`,
    )
    throw versionConflict(expectedVersion, stored?.version ?? null)
  }
  const isOfIt = sql`tenant = ${tenant} and campaign_id = ${id}`
  const runIds = sql`select id from ${tables.runs} where ${isOfIt}`
  const ids = ofCampaign(tables, tenant, id, raw('d.id'), raw(''))
  await session.rows(sql`delete from ${tables.attempts} where tenant = ${tenant} and delivery_id in (${ids})`)
  // asked of what is deleted: a worker may put attempts on record up to then
  const underWay = await session.rows(sql`
    with gone as (delete from ${tables.deliveries} where tenant = ${tenant} and id in (${ids}) returning status)
    select 1 from gone where status in ('attempting', 'inDoubt') limit 1`)
  if (underWay.length > 0) throw messagesUnderWay()
  for (const statement of [
    sql`delete from ${tables.members} where tenant = ${tenant} and run_id in (${runIds})`,
    sql`delete from ${tables.planned_members} where tenant = ${tenant} and run_id in (${runIds})`,
    sql`delete from ${tables.planned_stretches} where tenant = ${tenant} and run_id in (${runIds})`,
    sql`delete from ${tables.delivery_counts} where ${isOfIt}`,
    sql`delete from ${tables.tokens} where ${isOfIt}`,
    sql`delete from ${tables.runs} where ${isOfIt}`,
  ]) {
    await session.rows(statement)
  }
}

async function namingConflicts<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write()
  } catch (error) {
    const constraint = brokenConstraint(error)
    if (constraint === 'campaigns_name') throw campaignNameTaken()
    if (constraint === 'campaigns_pkey') throw idTaken('campaign')
    if (constraint === 'runs_pkey') throw idTaken('run')
    throw error
  }
}
