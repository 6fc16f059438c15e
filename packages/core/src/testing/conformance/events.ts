import { byCodePoints } from '../../base/by-code-points.js'
import type { CustomerId } from '../../base/ids.js'
import type { ChannelKind } from '../../model/channel-kind.js'
import type { Attribution, CampaignEvent } from '../../model/event.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleAttribution, sampleDelivery, sampleEvent, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { foldCounters } from './counter-fold.js'
import {
  allPages,
  expectCount,
  expectEqual,
  expectFailure,
  expectPages,
  expectPresent,
  expectSame,
  expectThat,
  tamperWith,
  unreadable,
} from './expectations.js'
import { seedDeliveries, UNRULY_IDS } from './seeds.js'
import { OTHER_CAMPAIGN, variedEvents } from './varied-events.js'

const eventCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`events: ${name}`, [], run)
const CAMPAIGN = sampleRun().campaignId
const keysOf = (events: readonly CampaignEvent[]) => events.map(({ key }) => key)

const appendCases: readonly StorageCase[] = [
  eventCase(
    'append gives back what was new, in order, and leaves repetitions out',
    async ({ storage, ours }) => {
      const [a, b, c] = expectCount(
        ['a', 'b', 'c'].map((key) => sampleEvent({ key })),
        3,
        'events',
      )
      expectEqual(await storage.events.append(ours, [b, a, b]), [b, a], 'new events')
      expectEqual(
        await storage.events.append(ours, [a, c, { ...b, type: 'opened' }]),
        [c],
        'new events of a second call',
      )
      expectEqual(await storage.events.append(ours, []), [], 'new events of none')
      expectSame(await allPages((page) => storage.events.list(ours, CAMPAIGN, {}, page)), [a, b, c], 'events')
      expectSame(await storage.events.counters(ours, CAMPAIGN), foldCounters([a, b, c], CAMPAIGN), 'counters')
    },
  ),
  eventCase(
    'of many who append one event at once exactly one is told that it was new',
    async ({ storage, ours }) => {
      const calls = Array.from({ length: 20 }, () => storage.events.append(ours, [sampleEvent()]))
      expectEqual((await Promise.all(calls)).flat().length, 1, 'new events')
      expectSame(
        await storage.events.counters(ours, CAMPAIGN),
        foldCounters([sampleEvent()], CAMPAIGN),
        'counters',
      )
    },
  ),
  eventCase(
    'append keeps where each event counts, of many that are nearly alike',
    async ({ storage, ours }) => {
      const place = sampleAttribution({ segments: ['VIP'] })
      // of every field, so that none is forgotten where places are compared
      const changed: Readonly<Record<keyof Attribution, Attribution>> = {
        campaignId: sampleAttribution({ ...place, campaignId: 'campaign-2' }),
        runId: sampleAttribution({ ...place, runId: 'run-2' }),
        arm: { ...place, arm: 'another' },
        channel: { ...place, channel: null },
        segments: { ...place, segments: ['Lapsed'] },
      }
      const others = [
        [{ ...place, segments: ['VIP'] }],
        ...Object.values(changed).map((other) => [other]),
        [{ ...place, segments: [] }],
        [{ ...place, segments: ['VIP', 'Lapsed'] }],
        [place, OTHER_CAMPAIGN],
        [OTHER_CAMPAIGN, place],
        [],
      ]
      const places = others.flatMap((other) => [[place], other])
      const events = places.map((attributions, at) =>
        sampleEvent({ key: `event-${at + 10}`, customerId: asId('customer-9'), attributions }),
      )
      await storage.events.append(ours, events)
      const kept = await storage.events.ofCustomer(ours, asId('customer-9'))
      expectSame(
        kept.map(({ key, attributions }) => ({ key, attributions })),
        events.map(({ key, attributions }) => ({ key, attributions })),
        'attributions',
      )
    },
  ),
  eventCase('append is all or none', async ({ storage, ours }) => {
    await expectFailure(() =>
      storage.events.append(ours, [sampleEvent(), unreadable(sampleEvent({ key: 'event-2' }))]),
    )
    expectEqual(await allPages((page) => storage.events.list(ours, CAMPAIGN, {}, page)), [], 'events')
    expectEqual(await storage.events.counters(ours, CAMPAIGN), [], 'counters')
    expectEqual(
      keysOf(await storage.events.append(ours, [sampleEvent()])),
      ['event-1'],
      'new events of a new try',
    )
  }),
]

