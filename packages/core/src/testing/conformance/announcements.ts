import type { Scope } from '../../model/scope.js'
import type { Announcements, Storage } from '../../ports/storage/storage.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleCampaign, sampleDelivery, sampleRun } from '../samples.js'
import {
  conformanceCase,
  type StorageCase,
  type StorageNeed,
  type StorageSubject,
} from './conformance-case.js'
import { expectEqual, expectPresent, expectRefusal, expectThat } from './expectations.js'
import { claimAndOpen, claimOf, deliveriesOf, freshEntry, seedCampaign, sentSettlement } from './seeds.js'

const announcementCase = (
  name: string,
  run: (subject: StorageSubject, announcements: Announcements) => Promise<void>,
): StorageCase => {
  const needs: readonly StorageNeed[] = ['announces']
  return conformanceCase(`announcements: ${name}`, needs, (subject) =>
    run(subject, expectPresent(subject.storage.announcements, 'announcements')),
  )
}

const CAMPAIGN = sampleRun().campaignId
const forever = () => new AbortController().signal

/** Every kind of change to the deliveries or the status of the sample campaign, one after the other. */
async function* changesOf(storage: Storage, scope: Scope): AsyncGenerator<string> {
  const campaign = await seedCampaign(storage, scope, sampleCampaign({ status: 'active' }))
  yield 'insert'
  await storage.deliveries.append(scope, deliveriesOf(3))
  yield 'append'
  const [hold] = await claimAndOpen(storage, scope, claimOf({ limit: 1 }))
  yield 'claim and window'
  await storage.deliveries.settle(scope, [sentSettlement(expectPresent(hold, 'a hold'))], SAMPLE_NOW)
  yield 'settle'
  await storage.deliveries.endQueued(scope, CAMPAIGN, {
    status: 'cancelled',
    reason: 'x',
    now: SAMPLE_NOW,
    limit: 9,
  })
  yield 'end'
  const paused = { ...campaign, status: 'paused', version: campaign.version + 1 } as const
  await storage.campaigns.update(scope, paused, campaign.version, freshEntry())
  yield 'pause'
}

/** What Announcements mean, and their absence. */
export const announcementCases: readonly StorageCase[] = [
  conformanceCase(
    'announcements: a storage that does not announce has none',
    ['silent'],
    async ({ storage }) => {
      expectEqual(storage.announcements, null, 'announcements')
    },
  ),
  announcementCase(
    'the sequence grows with each change of deliveries or status',
    async ({ storage, ours }, announcements) => {
      let seen = await announcements.sequence(ours, CAMPAIGN)
      for await (const change of changesOf(storage, ours)) {
        const sequence = await announcements.sequence(ours, CAMPAIGN)
        expectThat(sequence > seen, `a sequence above ${seen} after: ${change}`, sequence)
        seen = sequence
      }
      expectEqual(await announcements.sequence(ours, CAMPAIGN), seen, 'the sequence when nothing changes')
    },
  ),
  announcementCase(
    'changed resolves at once when the sequence is above already',
    async ({ storage, ours }, announcements) => {
      const seen = await announcements.sequence(ours, CAMPAIGN)
      await seedCampaign(storage, ours)
      await announcements.changed(ours, CAMPAIGN, seen, forever())
    },
  ),
  announcementCase(
    'changed resolves for everybody who waits when something changes',
    async ({ storage, ours }, announcements) => {
      await seedCampaign(storage, ours)
      const seen = await announcements.sequence(ours, CAMPAIGN)
      const waiting = [1, 2, 3].map(() => announcements.changed(ours, CAMPAIGN, seen, forever()))
      await storage.deliveries.append(ours, [sampleDelivery()])
      await Promise.all(waiting)
      expectThat((await announcements.sequence(ours, CAMPAIGN)) > seen, 'a larger sequence', seen)
    },
  ),
  announcementCase(
    'changed rejects as soon as its signal aborts',
    async ({ storage, ours }, announcements) => {
      await seedCampaign(storage, ours)
      const seen = await announcements.sequence(ours, CAMPAIGN)
      await expectRefusal(announcements.changed(ours, CAMPAIGN, seen, AbortSignal.abort()), 'ABORTED')
      const controller = new AbortController()
      const waiting = expectRefusal(announcements.changed(ours, CAMPAIGN, seen, controller.signal), 'ABORTED')
      controller.abort()
      await waiting
    },
  ),
  announcementCase(
    'other campaigns and another tenant with equal ids are not heard',
    async ({ storage, ours, theirs }, announcements) => {
      await seedCampaign(storage, ours)
      const seen = await announcements.sequence(ours, CAMPAIGN)
      for await (const change of changesOf(storage, theirs)) {
        expectEqual(await announcements.sequence(ours, CAMPAIGN), seen, `our sequence after their ${change}`)
      }
      const other = sampleCampaign({ id: 'campaign-2' })
      await seedCampaign(storage, ours, other, [sampleRun({ id: 'run-2', campaignId: other.id })])
      expectEqual(
        await announcements.sequence(ours, CAMPAIGN),
        seen,
        'the sequence after changes of another campaign',
      )
      const signal = AbortSignal.abort()
      await expectRefusal(announcements.changed(ours, CAMPAIGN, seen, signal), 'ABORTED')
    },
  ),
]
