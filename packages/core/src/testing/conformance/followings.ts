import type { Delivery } from '../../model/delivery.js'
import type { ReceiptType } from '../../model/receipt.js'
import type { Scope } from '../../model/scope.js'
import type { Following, ReceiptEntry } from '../../ports/storage/event-store.js'
import type { Storage } from '../../ports/storage/storage.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleDelivery, sampleEvent, sampleReceipt, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { allPages, expectEqual, expectPresent, expectRefusal, unreadable } from './expectations.js'
import {
  claimAndOpen,
  claimOf,
  freshEntry,
  LEASE_MS,
  otherSettlement,
  seedDeliveries,
  sentSettlement,
} from './seeds.js'

const followCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`following: ${name}`, [], run)

const FIRST = sampleDelivery()
const { id: RUN, campaignId: CAMPAIGN } = sampleRun()
const LATER = SAMPLE_NOW + 10
const WINDOW_MS = 100 * LEASE_MS
const AT_ONCE: Delivery = {
  ...sampleDelivery({ id: 'next', channel: 'sms' }),
  customerId: FIRST.customerId,
  dueAt: LATER,
}
const WAITING: Delivery = { ...AT_ONCE, dueAt: SAMPLE_NOW + WINDOW_MS }

function followingOf(overrides: Partial<Following> = {}): Following {
  return { next: WAITING, nextIfReturned: AT_ONCE, reopening: freshEntry(), ...overrides }
}

function entryOf(type: ReceiptType, overrides: Partial<ReceiptEntry> = {}): ReceiptEntry {
  const receipt = sampleReceipt({ key: type, type, deliveryId: FIRST.id })
  return {
    deliveryId: FIRST.id,
    receipt,
    event: sampleEvent({ key: type, type, deliveryId: FIRST.id }),
    proves: type !== 'dropped',
    provedEvents: [sampleEvent({ key: 'sent', type: 'sent', deliveryId: FIRST.id })],
    following: followingOf(),
    ...overrides,
  }
}

const tell = ({ storage, ours }: StorageSubject, ...entries: readonly ReceiptEntry[]) =>
  storage.events.appendReceipts(ours, entries, LATER)

/** Puts a delivery there that was attempted and settled so; one that is sent may have another waiting behind it. */
async function seedSettled(
  { storage, ours }: StorageSubject,
  status: 'sent' | 'failed' | 'inDoubt' | 'held',
  next: Delivery | null = null,
): Promise<void> {
  await seedDeliveries(storage, ours)
  const held = expectPresent((await claimAndOpen(storage, ours))[0], 'a hold')
  const settlement =
    status === 'sent' ? sentSettlement(held, { next }) : otherSettlement(held, status, { next })
  await storage.deliveries.settle(ours, [settlement], SAMPLE_NOW)
}

/** What is written to the member on the next channel, as channel, status and how long after the beginning it is due. */
async function followers({ storage, ours }: StorageSubject): Promise<readonly string[]> {
  const all = await storage.deliveries.ofMembers(ours, RUN, [expectPresent(FIRST.customerId, 'a customer')])
  return all
    .filter(({ id }) => id !== FIRST.id)
    .map(({ channel, status, dueAt }) => `${channel} ${status} ${dueAt - SAMPLE_NOW}`)
}

async function versionsOf(storage: Storage, scope: Scope) {
  const campaign = expectPresent(await storage.campaigns.get(scope, CAMPAIGN), 'the campaign')
  const run = expectPresent(await storage.campaigns.getRun(scope, RUN), 'the run')
  return { campaign, run }
}

/** The campaign completes by having sent all, or ends in another way, and its run ends. */
async function endAll(
  { storage, ours }: StorageSubject,
  fields: { readonly status?: 'completed' | 'cancelled'; readonly statusReason?: string | null } = {},
): Promise<void> {
  const { campaign, run } = await versionsOf(storage, ours)
  const ended = {
    ...campaign,
    status: 'completed' as const,
    endedAt: LATER,
    ...fields,
    version: campaign.version + 1,
  }
  await storage.campaigns.update(ours, ended, campaign.version, freshEntry())
  const endedRun = { ...run, status: 'ended' as const, endedAt: LATER, version: run.version + 1 }
  await storage.campaigns.updateRun(ours, endedRun, run.version)
}

const DUE_NOW = [`sms queued ${LATER - SAMPLE_NOW}`]
const DUE_LATER = [`sms queued ${WINDOW_MS}`]

