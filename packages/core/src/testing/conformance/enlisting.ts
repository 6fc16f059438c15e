import { asId } from '../as-id.js'
import { sampleCustomer, sampleEvent, sampleJournalEntry } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { expectEqual, expectPresent, expectRefusal } from './expectations.js'
import { freshEntry, seedCampaign } from './seeds.js'

const EVENT = sampleEvent()

async function begin({ begin: beginHost, storage }: StorageSubject) {
  const host = await expectPresent(beginHost, 'a subject that can begin a transaction')()
  const enlist = expectPresent(storage.enlist, 'enlist')
  return { host, ...enlist(host.transaction) }
}

/** How many of the sample's event there are, as others see it. */
async function eventsOf({ storage, ours }: StorageSubject): Promise<number> {
  return (await storage.events.ofCustomer(ours, expectPresent(EVENT.customerId, 'a customer'))).length
}

/** What it means that a storage joins a transaction of the host. */
export const enlistingCases: readonly StorageCase[] = [
  conformanceCase(
    'enlist: it is null unless the storage says that it enlists',
    ['alone'],
    async ({ storage }) => {
      expectEqual(storage.enlist, null, 'enlist')
    },
  ),
  conformanceCase(
    'enlist: what an enlisted storage writes is seen by others once the host has committed',
    ['enlists'],
    async (subject) => {
      const { host, storage, committed } = await begin(subject)
      await storage.events.append(subject.ours, [EVENT])
      expectEqual(
        (await storage.events.ofCustomer(subject.ours, sampleCustomer().id)).length,
        1,
        'seen within',
      )
      await host.commit()
      expectEqual(await committed, true, 'whether it was committed')
      expectEqual(await eventsOf(subject), 1, 'events')
    },
  ),
  conformanceCase(
    'enlist: what an enlisted storage writes is gone when the host takes it back',
    ['enlists'],
    async (subject) => {
      const { host, storage, committed } = await begin(subject)
      await storage.events.append(subject.ours, [EVENT])
      await storage.journal.append(subject.ours, sampleJournalEntry())
      await host.rollback()
      expectEqual(await committed, false, 'whether it was committed')
      expectEqual(await eventsOf(subject), 0, 'events')
      const { items } = await subject.storage.journal.list(subject.ours, {}, { cursor: null, limit: 10 })
      expectEqual(items, [], 'journal entries')
    },
  ),
  conformanceCase(
    'enlist: a call that is refused leaves the transaction as it was before',
    ['enlists'],
    async (subject) => {
      const campaign = await seedCampaign(subject.storage, subject.ours)
      const { host, storage, committed } = await begin(subject)
      await storage.events.append(subject.ours, [EVENT])
      const stale = { ...campaign, version: campaign.version + 5 }
      await expectRefusal(
        storage.campaigns.update(subject.ours, stale, campaign.version + 4, freshEntry()),
        'VERSION_CONFLICT',
      )
      await expectRefusal(
        storage.campaigns.insert(subject.ours, { ...campaign, id: asId('twin') }, freshEntry()),
        'CAMPAIGN_NAME_TAKEN',
      )
      await host.commit()
      expectEqual(await committed, true, 'whether it was committed')
      expectEqual(await eventsOf(subject), 1, 'events')
    },
  ),
  conformanceCase('enlist: it refuses what is no transaction', ['enlists'], async ({ storage }) => {
    const enlist = expectPresent(storage.enlist, 'enlist')
    for (const other of [undefined, null, {}, 'begin'])
      await expectRefusal((async () => enlist(other))(), 'INVALID_INPUT', 'transaction')
  }),
]
