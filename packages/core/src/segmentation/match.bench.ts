import { Query } from 'mingo'
import type { CustomerId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import { type Customer, mergeCustomer } from '../model/customer.js'
import { all, any, anyTag, attribute, inactiveFor, minOrders, noTags, not, spentAtLeast } from './builders.js'
import { compileCriteria } from './matcher.js'

const NOW = 1_772_323_200_000
const TAGS = ['late-night', 'lunch', 'pasta-lover', 'pizza-lover', 'vegan', 'vip']
const CITIES = ['Bari', 'Milano', 'Napoli', 'Roma']
const CUSTOMERS = 10_000

function customerOf(index: number): Customer {
  const seed = (index * 2_654_435_761) >>> 0
  return mergeCustomer(null, {
    id: `c-${index}` as CustomerId,
    addresses: { email: `c-${index}@example.com` },
    tags: TAGS.filter((_tag, bit) => (seed >>> bit) & 1),
    facts: {
      lastOrderAt: seed % 7 === 0 ? undefined : NOW - (seed % 400) * DAY_MS,
      orderCount: seed % 13,
      totalSpentMinor: seed % 20_000,
    },
    attributes: { city: CITIES[seed % 4] ?? 'Roma' },
  })
}

const criteria = all(
  anyTag('pizza-lover', 'pasta-lover'),
  noTags('vegan'),
  inactiveFor({ days: 90 }),
  any(minOrders(5), spentAtLeast(10_000)),
  not(attribute('city', '=', 'Bari')),
)

const query = {
  tags: { $in: ['pizza-lover', 'pasta-lover'], $nin: ['vegan'] },
  'facts.lastOrderAt': { $lt: NOW - 90 * DAY_MS },
  $or: [{ 'facts.orderCount': { $gte: 5 } }, { 'facts.totalSpentMinor': { $gte: 10_000 } }],
  'attributes.city': { $ne: 'Bari' },
}

/** @returns how many were looked at */
function lookAtAll<Row>(rows: readonly Row[], times: number, matches: (row: Row) => boolean): number {
  let matched = 0
  for (let time = 0; time < times; time += 1) for (const row of rows) if (matches(row)) matched += 1
  if (matched === 0 || matched === times * rows.length) throw new Error('the rule divides nobody')
  return times * rows.length
}

export const matchBench = {
  stage: 'match a rule of six leaves',
  unit: 'customer',
  bareName: 'mingo',
  goal: { timesBare: 5, perSecond: 5_000_000 },
  prepare() {
    const customers = Array.from({ length: CUSTOMERS }, (_, index) => customerOf(index))
    const matches = compileCriteria(criteria, { now: NOW })
    const rows: Record<string, unknown>[] = customers.map((customer) => ({ ...customer }))
    const bare = new Query(query)
    return {
      ours: () => () => lookAtAll(customers, 40, (customer) => matches(customer)),
      bare: () => () => lookAtAll(rows, 4, (row) => bare.test(row)),
    }
  },
}