const settleCases: readonly StorageCase[] = [
  followCase('settle has a message follow at once that has come back already', async (subject) => {
    const { storage, ours } = subject
    for (const [type, expected] of [
      ['bounced', DUE_NOW],
      ['delivered', []],
      ['deferred', DUE_LATER],
    ] as const) {
      const scope = { ...ours, tenant: `${ours.tenant} ${type}` as Scope['tenant'] }
      await seedDeliveries(storage, scope)
      const hold = expectPresent((await claimAndOpen(storage, scope))[0], 'a hold')
      await tell({ ...subject, ours: scope }, entryOf(type))
      expectEqual(await followers({ ...subject, ours: scope }), [], `what follows before it is sent, ${type}`)
      const settlement = sentSettlement(hold, { next: WAITING, nextIfReturned: AT_ONCE })
      await storage.deliveries.settle(scope, [settlement], LATER)
      expectEqual(await followers({ ...subject, ours: scope }), expected, `what follows when it was ${type}`)
    }
  }),
]

const proofCases: readonly StorageCase[] = [
  ...(['inDoubt', 'held'] as const).map((status) =>
    followCase(
      `what a receipt proves to be sent while it is ${status} is followed, once`,
      async (subject) => {
        await seedSettled(subject, status)
        await tell(subject, entryOf('accepted'))
        await tell(subject, entryOf('accepted'), entryOf('deferred'))
        expectEqual(await followers(subject), DUE_LATER, 'what follows')
      },
    ),
  ),
  followCase(
    'what a receipt proves that tells of its arrival, or return, is followed so',
    async (subject) => {
      for (const [types, expected] of [
        [['delivered'], []],
        [['accepted', 'delivered'], []],
        [['bounced'], DUE_NOW],
        [['accepted', 'dropped'], DUE_NOW],
        [['bounced', 'opened'], []],
      ] as const) {
        const tenant = `${subject.ours.tenant} ${types.join()}` as Scope['tenant']
        const other = { ...subject, ours: { ...subject.ours, tenant } }
        await seedSettled(other, 'inDoubt')
        await tell(other, ...types.map((type) => entryOf(type)))
        expectEqual(await followers(other), expected, `what follows when it was ${types.join(' and ')}`)
      }
    },
  ),
]

const returnCases: readonly StorageCase[] = [
  followCase('what comes back after it was sent is followed at once, once', async (subject) => {
    await seedSettled(subject, 'sent')
    await tell(subject, entryOf('deferred'), entryOf('delivered'))
    expectEqual(await followers(subject), [], 'what follows before')
    await tell(subject, entryOf('bounced'))
    await tell(subject, entryOf('bounced'), entryOf('dropped', { following: followingOf({ next: null }) }))
    expectEqual(await followers(subject), DUE_NOW, 'what follows')
  }),
  followCase('what waits is brought forward, and what has had its turn is left alone', async (subject) => {
    const { storage, ours } = subject
    await seedSettled(subject, 'sent', WAITING)
    expectEqual(await followers(subject), DUE_LATER, 'what follows before')
    const earlier = followingOf({ nextIfReturned: { ...WAITING, dueAt: WAITING.dueAt + 1 } })
    await tell(subject, entryOf('blocked', { following: earlier }))
    expectEqual(await followers(subject), DUE_LATER, 'what follows when it would be due later')
    await tell(subject, entryOf('bounced'))
    expectEqual(await followers(subject), DUE_NOW, 'what follows')
    expectEqual(await storage.deliveries.nextDue(ours, RUN), LATER, 'when something is due')
    const sms = claimOf({ channel: 'sms', now: LATER })
    const hold = expectPresent((await claimAndOpen(storage, ours, sms))[0], 'a hold')
    await tell(subject, entryOf('dropped'))
    expectEqual(await followers(subject), [`sms attempting ${LATER - SAMPLE_NOW}`], 'while it is attempted')
    const again = otherSettlement(hold, 'queued', { dueAt: LATER + LEASE_MS })
    await storage.deliveries.settle(ours, [again], LATER)
    await tell(subject, entryOf('blocked'))
    expectEqual(
      await followers(subject),
      [`sms queued ${LATER + LEASE_MS - SAMPLE_NOW}`],
      'while it waits to be tried again',
    )
  }),
  followCase(
    'what was not sent, or whose entry has nothing that may follow, is not followed',
    async (subject) => {
      await seedSettled(subject, 'failed')
      await tell(subject, entryOf('bounced'))
      expectEqual(await followers(subject), [], 'what follows a failure')
      const tenant = `${subject.ours.tenant} 2` as Scope['tenant']
      const other = { ...subject, ours: { ...subject.ours, tenant } }
      await seedSettled(other, 'sent')
      await tell(other, entryOf('bounced', { following: null }))
      await tell(other, entryOf('dropped', { following: followingOf({ nextIfReturned: null }) }))
      expectEqual(await followers(other), [], 'what follows where nothing may')
    },
  ),
]