const readCases: readonly StorageCase[] = [
  eventCase('known names the keys under which there are events, each once', async ({ storage, ours }) => {
    await storage.events.append(ours, [
      sampleEvent({ key: 'a' }),
      sampleEvent({ key: 'b', attributions: [] }),
    ])
    const known = await storage.events.known(ours, ['b', 'c', 'a', 'b'])
    expectSame(known, ['a', 'b'], 'known keys')
    expectEqual(await storage.events.known(ours, []), [], 'known keys of none')
    await storage.events.forget(ours, [sampleEvent().customerId ?? asId('nobody')])
    expectSame(await storage.events.known(ours, ['a']), ['a'], 'known keys of the erased')
  }),
  eventCase('list goes oldest first, then by key, to the very end', async ({ storage, ours }) => {
    const events = UNRULY_IDS.map((key, at) => sampleEvent({ key, at: SAMPLE_NOW - (at % 4) }))
    const foreign = sampleEvent({ key: 'foreign', attributions: [OTHER_CAMPAIGN] })
    await storage.events.append(ours, [...events, foreign, sampleEvent({ key: 'nowhere', attributions: [] })])
    const expected = events.toSorted((left, right) => left.at - right.at || byCodePoints(left.key, right.key))
    await expectPages((page) => storage.events.list(ours, CAMPAIGN, {}, page), expected, 'events')
  }),
  eventCase('list goes through thousands in stable order', async ({ storage, ours }) => {
    const events = variedEvents(3_000)
    await storage.events.append(ours, events)
    const expected = events.toSorted((left, right) => left.at - right.at || byCodePoints(left.key, right.key))
    const seen = await allPages((page) => storage.events.list(ours, CAMPAIGN, {}, page), 999)
    expectEqual(keysOf(seen), keysOf(expected), 'keys')
  }),
  eventCase('list gives the types and the delivery that it is asked for', async ({ storage, ours }) => {
    const click = sampleEvent({ key: 'a', deliveryId: 'delivery-1' })
    const open = sampleEvent({ key: 'b', type: 'opened', deliveryId: 'delivery-1' })
    const bounce = sampleEvent({ key: 'c', type: 'bounced', deliveryId: 'delivery-2' })
    await storage.events.append(ours, [click, open, bounce])
    const listed = (filter: Parameters<typeof storage.events.list>[2]) =>
      allPages((page) => storage.events.list(ours, CAMPAIGN, filter, page), 1)
    expectEqual(await listed({ types: ['opened', 'bounced'] }), [open, bounce], 'opened and bounced')
    expectEqual(await listed({ deliveryId: asId('delivery-1') }), [click, open], 'of a delivery')
    expectEqual(
      await listed({ deliveryId: asId('delivery-1'), types: ['opened'] }),
      [open],
      'opened of a delivery',
    )
    expectEqual(await listed({ types: ['replied'] }), [], 'replied')
  }),
  eventCase('an event of two places of one campaign is listed once', async ({ storage, ours }) => {
    const event = sampleEvent({ attributions: [sampleAttribution(), sampleAttribution({ runId: 'run-2' })] })
    await storage.events.append(ours, [event])
    await expectPages((page) => storage.events.list(ours, CAMPAIGN, {}, page), [event], 'events')
  }),
  eventCase('ofCustomer gives the events of the customer, oldest first', async ({ storage, ours }) => {
    const mine = [3, 1, 2].map((at) =>
      sampleEvent({ key: `e-${at}`, at, attributions: at === 1 ? [] : [OTHER_CAMPAIGN] }),
    )
    await storage.events.append(ours, [...mine, sampleEvent({ key: 'other', customerId: 'other' })])
    expectEqual(
      keysOf(await storage.events.ofCustomer(ours, asId('customer-1'))),
      ['e-1', 'e-2', 'e-3'],
      'events',
    )
    expectEqual(await storage.events.ofCustomer(ours, asId('nobody')), [], 'events of nobody')
  }),
  eventCase('ofCustomer gives the latest thousand', async ({ storage, ours }) => {
    const events = Array.from({ length: 1_003 }, (_, at) =>
      sampleEvent({ key: `e-${at}`, at: SAMPLE_NOW + at }),
    )
    await storage.events.append(ours, events.toReversed())
    expectEqual(await storage.events.ofCustomer(ours, asId('customer-1')), events.slice(3), 'events')
  }),
  eventCase(
    'countByCustomer counts a type within an interval that is open at its start',
    async ({ storage, ours }) => {
      const event = (key: string, at: number, customerId = 'a', type = 'clicked') =>
        sampleEvent({ key, at, customerId, type })
      await storage.events.append(ours, [
        event('1', 10),
        event('2', 11),
        event('3', 20),
        event('4', 21),
        event('5', 15, 'b'),
        event('6', 15, 'c'),
        event('7', 15, 'a', 'opened'),
        event('8', 10, 'd'),
      ])
      const counted = async (since: number | null, until: number, ...texts: string[]) => {
        const customerIds = texts.map((text): CustomerId => asId(text))
        return [
          ...(await storage.events.countByCustomer(ours, { type: 'clicked', since, until, customerIds })),
        ]
      }
      expectSame(
        await counted(10, 20, 'a', 'b', 'd', 'nobody'),
        [
          ['a', 2],
          ['b', 1],
        ],
        'within (10, 20]',
      )
      expectSame(
        await counted(null, 20, 'a', 'd'),
        [
          ['a', 3],
          ['d', 1],
        ],
        'until 20',
      )
      expectSame(await counted(21, 30, 'a'), [], 'within (21, 30]')
      expectSame(await counted(null, 30), [], 'of nobody')
    },
  ),
  eventCase(
    'lastByChannel tells when customers last did something on a channel, machines apart',
    async ({ storage, ours }) => {
      const on = (channel: ChannelKind | null) => [{ ...sampleAttribution(), channel }]
      const event = (key: string, at: number, more: Partial<CampaignEvent> = {}) =>
        sampleEvent({ key, at, customerId: 'a', type: 'opened', attributions: on('email'), ...more })
      await storage.events.append(ours, [
        event('1', 10),
        event('2', 30, { type: 'clicked' }),
        event('3', 20),
        event('4', 40, { machine: true }),
        event('5', 50, { type: 'delivered' }),
        event('6', 5, { attributions: on('sms') }),
        event('7', 60, { attributions: on(null) }),
        event('8', 15, { customerId: asId<CustomerId>('b') }),
        event('9', 15, { customerId: asId<CustomerId>('c') }),
      ])
      const last = async (types: string[], ...texts: string[]) =>
        [
          ...(await storage.events.lastByChannel(ours, {
            types,
            customerIds: texts.map((text): CustomerId => asId(text)),
          })),
        ].map(([id, channels]) => [id, channels.email ?? null, channels.sms ?? null])
      const both = ['opened', 'clicked']
      expectSame(
        await last(both, 'a', 'b', 'nobody'),
        [
          ['a', 30, 5],
          ['b', 15, null],
        ],
        'of two types',
      )
      expectSame(await last(['clicked'], 'a', 'b'), [['a', 30, null]], 'of one type')
      expectSame(await last([], 'a'), [], 'of no type')
      expectSame(await last(both), [], 'of nobody')
    },
  ),
  eventCase('changing what was given out changes nothing that is kept', async ({ storage, ours }) => {
    const expected: readonly CampaignEvent[] = JSON.parse(JSON.stringify([sampleEvent()]))
    tamperWith(await storage.events.append(ours, [sampleEvent()]))
    tamperWith(await storage.events.list(ours, CAMPAIGN, {}, { cursor: null, limit: 1 }))
    tamperWith(await storage.events.ofCustomer(ours, asId('customer-1')))
    tamperWith(await storage.events.counters(ours, CAMPAIGN))
    expectEqual(await storage.events.ofCustomer(ours, asId('customer-1')), expected, 'the event')
    expectSame(await storage.events.counters(ours, CAMPAIGN), foldCounters(expected, CAMPAIGN), 'counters')
  }),
]

