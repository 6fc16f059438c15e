import {
  type Criteria,
  type EventNeed,
  eventNeedOf,
  eventNeeds,
  type Instant,
  numberTest,
  OPPOSITE,
  type TenantId,
} from '@campaignkit/core/adapter'
import { type Fragment, joined, raw, sql } from '../sql.js'
import type { Tables } from '../tables.js'
import { operatorOf } from './operator.js'

type EventsCriteria = Extract<Criteria, { type: 'events' }>

/** The counts of events that criteria ask for, as columns beside those of the customer. */
export interface EventCountColumns {
  /** What joins them, behind the relation of the customers. */
  readonly joins: Fragment
  predicate(leaf: EventsCriteria, wanted: boolean): Fragment
}

/** Whose events are counted, and up to when. */
export interface EventCountScope {
  readonly events: Tables['events']
  readonly tenant: TenantId
  readonly asOf: Instant
  readonly customerId: Fragment
}

/** A select list has 1,664 columns at most. */
const NEEDS_A_JOIN = 500

/**
 * Counts the events of everybody in one pass for all counts: for statements that go through all customers.
 *
 * @param criteria - without named segments
 */
export function groupedEventCounts(criteria: Criteria, scope: EventCountScope): EventCountColumns {
  return countColumns(criteria, scope, (needs, alias) => {
    const { customerId } = scope
    return sql`left join (select customer_id, ${countsOf(needs)} from ${scope.events}
      where customer_id is not null and ${anyOf(needs, scope)} group by customer_id) as ${alias}
      on ${alias}.customer_id = ${customerId}`
  })
}

/**
 * Counts the events of each customer as its row comes by: for statements that stop after a page.
 *
 * @param criteria - without named segments
 */
export function eventCountsByRow(criteria: Criteria, scope: EventCountScope): EventCountColumns {
  return countColumns(
    criteria,
    scope,
    (needs, alias) =>
      sql`cross join lateral (select ${countsOf(needs)} ${eventsOfRow(needs, scope)}) as ${alias}`,
  )
}

function countColumns(
  criteria: Criteria,
  { asOf }: EventCountScope,
  joinOf: (needs: readonly EventNeed[], alias: Fragment) => Fragment,
): EventCountColumns {
  const needs = eventNeeds(criteria, asOf)
  const columns = new Map<string, Fragment>()
  const joins: Fragment[] = []
  for (let from = 0; from < needs.length; from += NEEDS_A_JOIN) {
    const part = needs.slice(from, from + NEEDS_A_JOIN)
    const name = `e${joins.length}`
    joins.push(joinOf(part, raw(name)))
    part.forEach(({ key }, at) => {
      columns.set(key, raw(`${name}.n${at}`))
    })
  }
  return {
    joins: joined(joins, ' '),
    predicate: (leaf, wanted) => {
      const { key } = eventNeedOf(leaf, asOf)
      const column = columns.get(key) ?? raw('null::bigint')
      const op = wanted ? leaf.op : OPPOSITE[leaf.op]
      // who has no events has no row; and where 0 does not pass, nobody without a row need be looked at
      const count = numberTest(op, leaf.count)(0) ? sql`coalesce(${column}, 0)` : column
      return sql`${count} ${operatorOf(op, true)} ${leaf.count}::float8`
    },
  }
}

function countsOf(needs: readonly EventNeed[]): Fragment {
  const [only] = needs
  if (only !== undefined && needs.length === 1) return raw('count(*) as n0')
  return joined(
    needs.map((need, at) => sql`count(*) filter (where ${isCounted(need)}) as ${raw(`n${at}`)}`),
    ', ',
  )
}

function isCounted({ type, since }: EventNeed): Fragment {
  return since === null ? sql`type = ${type}` : sql`type = ${type} and at > ${since}::float8`
}

/** Events of a customer that any of the needs counts. */
export function eventsOfRow(needs: readonly EventNeed[], scope: EventCountScope): Fragment {
  return sql`from ${scope.events} where customer_id = ${scope.customerId} and ${anyOf(needs, scope)}`
}

/** The events that any of the needs counts; part 0 is there once for each event. */
function anyOf(needs: readonly EventNeed[], { tenant, asOf }: EventCountScope): Fragment {
  const until = sql`tenant = ${tenant} and part = 0 and at <= ${asOf}::float8`
  const [only] = needs
  if (only !== undefined && needs.length === 1) return sql`${until} and ${isCounted(only)}`
  const types = [...new Set(needs.map(({ type }) => type))]
  const sinces = needs.map(({ since }) => since ?? Number.NEGATIVE_INFINITY)
  const earliest = sinces.reduce((left, right) => Math.min(left, right))
  const window = Number.isFinite(earliest) ? sql` and at > ${earliest}::float8` : sql``
  return sql`${until} and type = any(${types}::text[])${window}`
}
