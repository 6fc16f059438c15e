import { asId } from '../as-id.js'
import { sampleEvent, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { foldCounters } from './counter-fold.js'
import { expectEqual, expectSame } from './expectations.js'
import { OTHER_CAMPAIGN, variedEvents } from './varied-events.js'

const eventCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`events: ${name}`, [], run)
const CAMPAIGN = sampleRun().campaignId

/** What the counts of an EventStore mean. */
export const counterCases: readonly StorageCase[] = [
  eventCase('counters are the fold of the events, however they were batched', async ({ storage, ours }) => {
    const events = variedEvents(400)
    for (let from = 0; from < events.length; from += 37) {
      await storage.events.append(ours, [
        ...events.slice(from, from + 37),
        ...events.slice(Math.max(0, from - 5), from),
      ])
    }
    expectSame(await storage.events.counters(ours, CAMPAIGN), foldCounters(events, CAMPAIGN), 'counters')
    const other = foldCounters(events, OTHER_CAMPAIGN.campaignId)
    expectSame(
      await storage.events.counters(ours, OTHER_CAMPAIGN.campaignId),
      other,
      'counters of the other campaign',
    )
    for (const runId of [sampleRun({ id: 'run-0' }).id, sampleRun({ id: 'run-1' }).id]) {
      const expected = foldCounters(events, CAMPAIGN).filter((counter) => counter.runId === runId)
      expectSame(await storage.events.counters(ours, CAMPAIGN, runId), expected, `counters of ${runId}`)
    }
    expectEqual(await storage.events.counters(ours, asId('campaign-3')), [], 'counters of no campaign')
  }),
  eventCase('counters are the fold of the events, whoever appended at once', async ({ storage, ours }) => {
    const events = variedEvents(200)
    const rivals = [events, events.toReversed(), events.slice(50, 150)]
    await Promise.all(
      rivals
        .flatMap((each) => [each.slice(0, 100), each.slice(100)])
        .map((batch) => storage.events.append(ours, batch)),
    )
    expectSame(await storage.events.counters(ours, CAMPAIGN), foldCounters(events, CAMPAIGN), 'counters')
  }),
  eventCase('a member counts once in a cell, and as human once any event is', async ({ storage, ours }) => {
    const click = (key: string, machine: boolean) => sampleEvent({ key, machine })
    for (const event of [click('a', true), click('b', true)]) await storage.events.append(ours, [event])
    const [scanned] = await storage.events.counters(ours, CAMPAIGN)
    expectEqual(
      [scanned?.total, scanned?.machine, scanned?.members, scanned?.humanMembers],
      [2, 2, 1, 0],
      'before',
    )
    for (const event of [click('c', false), click('d', false)]) await storage.events.append(ours, [event])
    const [seen] = await storage.events.counters(ours, CAMPAIGN)
    expectEqual([seen?.total, seen?.machine, seen?.members, seen?.humanMembers], [4, 2, 1, 1], 'after')
  }),
]
