import { DAY_MS, type Instant } from '../base/time.js'
import type { Criteria } from '../model/criteria.js'

/** A count of events that criteria ask for. */
export interface EventNeed {
  /** Names the count among those that a matcher is given. */
  readonly key: string
  readonly type: string
  /** Events later than this count, up to and including now; null for all of them. */
  readonly since: Instant | null
}

type EventsCriteria = Extract<Criteria, { type: 'events' }>

/** The count that one node asks for. An event exactly `withinDays` before now still counts. */
export function eventNeedOf(node: EventsCriteria, now: Instant): EventNeed {
  const { event: type, withinDays } = node
  if (withinDays === undefined) return { key: `${type}:ever`, type, since: null }
  // Counts leave out their lower bound, and instants are whole: the last one that is too old is the bound.
  const since = Math.ceil(now - withinDays * DAY_MS) - 1
  return { key: `${type}:${since}`, type, since }
}

/**
 * Which counts of events a matcher needs for each customer; each once, in order of appearance.
 *
 * @param criteria - without named segments; those are resolved first
 */
export function eventNeeds(criteria: Criteria, now: Instant): readonly EventNeed[] {
  const needs = new Map<string, EventNeed>()
  collect(criteria, now, needs)
  return [...needs.values()]
}

function collect(node: Criteria, now: Instant, needs: Map<string, EventNeed>): void {
  if (node.type === 'events') {
    const need = eventNeedOf(node, now)
    if (!needs.has(need.key)) needs.set(need.key, need)
  }
  if (node.type === 'not') collect(node.of, now, needs)
  if (node.type === 'all' || node.type === 'any') for (const part of node.of) collect(part, now, needs)
}
