import {
  all,
  allTags,
  any,
  anyTag,
  attribute,
  type Criteria,
  eventCount,
  inactiveFor,
  noTags,
  not,
  orderedWithin,
  segment,
  tag,
} from '../../../packages/core/src/index.js'
import { NOW } from './skewed-customers.js'

/** A rule, and the statement that a person would write for it, with what `:names` stand for. */
export interface SegmentRule {
  readonly name: string
  readonly criteria: Criteria
  readonly byHand: string
  readonly values: Readonly<Record<string, number>>
}

export const SEGMENTS: Readonly<Record<string, Criteria>> = {
  Wine: all(tag('wine'), not(tag('vip'))),
  'Lapsed wine': all(segment('Wine'), inactiveFor({ days: 90 })),
}

const DAY = 86_400_000
const ago = (days: number) => NOW - days * DAY
const OF_TENANT = 'from campaignkit.customers as c where c.tenant = :tenant'
const LATEST = 'c.latest_activity_at'
const EVENTS = `from campaignkit.events where tenant = :tenant and part = 0 and type = 'clicked' and at <= :now and at > :since`

const counting = (condition: string) => `select count(*) ${OF_TENANT} and ${condition}`

export const RULES: readonly SegmentRule[] = [
  {
    name: 'any of two tags',
    criteria: anyTag('vip', 'wine'),
    byHand: counting(`c.tags && '{vip,wine}'`),
    values: {},
  },
  {
    name: 'all of two tags',
    criteria: allTags('pizza-lover', 'vip'),
    byHand: counting(`c.tags @> '{pizza-lover,vip}'`),
    values: {},
  },
  {
    name: 'none of two tags',
    criteria: noTags('newsletter', 'vip'),
    byHand: counting(`not c.tags && '{newsletter,vip}'`),
    values: {},
  },
  {
    name: 'inactive for 180 days',
    criteria: inactiveFor({ days: 180 }),
    byHand: counting(`${LATEST} < :from`),
    values: { from: ago(180) },
  },
  {
    name: 'two clicks within 30 days',
    criteria: eventCount('clicked', '>=', 2, { withinDays: 30 }),
    byHand: counting(`c.id in (select customer_id ${EVENTS} group by customer_id having count(*) >= 2)`),
    values: { now: NOW, since: ago(30) - 1 },
  },
  {
    name: 'not ordered within 30 days, absent for 40 %',
    criteria: not(orderedWithin({ days: 30 })),
    byHand: counting('(c.last_order_at < :from or c.last_order_at > :now)'),
    values: { from: ago(30), now: NOW },
  },
  {
    name: 'an attribute that contains',
    criteria: attribute('likes', 'contains', 'food 40'),
    byHand: counting(`(c.attributes @> '{"likes": ["food 40"]}'
      or (jsonb_typeof(c.attributes -> 'likes') = 'string' and c.attributes ->> 'likes' like '%food 40%'))`),
    values: {},
  },
  {
    name: 'a named segment within another',
    criteria: segment('Lapsed wine'),
    byHand: counting(`c.tags && '{wine}' and not c.tags && '{vip}' and ${LATEST} < :from`),
    values: { from: ago(90) },
  },
  {
    name: 'fewer than one click within 90 days, and a tag',
    criteria: all(tag('pizza-lover'), eventCount('clicked', '<', 1, { withinDays: 90 })),
    byHand: counting(`c.tags && '{pizza-lover}' and not exists (select ${EVENTS} and customer_id = c.id)`),
    values: { now: NOW, since: ago(90) - 1 },
  },
  {
    name: 'and, or and not mixed',
    criteria: all(
      any(tag('vip'), attribute('city', '=', 'city 7'), not(inactiveFor({ days: 30 }))),
      not(all(tag('newsletter'), orderedWithin({ days: 60 }))),
    ),
    byHand: counting(`(c.tags && '{vip}' or c.attributes @> '{"city": "city 7"}' or ${LATEST} >= :active)
      and (not c.tags && '{newsletter}' or c.last_order_at < :from or c.last_order_at > :now)`),
    values: { active: ago(30), from: ago(60), now: NOW },
  },
]
