import {
  type AudienceCounts,
  type ExclusionCode,
  HOLDOUT,
  REMAINDER,
  type RunId,
  type Scope,
} from '@campaignkit/core/adapter'
import type { Session } from './database.js'
import { frequent } from './ready-statements.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

interface Row {
  readonly arm: string | null
  readonly exclusion: ExclusionCode | null
  readonly count: number
}

/** The funnel of a run. */
export async function countAudience(
  session: Session,
  { members }: Tables,
  { tenant }: Scope,
  runId: RunId,
): Promise<AudienceCounts> {
  const rows = await session.rows<Row>(
    frequent(sql`
    select arm, exclusion, count(*)::float8 as count from ${members}
    where tenant = ${tenant} and run_id = ${runId} and (arm is not null or exclusion is not null)
    group by arm, exclusion`),
  )
  const sum = (isCounted: (row: Row) => boolean) =>
    rows.filter(isCounted).reduce((total, { count }) => total + count, 0)
  const excluded: Partial<Record<ExclusionCode, number>> = {}
  for (const { exclusion, count } of rows) if (exclusion !== null) excluded[exclusion] = count
  return {
    matched: sum(() => true),
    recipients: sum(({ arm }) => arm !== null && arm !== HOLDOUT && arm !== REMAINDER),
    holdout: sum(({ arm }) => arm === HOLDOUT),
    remainder: sum(({ arm }) => arm === REMAINDER),
    excluded,
  }
}
