import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleCampaign, sampleJournalEntry } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { allPages, expectEqual, expectPages, tamperWith } from './expectations.js'

const journalCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`journal: ${name}`, [], run)

/** What a JournalStore means. */
export const journalCases: readonly StorageCase[] = [
  journalCase(
    'list goes in the order of writing to the very end, whatever the instants say',
    async ({ storage, ours }) => {
      const entries = [3, 1, 2, 2, 1, 5].map((offset, at) =>
        sampleJournalEntry({
          id: `entry-${9 - at}`,
          at: SAMPLE_NOW + offset,
          subject: { type: at % 2 === 0 ? 'campaign' : 'segment', id: at < 4 ? 'a' : 'b' },
        }),
      )
      for (const entry of entries) await storage.journal.append(ours, entry)
      await expectPages((page) => storage.journal.list(ours, {}, page), entries, 'all entries')
      for (const subject of [
        { type: 'campaign', id: 'a' },
        { type: 'segment', id: 'a' },
        { type: 'segment', id: 'none' },
      ]) {
        const expected = entries.filter(
          (entry) => entry.subject.type === subject.type && entry.subject.id === subject.id,
        )
        await expectPages(
          (page) => storage.journal.list(ours, { subject }, page),
          expected,
          `${subject.type} ${subject.id}`,
        )
      }
    },
  ),
  journalCase('an entry comes back with every field', async ({ storage, ours }) => {
    const entry = sampleJournalEntry({
      reason: 'because \u{1F355}',
      before: { status: 'draft', list: [1, null] },
      after: 'text',
      actor: { id: 'till-3', kind: 'service', roles: [] },
    })
    await storage.campaigns.insert(ours, sampleCampaign(), entry)
    await expectPages((page) => storage.journal.list(ours, {}, page), [entry], 'entries')
  }),
  journalCase('changing what was given out changes nothing that is kept', async ({ storage, ours }) => {
    await storage.journal.append(ours, sampleJournalEntry({ after: { status: 'draft' } }))
    tamperWith(await storage.journal.list(ours, {}, { cursor: null, limit: 1 }))
    const entries = await allPages((page) => storage.journal.list(ours, {}, page))
    expectEqual(entries, [sampleJournalEntry({ after: { status: 'draft' } })], 'entries')
  }),
  journalCase('many who write at once lose no entry', async ({ storage, ours }) => {
    const ids = Array.from({ length: 50 }, (_, at) => `entry-${at}`)
    await Promise.all(ids.map((id) => storage.journal.append(ours, sampleJournalEntry({ id }))))
    const entries = await allPages((page) => storage.journal.list(ours, {}, page), 7)
    expectEqual(entries.map(({ id }) => id).sort(), ids.toSorted(), 'ids of the entries')
  }),
]