const campaignCases: readonly StorageCase[] = [
  followCase('a campaign that goes on is in its next version, with its run', async (subject) => {
    const { storage, ours } = subject
    await seedSettled(subject, 'sent')
    const before = await versionsOf(storage, ours)
    const { reopened } = await tell(subject, entryOf('bounced'))
    const after = await versionsOf(storage, ours)
    expectEqual(reopened, [], 'campaigns that were reopened')
    expectEqual(
      after.campaign,
      { ...before.campaign, version: before.campaign.version + 1, updatedAt: LATER },
      'the campaign',
    )
    expectEqual(after.run, { ...before.run, version: before.run.version + 1 }, 'the run')
    await expectRefusal(
      storage.campaigns.updateRun(ours, { ...before.run, status: 'ended' }, before.run.version),
      'VERSION_CONFLICT',
    )
    await tell(subject, entryOf('bounced'), entryOf('blocked'))
    expectEqual(await versionsOf(storage, ours), after, 'both when nothing more follows')
  }),
  followCase('a campaign that had completed is reopened, with its entry', async (subject) => {
    const { storage, ours } = subject
    await seedSettled(subject, 'sent')
    await endAll(subject)
    const following = followingOf()
    const { reopened } = await tell(subject, entryOf('bounced', { following }))
    expectEqual(reopened, [CAMPAIGN], 'campaigns that were reopened')
    const { campaign, run } = await versionsOf(storage, ours)
    expectEqual([campaign.status, campaign.endedAt], ['active', null], 'the campaign')
    expectEqual([run.status, run.endedAt], ['open', null], 'the run')
    expectEqual(await followers(subject), DUE_NOW, 'what follows')
    const entries = await allPages((page) => storage.journal.list(ours, {}, page))
    expectEqual(
      entries.filter(({ id }) => id === following.reopening.id).length,
      1,
      'entries of the reopening',
    )
    const again = await tell(subject, entryOf('bounced', { following }))
    expectEqual(again.reopened, [], 'campaigns that were reopened again')
  }),
  followCase('nothing follows in a campaign that is over', async (subject) => {
    const { storage, ours } = subject
    await seedSettled(subject, 'sent', WAITING)
    for (const fields of [{ statusReason: 'stopped' }, { status: 'cancelled' }] as const) {
      await endAll(subject, fields)
      const before = await versionsOf(storage, ours)
      const { reopened, events } = await tell(subject, entryOf('bounced'), entryOf('dropped'))
      expectEqual(reopened, [], 'campaigns that were reopened')
      if (fields.statusReason !== undefined) expectEqual(events.length, 2, 'events, which are kept')
      expectEqual(await versionsOf(storage, ours), before, 'campaign and run')
      expectEqual(await followers(subject), DUE_LATER, 'what waited, which is ended by its worker')
    }
  }),
  followCase('appendReceipts is all or none of what follows too', async (subject) => {
    const { storage, ours } = subject
    await seedSettled(subject, 'sent')
    const before = await versionsOf(storage, ours)
    const broken = unreadable(entryOf('blocked'))
    await tell(subject, entryOf('bounced'), broken).then(
      () => expectEqual('written', 'refused', 'an entry that cannot be read'),
      () => undefined,
    )
    expectEqual(await followers(subject), [], 'what follows after a failed call')
    expectEqual(await versionsOf(storage, ours), before, 'campaign and run after a failed call')
  }),
  followCase('receipts at once have it follow once', async (subject) => {
    const { storage, ours } = subject
    await seedSettled(subject, 'sent')
    await endAll(subject)
    const types = ['bounced', 'blocked', 'dropped', 'bounced', 'deferred'] as const
    const written = await Promise.all(types.map((type) => tell(subject, entryOf(type))))
    expectEqual(
      written.flatMap(({ reopened }) => reopened),
      [CAMPAIGN],
      'campaigns that were reopened',
    )
    expectEqual(await followers(subject), DUE_NOW, 'what follows')
    expectEqual((await versionsOf(storage, ours)).run.status, 'open', 'the run')
  }),
]

/** What may follow a message on the next channel, in EventStore and DeliveryStore. */
export const followingCases: readonly StorageCase[] = [
  ...settleCases,
  ...proofCases,
  ...returnCases,
  ...campaignCases,
]
