import { type Comparison, type Criteria, eventNeedOf, numberTest, OPPOSITE } from '@campaignkit/core/adapter'
import { type Fragment, sql } from '../sql.js'
import { type EventCountScope, eventsOfRow } from './event-counts.js'

type EventsCriteria = Extract<Criteria, { type: 'events' }>

/** Criteria without the conjuncts that ask only whether there is an event, and those as conditions. */
export interface SplitPresence {
  readonly criteria: Criteria
  readonly conditions: readonly Fragment[]
}

/** By its comparison, the count from which on the answer is the same for all. */
const PRESENCE: Readonly<Record<Comparison, number>> = { '=': 0, '!=': 0, '<': 1, '<=': 0, '>': 0, '>=': 1 }

/** The database weighs the orders of its joins in a time that grows much faster than their number. */
const MOST_JOINED = 12

/** Takes out of the conjuncts at the root those that need no count, as far as the database joins by them in its best way. */
export function splitPresence(criteria: Criteria, scope: EventCountScope): SplitPresence {
  const conditions: Fragment[] = []
  const rest = conjunctsOf(criteria).filter((conjunct) => {
    if (conditions.length === MOST_JOINED) return true
    const condition = presenceOf(conjunct, true, scope)
    if (condition !== null) conditions.push(condition)
    return condition === null
  })
  return { criteria: { type: 'all', of: rest }, conditions }
}

/** That there is an event at all, for conjuncts whose count must not be 0: so a page is not sought among all others. */
export function eventsAtAll(criteria: Criteria, scope: EventCountScope): readonly Fragment[] {
  const needed = conjunctsOf(criteria).flatMap((node) => {
    if (node.type !== 'events' || numberTest(node.op, node.count)(0)) return []
    return [existence(node, scope)]
  })
  return needed.slice(0, MOST_JOINED)
}

/** What must all hold. */
export function conjunctsOf(criteria: Criteria): readonly Criteria[] {
  return criteria.type === 'all' ? criteria.of.flatMap(conjunctsOf) : [criteria]
}

function presenceOf(node: Criteria, wanted: boolean, scope: EventCountScope): Fragment | null {
  if (node.type === 'not') return presenceOf(node.of, !wanted, scope)
  if (node.type !== 'events') return null
  const op = wanted ? node.op : OPPOSITE[node.op]
  if (node.count !== PRESENCE[op]) return null
  return numberTest(op, node.count)(0) ? sql`not ${existence(node, scope)}` : existence(node, scope)
}

function existence(node: EventsCriteria, scope: EventCountScope): Fragment {
  return sql`exists (select ${eventsOfRow([eventNeedOf(node, scope.asOf)], scope)})`
}
