import { byCodePoints } from '../../base/by-code-points.js'
import type { CampaignId, CustomerId } from '../../base/ids.js'
import { DAY_MS } from '../../base/time.js'
import type { Criteria } from '../../model/criteria.js'
import type { Customer } from '../../model/customer.js'
import type { Scope } from '../../model/scope.js'
import type { CustomerDirectory, MatchedPage } from '../../ports/customer-directory.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleCustomer, sampleEvent } from '../samples.js'
import { conformanceCase, type DirectoryCase, type StorageCase } from './conformance-case.js'
import { expectEqual, expectPresent, expectThat } from './expectations.js'
import { seedCustomers, UNRULY_IDS } from './seeds.js'

const MATCHING = ['matchingDirectory'] as const
const EVERYONE: Criteria = { type: 'everyone' }
const NOW = SAMPLE_NOW
const not = (of: Criteria): Criteria => ({ type: 'not', of })
const MOST_PAGES = 10_000

/** Everybody whom a rule matches, page by page to the very end; each page in order, and none too long. */
async function matchedBy(
  directory: CustomerDirectory,
  scope: Scope,
  criteria: Criteria,
  limit = 1_000,
): Promise<readonly Customer[]> {
  const seen: Customer[] = []
  let after: CustomerId | null = null
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const request = { criteria, asOf: NOW }
    const scan = expectPresent(directory.scanMatching, 'scanMatching')
    const { customers, next }: MatchedPage = await scan.call(directory, scope, request, { after, limit })
    expectThat(customers.length <= limit, `at most ${limit} customers a page`, customers.length)
    seen.push(...customers)
    if (next === null) return seen
    after = next
  }
  expectThat(false, 'a last page', MOST_PAGES)
  return seen
}

const idsOf = (customers: readonly Customer[]) => customers.map(({ id }) => id)

/** Customers who differ in what rules ask for; of `stranger` nothing is known. */
const PEOPLE: readonly Customer[] = [
  sampleCustomer({
    id: 'idle',
    tags: ['vip'],
    facts: { lastOrderAt: NOW - 200 * DAY_MS, orderCount: 1 },
    attributes: { city: 'Rome', likes: ['wine', 'pizza'], points: 10 },
  }),
  sampleCustomer({
    id: 'keen',
    tags: ['pizza-lover', 'vip'],
    facts: { lastOrderAt: NOW, lastLoginAt: NOW - DAY_MS, orderCount: 12, conversationStatus: 'open' },
    attributes: { city: 'rome', likes: 'red wine', points: '10', gold: true },
  }),
  sampleCustomer({ id: 'stranger', tags: [], facts: {}, attributes: {} }),
]

const RULES: readonly (readonly [string, Criteria, readonly string[]])[] = [
  ['any of the tags', { type: 'tags', match: 'any', tags: ['pizza-lover', 'x'] }, ['keen']],
  ['all of the tags', { type: 'tags', match: 'all', tags: ['pizza-lover', 'vip'] }, ['keen']],
  ['none of the tags', { type: 'tags', match: 'none', tags: ['pizza-lover', 'x'] }, ['idle', 'stranger']],
  ['a window with both its ends', { type: 'within', fact: 'lastOrderAt', days: 200 }, ['idle', 'keen']],
  ['outside a window', not({ type: 'within', fact: 'lastOrderAt', days: 199 }), ['idle']],
  ['the inactive', { type: 'inactive', days: 199 }, ['idle']],
  ['the active', not({ type: 'inactive', days: 199 }), ['keen']],
  ['a number', { type: 'fact', fact: 'orderCount', op: '>', value: 1 }, ['keen']],
  ['not a number', not({ type: 'fact', fact: 'orderCount', op: '>', value: 1 }), ['idle']],
  ['another status', not({ type: 'conversation', status: 'closed' }), ['keen']],
  ['what is not known', not({ type: 'known', fact: 'lastLoginAt' }), ['idle', 'stranger']],
  ['an equal text', { type: 'attribute', name: 'city', op: '=', value: 'Rome' }, ['idle']],
  ['an unequal type', { type: 'attribute', name: 'points', op: '!=', value: 10 }, ['keen']],
  ['the order of one type', { type: 'attribute', name: 'points', op: '<=', value: 10 }, ['idle']],
  ['not that order', not({ type: 'attribute', name: 'points', op: '<', value: 10 }), ['idle']],
  ['one of several', { type: 'attribute', name: 'points', op: 'in', value: [1, '10'] }, ['keen']],
  ['none of several', not({ type: 'attribute', name: 'points', op: 'in', value: [1, '10'] }), ['idle']],
  [
    'a part of a text, a text of a list',
    { type: 'attribute', name: 'likes', op: 'contains', value: 'wine' },
    ['idle', 'keen'],
  ],
  ['no part', not({ type: 'attribute', name: 'likes', op: 'contains', value: 'red' }), ['idle']],
  ['what is not there', not({ type: 'attribute', name: 'gold', op: 'exists' }), ['idle', 'stranger']],
  [
    'all of several rules',
    {
      type: 'all',
      of: [not({ type: 'inactive', days: 300 }), { type: 'tags', match: 'any', tags: ['vip'] }],
    },
    ['idle', 'keen'],
  ],
  [
    'an unknown beside a truth',
    {
      type: 'any',
      of: [
        { type: 'known', fact: 'lastLoginAt' },
        { type: 'inactive', days: 1 },
      ],
    },
    ['idle', 'keen'],
  ],
  [
    'not both',
    not({
      type: 'all',
      of: [
        { type: 'tags', match: 'any', tags: ['vip'] },
        { type: 'inactive', days: 1 },
      ],
    }),
    ['keen', 'stranger'],
  ],
]

