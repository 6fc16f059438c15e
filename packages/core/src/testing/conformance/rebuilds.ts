import { asId } from '../as-id.js'
import { sampleEvent, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { foldCounters } from './counter-fold.js'
import { expectEqual, expectSame } from './expectations.js'
import { OTHER_CAMPAIGN, variedEvents } from './varied-events.js'

const rebuildCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`events.rebuild: ${name}`, [], run)
const CAMPAIGN = sampleRun().campaignId

/** What counting anew means. */
export const rebuildCases: readonly StorageCase[] = [
  rebuildCase('comes to the counts that were kept as the events came', async ({ storage, ours }) => {
    const { events } = storage
    await events.append(ours, variedEvents(150))
    await events.append(ours, variedEvents(150))
    // whoever is erased and comes back is another member, before and after
    await events.forget(ours, [asId('customer-1')])
    await events.append(ours, variedEvents(200))
    for (const campaignId of [CAMPAIGN, OTHER_CAMPAIGN.campaignId]) {
      const kept = await events.counters(ours, campaignId)
      expectEqual(await events.rebuild(ours, campaignId), { outcome: 'rebuilt' }, 'the outcome')
      expectSame(await events.counters(ours, campaignId), kept, 'counters')
    }
    expectEqual(await events.rebuild(ours, asId('campaign-3')), { outcome: 'rebuilt' }, 'of no events')
  }),
  rebuildCase('knows who has been counted, and counts on', async ({ storage, ours }) => {
    const all = variedEvents(300)
    await storage.events.append(ours, all.slice(0, 150))
    await storage.events.rebuild(ours, CAMPAIGN)
    await storage.events.append(ours, all.slice(100, 220))
    await storage.events.rebuild(ours, CAMPAIGN)
    await storage.events.append(ours, all.slice(200))
    expectSame(await storage.events.counters(ours, CAMPAIGN), foldCounters(all, CAMPAIGN), 'counters')
  }),
  rebuildCase('counts each event once that comes in the meantime', async ({ storage, ours }) => {
    const all = variedEvents(200)
    await Promise.all([
      storage.events.append(ours, all.slice(0, 90)),
      storage.events.rebuild(ours, CAMPAIGN),
      storage.events.append(ours, all.slice(80, 150)),
      storage.events.forget(ours, [asId('customer-9')]),
      storage.events.rebuild(ours, CAMPAIGN),
      storage.events.append(ours, all.slice(150)),
    ])
    expectSame(await storage.events.counters(ours, CAMPAIGN), foldCounters(all, CAMPAIGN), 'counters')
  }),
  rebuildCase('another tenant with equal ids is untouched', async ({ storage, ours, theirs }) => {
    await storage.events.append(ours, variedEvents(40))
    await storage.events.append(theirs, [sampleEvent({ key: 'theirs' })])
    const [before, untouched] = [
      await storage.events.counters(ours, CAMPAIGN),
      await storage.events.counters(theirs, CAMPAIGN),
    ]
    await storage.events.rebuild(ours, CAMPAIGN)
    expectSame(await storage.events.counters(ours, CAMPAIGN), before, 'our counters')
    expectEqual(await storage.events.counters(theirs, CAMPAIGN), untouched, 'theirs')
  }),
]
