import type { RunId, Scope, SliceSize } from '@campaignkit/core/adapter'
import type { Session } from './database.js'
import { membersOf } from './planned-member.js'
import { MOST_PLACED } from './planned-rows.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

interface Row {
  readonly slice: number
  readonly lane: string | null
  readonly excluded: number
  readonly kept: number
  readonly newcomers: number
}

/** The rule of `FreezingStore.sizes`. */
export async function countPlanned(
  session: Session,
  { planned_members: planned }: Tables,
  { tenant }: Scope,
  runId: RunId,
): Promise<readonly SliceSize[]> {
  const ofRun = sql`p.tenant = ${tenant} and p.run_id = ${runId}`
  const rows = await session.rows<Row>(sql`
    select slice, lane, sum(excluded)::float8 as excluded, sum(kept)::float8 as kept, sum(newcomers)::float8 as newcomers
    from (
      select slice, only_lane as lane, excluded, kept, newcomers from ${planned} as p
      where ${ofRun} and (only_lane is not null or newcomers = 0)
      union all
      select p.slice, m.lane, count(m.exclusion), count(m.arm), count(m.lane)
      from ${planned} as p cross join lateral ${membersOf('m')}
      where ${ofRun} and only_lane is null and newcomers > 0 group by p.slice, m.lane
    ) as of_lane group by slice, lane order by slice`)
  return together(rows).map(sizeOf)
}

/** Rows slice by slice, small slices that follow each other as one. */
function together(rows: readonly Row[]): readonly (readonly Row[])[] {
  const groups: Row[][] = []
  for (const slice of new Set(rows.map((row) => row.slice))) {
    const ofSlice = rows.filter((row) => row.slice === slice)
    const open = groups.at(-1)
    if (open !== undefined && countOf(open) + countOf(ofSlice) <= MOST_PLACED) open.push(...ofSlice)
    else groups.push(ofSlice)
  }
  return groups
}

function countOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { excluded, kept, newcomers }) => sum + excluded + kept + newcomers, 0)
}

function sizeOf(rows: readonly Row[]): SliceSize {
  const newcomers: Record<string, number> = {}
  let [excluded, kept] = [0, 0]
  for (const row of rows) {
    excluded += row.excluded
    kept += row.kept
    if (row.lane !== null) newcomers[row.lane] = (newcomers[row.lane] ?? 0) + row.newcomers
  }
  return { slice: `${rows[0]?.slice}-${rows.at(-1)?.slice}`, excluded, kept, newcomers }
}

/** The slices of the rows that a name stands for, from the first to the last. */
export function boundsOf(slice: string): readonly [first: number, last: number] {
  const [first = 0, last = 0] = slice.split('-').map(Number)
  return [first, last]
}
