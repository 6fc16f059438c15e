import type { MatchRequest } from '@campaignkit/core/adapter'
import type { Session } from '../database.js'
import type { Fragment } from '../sql.js'
import { countByFactsStatement } from './count-by-facts.js'
import type { CompactFacts } from './customer-source.js'
import { countStatement, type MatchingPlace } from './matching-statements.js'
import { planOf, type QueryPlan } from './query-plan.js'

/** What costs less than this takes milliseconds, and is not thought about any longer. */
const SMALL_COST = 5_000
/** The database takes rows to be as near as the pages of an index; they are in memory less often, and in no order. */
const WEIGHT_OF_ROWS = 2
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
  return isBetter(await planOf(session, byFacts), planByRows, compact) ? byFacts : byRows
}

function isBetter(byFacts: QueryPlan, byRows: QueryPlan, { index, table }: CompactFacts): boolean {
  const isByIndex = byFacts.nodes.some(
    (node) => node['Node Type'] === 'Index Only Scan' && node['Index Name'] === index,
  )
  const readsRows = byRows.nodes.some(
    (node) => READS_ROWS.has(node['Node Type']) && node['Relation Name'] === table,
  )
  return isByIndex && byFacts.cost < byRows.cost * (readsRows ? WEIGHT_OF_ROWS : 1)
}