/** What `scanMatching` means, where the customers alone are asked. */
export const matchingCases: readonly DirectoryCase[] = [
  conformanceCase(
    'customers.scanMatching: goes in the order of code points to the very end, whatever the page',
    MATCHING,
    async (subject) => {
      const { directory, ours } = subject
      const customers = UNRULY_IDS.map((id, at) =>
        sampleCustomer({ id, tags: at % 3 === 0 ? [] : ['vip'] }),
      ).toReversed()
      await seedCustomers(subject, directory, ours, customers)
      const sorted = customers.sort((left, right) => byCodePoints(left.id, right.id))
      for (const limit of [1, 2, 3, UNRULY_IDS.length, 10_000]) {
        const all = await matchedBy(directory, ours, EVERYONE, limit)
        expectEqual(all, sorted, `customers, ${limit} a page`)
        const vip: Criteria = { type: 'tags', match: 'any', tags: ['vip'] }
        const expected = sorted.filter(({ tags }) => tags.includes('vip'))
        expectEqual(
          await matchedBy(directory, ours, vip, limit),
          expected,
          `those who match, ${limit} a page`,
        )
      }
    },
  ),
  ...RULES.map(([what, criteria, expected]) =>
    conformanceCase(
      `customers.scanMatching: ${what}, as compileCriteria has it`,
      MATCHING,
      async (subject: Parameters<DirectoryCase['run']>[0]) => {
        const { directory, ours, theirs } = subject
        await seedCustomers(subject, directory, ours, PEOPLE)
        expectEqual(idsOf(await matchedBy(directory, ours, criteria)), expected, 'ids of those who match')
        expectEqual(await matchedBy(directory, theirs, criteria), [], 'those of the other tenant')
      },
    ),
  ),
]

const clicks = (op: '>=' | '<', count: number, withinDays?: number): Criteria => ({
  type: 'events',
  event: 'clicked',
  op,
  count,
  ...(withinDays === undefined ? {} : { withinDays }),
})

const EVENT_RULES: readonly (readonly [Criteria, readonly string[]])[] = [
  [clicks('>=', 2), ['idle', 'keen']],
  [clicks('>=', 2, 7), ['keen']],
  [clicks('<', 2, 7), ['idle', 'stranger']],
  [not(clicks('<', 2, 7)), ['keen']],
  [
    { type: 'any', of: [clicks('>=', 2, 7), { type: 'fact', fact: 'orderCount', op: '=', value: 1 }] },
    ['idle', 'keen'],
  ],
  [{ type: 'all', of: [clicks('>=', 1), not(clicks('>=', 2, 7))] }, ['idle']],
]

/** What `scanMatching` means, where events are counted. */
export const eventMatchingCases: readonly StorageCase[] = [
  conformanceCase(
    'customers.scanMatching: events count in their window, in one campaign or several',
    MATCHING,
    async (subject) => {
      const { storage, ours, theirs } = subject
      const days: readonly (readonly [string, number])[] = [
        ['idle', 7.5],
        ['idle', 8],
        ['keen', 0],
        ['keen', 7],
        ['keen', -1],
        ['stranger', -1],
      ]
      for (const scope of [ours, theirs]) await seedCustomers(subject, storage.customers, scope, PEOPLE)
      const events = days.map(([customerId, back]) =>
        sampleEvent({ key: `${customerId} ${back}`, customerId, at: NOW - back * DAY_MS }),
      )
      const [attribution] = sampleEvent().attributions
      const twice = {
        ...expectPresent(attribution, 'an attribution'),
        campaignId: asId<CampaignId>('campaign-2'),
      }
      await storage.events.append(
        ours,
        events.map((event) => ({ ...event, attributions: [...event.attributions, twice] })),
      )
      await storage.events.append(theirs, [
        sampleEvent({ key: 'theirs', customerId: 'idle', at: NOW }),
        sampleEvent({ key: 'their other', customerId: 'idle', at: NOW, type: 'opened' }),
      ])
      for (const [criteria, expected] of EVENT_RULES) {
        const matched = await matchedBy(storage.customers, ours, criteria)
        expectEqual(idsOf(matched), expected, `those who match ${JSON.stringify(criteria)}`)
        const paged = await matchedBy(storage.customers, ours, criteria, 1)
        expectEqual(idsOf(paged), expected, `those who match ${JSON.stringify(criteria)}, one by one`)
      }
      const theirMatched = await matchedBy(storage.customers, theirs, clicks('>=', 1))
      expectEqual(idsOf(theirMatched), ['idle'], 'those who match of the other tenant')
    },
  ),
]
