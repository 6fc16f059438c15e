import { addressKindOf, type HashGate, type SelfContainedPlan } from '@campaignkit/core/adapter'
import type { Session } from './database.js'
import { keptKey, standsUnder } from './kept-keys.js'
import { boundsOf, matchesBetween } from './matching/matched-rows.js'
import {
  codeAt,
  idHash,
  keyAt,
  type PlannedCount,
  type PlanningPlace,
  planningStatement,
  readyToPlan,
  type StretchToPlan,
} from './planning-statement.js'
import { type Fragment, joined, raw, sql } from './sql.js'

/** A stretch that is planned by what stands beside the customers. */
export interface StretchToPlanAlone extends StretchToPlan {
  readonly plan: SelfContainedPlan
}

/** The rule of `DatabasePlanner.planAlone`, in one statement. */
export async function planAlone(
  session: Session,
  place: PlanningPlace,
  toPlan: StretchToPlanAlone,
): Promise<number | null> {
  const { source } = place
  const { plan, stretch } = toPlan
  const ways = plan.channels.map((channel) => source.keptKeys(addressKindOf(channel)))
  if (!ways.every((way) => way !== null)) return null
  const shut = joined(
    plan.hashGates.map((gate) => shutGate(gate, source.id)),
    ' ',
  )
  const columns = ways.flatMap(({ keys }, at) => [
    ...plan.secretIds.map((id, secret) => sql`${keptKey(keys, id, secret)} as ${raw(keyAt(at, secret))}`),
    sql`case ${shut} when ${keys} is null then 'noAddress' end as ${raw(codeAt(at))}`,
  ])
  // of other letters the database may know another normal form
  const isPlain = sql`octet_length(${source.id}) = char_length(${source.id})`
  const isKnown = [isPlain, ...ways.map((way) => standsUnder(way, plan.secretIds))]
  await readyToPlan(session)
  const [row] = await session.rows<PlannedCount>(
    planningStatement(place, toPlan, {
      given: sql`
        select ${source.id} as id, null::text as normal, 1 as standing, ${source.heldTags} as tags, ${joined(columns, ', ')},
          ${joined(isKnown, ' and ')} as is_known ${matchesBetween(place, plan, stretch)}`,
      standings: [plan.standing],
      keys: plan.secretIds.length,
      isGiven: plan.segments.length === 0 ? null : boundsOf(source, stretch),
      isKnown: raw('given.is_known'),
    }),
  )
  return row?.all_known === true ? row.found : null
}

/** When a gate is shut, and its code. */
function shutGate({ exclusion, prefix, from, to }: HashGate, id: Fragment): Fragment {
  // the first 53 bits of 56
  const leading = sql`(('x' || encode(substr(${idHash(prefix, id)}, 1, 7), 'hex'))::bit(56)::bigint >> 3)`
  return sql`when ${leading} < ${from}::bigint or ${leading} >= ${to}::bigint then ${exclusion}::text`
}
