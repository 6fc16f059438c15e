import type { Scope } from '../../model/scope.js'
import type { EventFeed, FedEvent } from '../../ports/storage/event-feed.js'
import type { Storage } from '../../ports/storage/storage.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleEvent } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { expectEqual, expectPresent, expectThat } from './expectations.js'
import { LEASE_MS, OTHER_WORKER, WORKER } from './seeds.js'

const feedCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`eventFeed.${name}`, [], run)

/** Readings until an event must be there: other writers on the same server may hold it back for a while. */
const MOST_READINGS = 2_000

/** Everything behind a place, until nothing more comes. */
async function readOn(feed: EventFeed, after: string | null, limit = 1_000): Promise<readonly FedEvent[]> {
  const read: FedEvent[] = []
  for (;;) {
    const page = await feed.read({ after: read.at(-1)?.position ?? after, limit })
    expectThat(page.length <= limit, `at most ${limit} events`, page.length)
    if (page.length === 0) return read
    read.push(...page)
  }
}

/** As {@link readOn}, until so many have come. */
async function readSo(
  feed: EventFeed,
  after: string | null,
  count: number,
  limit?: number,
): Promise<readonly FedEvent[]> {
  for (let reading = 0; reading < MOST_READINGS; reading += 1) {
    const read = await readOn(feed, after, limit)
    if (read.length >= count) return read
  }
  return readOn(feed, after, limit)
}

/** Records one event of each tenant and reads up to behind them. */
async function endOf({ storage, ours, theirs }: StorageSubject): Promise<string> {
  const event = sampleEvent({ key: 'the last before the case' })
  for (const scope of [ours, theirs]) await storage.events.append(scope, [event])
  const isOurs = ({ tenant }: FedEvent) => [ours.tenant, theirs.tenant].includes(tenant)
  let read: readonly FedEvent[] = []
  for (let reading = 0; reading < MOST_READINGS && read.filter(isOurs).length < 2; reading += 1) {
    read = await readOn(storage.eventFeed, null)
  }
  return expectPresent(read.at(-1), 'the events that were recorded').position
}

const keysOf = (fed: readonly FedEvent[]) => fed.map(({ tenant, event }) => [tenant, event.key])

const append = (storage: Storage, scope: Scope, ...keys: readonly string[]) =>
  storage.events.append(
    scope,
    keys.map((key) => sampleEvent({ key })),
  )

const claimOf = (now = SAMPLE_NOW, worker = WORKER) => ({ worker, now, leaseMs: LEASE_MS })
const PROGRESS = { position: null, failures: 0, restsUntil: null, leaseUntil: null }

const readCases: readonly StorageCase[] = [
  feedCase(
    'read: gives every event of every tenant once, call by call, whatever the size of the pages',
    async (subject) => {
      const { storage, ours, theirs } = subject
      const end = await endOf(subject)
      await append(storage, ours, 'c')
      await append(storage, theirs, 'b')
      await append(storage, ours, 'a', 'c')
      const expected = [
        [ours.tenant, 'c'],
        [theirs.tenant, 'b'],
        [ours.tenant, 'a'],
      ]
      for (const limit of [1, 2, 3, 1_000]) {
        expectEqual(
          keysOf(await readSo(storage.eventFeed, end, 3, limit)),
          expected,
          `events, ${limit} a page`,
        )
      }
    },
  ),
  feedCase('read: gives those of one call by instant, then key, as they were recorded', async (subject) => {
    const { storage, ours } = subject
    const end = await endOf(subject)
    const [late, b, a] = [
      sampleEvent({ key: 'late', at: SAMPLE_NOW + 1 }),
      sampleEvent({ key: 'b', attributions: [] }),
      sampleEvent({ key: 'a' }),
    ]
    await storage.events.append(ours, [late, b, a])
    const read = await readSo(storage.eventFeed, end, 3)
    expectEqual(
      read.map(({ event }) => event),
      [a, b, late],
      'events',
    )
  }),
  feedCase('read: goes on behind a place to whatever came since', async (subject) => {
    const { storage, ours } = subject
    const end = await endOf(subject)
    expectEqual(await storage.eventFeed.read({ after: end, limit: 10 }), [], 'events behind the last')
    await append(storage, ours, 'later')
    const [later] = await readSo(storage.eventFeed, end, 1)
    expectEqual(later?.event.key, 'later', 'the event that came since')
    const { position } = expectPresent(later, 'an event')
    expectEqual(await storage.eventFeed.read({ after: position, limit: 10 }), [], 'events behind that')
  }),
  feedCase('read: gives what is left of the events of the erased', async (subject) => {
    const { storage, ours } = subject
    const end = await endOf(subject)
    const event = sampleEvent({ key: 'of one who is erased', reason: 'said', url: 'https://a.example/' })
    await storage.events.append(ours, [event])
    await storage.events.forget(ours, [expectPresent(event.customerId, 'a customer')])
    const [left] = await readSo(storage.eventFeed, end, 1)
    expectEqual(left?.event, { ...event, customerId: null, reason: null, url: null }, 'the event')
  }),
]