const forgetCases: readonly StorageCase[] = [
  eventCase(
    'forget takes the customer out of the events and leaves the counts',
    async ({ storage, ours }) => {
      const events = [
        sampleEvent({ key: 'a' }),
        sampleEvent({
          key: 'b',
          reason: '<ada@example.com> unknown',
          url: 'https://pizza.example/?for=Ada',
          interaction: { agent: 'Ada-Mail/1.0', machineHint: false, rule: 'rule-1' },
        }),
        sampleEvent({ key: 'c', customerId: 'other', reason: 'mailbox full', url: 'https://pizza.example' }),
      ]
      await storage.events.append(ours, events)
      await storage.events.forget(ours, [asId('customer-1'), asId('nobody')])
      await storage.events.forget(ours, [])
      expectEqual(await storage.events.ofCustomer(ours, asId('customer-1')), [], 'events of the customer')
      const customerIds = [asId<CustomerId>('customer-1'), asId<CustomerId>('other')]
      const request = { type: 'clicked', since: null, until: SAMPLE_NOW, customerIds }
      expectEqual(
        [...(await storage.events.countByCustomer(ours, request))],
        [['other', 1]],
        'counts by customer',
      )
      const listed = await allPages((page) => storage.events.list(ours, CAMPAIGN, {}, page))
      expectEqual(
        listed.map(({ customerId, reason, url }) => [customerId, reason, url]),
        [
          [null, null, null],
          [null, null, null],
          ['other', 'mailbox full', 'https://pizza.example'],
        ],
        'customers, reasons and urls of the events',
      )
      expectEqual(
        listed.map(({ interaction }) => interaction),
        [null, null, null],
        'interactions of the events',
      )
      expectSame(await storage.events.counters(ours, CAMPAIGN), foldCounters(events, CAMPAIGN), 'counters')
      expectEqual(await storage.events.append(ours, events), [], 'repetitions that count as new')
    },
  ),
  eventCase(
    'forgetting a customer leaves the deliveries and their events in place',
    async ({ storage, ours }) => {
      const delivery = sampleDelivery()
      const customerId = expectPresent(delivery.customerId, 'a customer')
      await seedDeliveries(storage, ours, [delivery])
      await storage.events.append(ours, [sampleEvent({ deliveryId: delivery.id, customerId })])
      await storage.events.forget(ours, [customerId])
      const filter = { deliveryId: delivery.id }
      const listed = await allPages((page) => storage.events.list(ours, CAMPAIGN, filter, page))
      expectThat(listed.length === 1, 'the event of the delivery', listed)
    },
  ),
]

/** What an EventStore means, counts and receipts apart. */
export const eventCases: readonly StorageCase[] = [...appendCases, ...readCases, ...forgetCases]
