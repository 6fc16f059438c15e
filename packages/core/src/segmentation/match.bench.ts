import { Query } from 'mingo'
import { bench, describe } from 'vitest'
import type { CustomerId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import { type Customer, mergeCustomer } from '../model/customer.js'
import { all, any, anyTag, attribute, inactiveFor, minOrders, noTags, not, spentAtLeast } from './builders.js'
import { compileCriteria } from './matcher.js'

const NOW = 1_772_323_200_000
const TAGS = ['late-night', 'lunch', 'pasta-lover', 'pizza-lover', 'vegan', 'vip']
const CITIES = ['Bari', 'Milano', 'Napoli', 'Roma']

const customers = Array.from({ length: 10_000 }, (_, index): Customer => {
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
})

const criteria = all(
  anyTag('pizza-lover', 'pasta-lover'),
  noTags('vegan'),
  inactiveFor({ days: 90 }),
  any(minOrders(5), spentAtLeast(10_000)),
  not(attribute('city', '=', 'Bari')),
)

const rows: Record<string, unknown>[] = customers.map((customer) => ({ ...customer }))

const matches = compileCriteria(criteria, { now: NOW })
const query = new Query({
  tags: { $in: ['pizza-lover', 'pasta-lover'], $nin: ['vegan'] },
  'facts.lastOrderAt': { $lt: NOW - 90 * DAY_MS },
  $or: [{ 'facts.orderCount': { $gte: 5 } }, { 'facts.totalSpentMinor': { $gte: 10_000 } }],
  'attributes.city': { $ne: 'Bari' },
})

const tally = { matched: 0 }

describe('Six leaves over 10,000 customers', () => {
  bench('compiled criteria', () => {
    for (const customer of customers) if (matches(customer)) tally.matched += 1
  })

  bench('mingo', () => {
    for (const row of rows) if (query.test(row)) tally.matched += 1
  })
})