const holdCases: readonly StorageCase[] = [
  feedCase('claim: gives a sink to one worker at a time, with a growing fence', async ({ storage, ours }) => {
    const { eventFeed } = storage
    const sink = `sink of ${ours.tenant}`
    const first = await eventFeed.claim(sink, claimOf())
    expectEqual(first, { sink, fence: 1, position: null, failures: 0, restsUntil: null }, 'the first hold')
    expectEqual(
      await eventFeed.claim(sink, claimOf(SAMPLE_NOW + LEASE_MS - 1, OTHER_WORKER)),
      null,
      'a hold within the lease',
    )
    const again = await eventFeed.claim(sink, claimOf(SAMPLE_NOW + LEASE_MS, OTHER_WORKER))
    expectThat((again?.fence ?? 0) > 1, 'a hold with a larger fence when the lease has ended', again)
    expectThat((await eventFeed.claim(`other ${sink}`, claimOf())) !== null, 'a hold of another sink', 'none')
  }),
  feedCase('claim: of many who ask at once one is given the sink', async ({ storage, ours }) => {
    const sink = `sink of ${ours.tenant}`
    const asked = Array.from({ length: 20 }, () => storage.eventFeed.claim(sink, claimOf()))
    const held = (await Promise.all(asked)).filter((hold) => hold !== null)
    expectEqual(held.length, 1, 'holds')
  }),
  feedCase('claim: gives nobody a sink that rests', async ({ storage, ours }) => {
    const sink = `sink of ${ours.tenant}`
    const hold = expectPresent(await storage.eventFeed.claim(sink, claimOf()), 'a hold')
    const restsUntil = SAMPLE_NOW + 5
    await storage.eventFeed.note(hold, { ...PROGRESS, failures: 2, restsUntil })
    expectEqual(await storage.eventFeed.claim(sink, claimOf(restsUntil - 1)), null, 'a hold within the rest')
    const rested = await storage.eventFeed.claim(sink, claimOf(restsUntil))
    expectEqual(rested?.failures, 2, 'failures that it knows of')
  }),
  feedCase('note: is there for the next who holds the sink, and gives it back', async (subject) => {
    const { storage, ours } = subject
    const position = await endOf(subject)
    const sink = `sink of ${ours.tenant}`
    const hold = expectPresent(await storage.eventFeed.claim(sink, claimOf()), 'a hold')
    const held = await storage.eventFeed.note(hold, { ...PROGRESS, position, leaseUntil: SAMPLE_NOW + 1 })
    expectEqual(held, true, 'whether it was written')
    expectEqual(await storage.eventFeed.claim(sink, claimOf()), null, 'a hold of one who goes on')
    await storage.eventFeed.note(hold, { ...PROGRESS, position })
    const next = await storage.eventFeed.claim(sink, claimOf())
    expectEqual(next?.position, position, 'the place of the next')
  }),
  feedCase('note: of one who has lost the sink changes nothing', async (subject) => {
    const { storage, ours } = subject
    const position = await endOf(subject)
    const sink = `sink of ${ours.tenant}`
    const lost = expectPresent(await storage.eventFeed.claim(sink, claimOf()), 'a hold')
    const now = SAMPLE_NOW + LEASE_MS
    const hold = expectPresent(await storage.eventFeed.claim(sink, claimOf(now, OTHER_WORKER)), 'a hold')
    expectEqual(
      await storage.eventFeed.note(lost, { ...PROGRESS, position, failures: 7 }),
      false,
      'whether the lost hold was taken',
    )
    expectEqual(
      await storage.eventFeed.claim(sink, claimOf(now)),
      null,
      'a hold within the lease of the other',
    )
    await storage.eventFeed.note(hold, PROGRESS)
    const { failures, position: place } = await storage.eventFeed.state(sink, 1)
    expectEqual([failures, place], [0, null], 'what was written')
  }),
  feedCase('state: tells how many events wait, and since when', async (subject) => {
    const { storage, ours, theirs } = subject
    const position = await endOf(subject)
    const sink = `sink of ${ours.tenant}`
    const hold = expectPresent(await storage.eventFeed.claim(sink, claimOf()), 'a hold')
    await storage.eventFeed.note(hold, { ...PROGRESS, position, restsUntil: SAMPLE_NOW + 1, failures: 3 })
    const nothing = { position, failures: 3, restsUntil: SAMPLE_NOW + 1, waiting: 0, waitingSince: null }
    expectEqual(await storage.eventFeed.state(sink, 10), nothing, 'the state of a sink that has heard all')
    await storage.events.append(ours, [sampleEvent({ key: 'a', recordedAt: SAMPLE_NOW + 7 })])
    await append(storage, theirs, 'b', 'c')
    const behind = { ...nothing, waiting: 3, waitingSince: SAMPLE_NOW + 7 }
    expectEqual(await storage.eventFeed.state(sink, 10), behind, 'the state of one that has not')
    expectEqual(await storage.eventFeed.state(sink, 2), { ...behind, waiting: 2 }, 'counted up to two')
    const { waiting } = await storage.eventFeed.state(`new ${sink}`, 1)
    expectEqual(waiting, 1, 'events that wait for a new sink, counted up to one')
  }),
]

/** What an EventFeed means. */
export const eventFeedCases: readonly StorageCase[] = [...readCases, ...holdCases]
