import type { CustomerId, MatchRequest } from '@campaignkit/core/adapter'
import type { Session } from '../database.js'
import { type Fragment, sql } from '../sql.js'
import { countByFactsStatement } from './count-by-facts.js'
import type { CompactFacts } from './customer-source.js'
import type { MatchingPlace } from './matched-rows.js'
import { countStatement } from './matching-statements.js'
import { planOf, type QueryPlan } from './query-plan.js'

/** What costs less than this takes milliseconds, and is not thought about any longer. */
const SMALL_COST = 5_000
/** In which the index is read: many more than a server has processes for one statement, which then end at about the same time. */
const PARTS = 32
/** How the rows of a table are read; to the database they are as near as an index, and in truth less often in memory. */
const READS_ROWS: ReadonlySet<string> = new Set(['Seq Scan', 'Bitmap Heap Scan', 'Index Scan'])

/**
 * The statement that counts whom a rule matches, of the two that there are: with the indexes that the database finds best
 * for the rows, or by the index of all facts. Where few match the first is faster, and the second where many do.
 */
export async function chooseCount(
  session: Session,
  place: MatchingPlace,
  request: MatchRequest,
): Promise<Fragment> {
  const byRows = countStatement(place, request)
  const byFacts = countByFactsStatement(place, request)
  const { compact } = place.source
  if (byFacts === null || compact === null) return byRows
  const planByRows = await planOf(session, byRows)
  if (planByRows.cost < SMALL_COST) return byRows
  const planByFacts = await planOf(session, byFacts)
  const isByIndex = planByFacts.nodes.some(
    (node) => node['Node Type'] === 'Index Only Scan' && node['Index Name'] === compact.index,
  )
  const isCheaper = weighedCost(planByFacts, compact) < weighedCost(planByRows, compact)
  if (!isByIndex || !isCheaper) return byRows
  return countByFactsStatement(place, request, await idsBetweenParts(session, compact)) ?? byFacts
}

/** Ids that divide all customers into parts of about one size, as far as the statistics of the table tell. */
async function idsBetweenParts(session: Session, { relation }: CompactFacts): Promise<readonly CustomerId[]> {
  const [row] = await session.rows<{ readonly bounds: readonly CustomerId[] | null }>(sql`
    select s.histogram_bounds::text::text[] as bounds from pg_class as t
    join pg_namespace as n on n.oid = t.relnamespace
    join pg_stats as s on s.schemaname = n.nspname and s.tablename = t.relname and s.attname = 'id'
    where t.oid = ${relation.text}::regclass and not s.inherited`)
  const bounds = row?.bounds ?? []
  const between = Array.from(
    { length: PARTS - 1 },
    (_, at) => bounds[Math.round(((at + 1) * (bounds.length - 1)) / PARTS)],
  )
  return [...new Set(between.filter((id) => id !== undefined))]
}

/** With what reads rows counted twice. */
function weighedCost({ cost, nodes }: QueryPlan, { table }: CompactFacts): number {
  const reading = nodes.filter((node) => READS_ROWS.has(node['Node Type']) && node['Relation Name'] === table)
  return reading.reduce((sum, node) => sum + node['Total Cost'], cost)
}
