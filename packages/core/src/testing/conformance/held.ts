import type { DeliveryId } from '../../base/ids.js'
import type { Campaign } from '../../model/campaign.js'
import type { Run } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'
import type { Continuation } from '../../ports/storage/delivery-store.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleDelivery, sampleEvent, sampleReceipt, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { foldCounters } from './counter-fold.js'
import {
  expectEqual,
  expectFailure,
  expectPresent,
  expectRefusal,
  expectSame,
  unreadable,
} from './expectations.js'
import { deliveryOf, eventsOf } from './ledger-reads.js'
import {
  claimAndOpen,
  claimOf,
  deliveriesOf,
  freshEntry,
  heldDecisionOf,
  otherSettlement,
  seedDeliveries,
} from './seeds.js'

const heldCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`deliveries: ${name}`, [], run)
const { id: RUN, campaignId: CAMPAIGN } = sampleRun()
const LATER = SAMPLE_NOW + 1_000

/** Puts deliveries there that were attempted and are held. */
async function seedHeld(storage: Storage, scope: Scope, count = 1): Promise<readonly DeliveryId[]> {
  await seedDeliveries(storage, scope, deliveriesOf(count))
  const holds = await claimAndOpen(storage, scope)
  await storage.deliveries.settle(
    scope,
    holds.map((hold) => otherSettlement(hold, 'held')),
    SAMPLE_NOW,
  )
  return holds.map(({ deliveryId }) => deliveryId)
}

const campaignOf = async (storage: Storage, scope: Scope): Promise<Campaign> =>
  expectPresent(await storage.campaigns.get(scope, CAMPAIGN), 'the campaign')
const runOf = async (storage: Storage, scope: Scope): Promise<Run> =>
  expectPresent(await storage.campaigns.getRun(scope, RUN), 'the run')

/** Campaign and run in their next versions, told apart by what they say. */
async function continuationIn(storage: Storage, scope: Scope): Promise<Continuation> {
  const campaign = await campaignOf(storage, scope)
  const run = await runOf(storage, scope)
  return {
    campaign: { ...campaign, status: 'paused', version: campaign.version + 1 },
    runs: [{ ...run, endedAt: LATER, status: 'ended', version: run.version + 1 }],
  }
}

/** What a person's word means in a DeliveryStore. */
export const heldCases: readonly StorageCase[] = [
  heldCase(
    'settleHeld moves held deliveries, with next, events and what goes on',
    async ({ storage, ours }) => {
      const [sent, failed, again] = await seedHeld(storage, ours, 3)
      const next = sampleDelivery({ id: 'next', channel: 'sms', customerId: 'someone' })
      const decisions = [
        heldDecisionOf(expectPresent(sent, 'an id'), {
          status: 'sent',
          reason: null,
          costMicros: 750,
          currency: 'EUR',
          events: [sampleEvent({ key: 'sent:1', type: 'sent', at: LATER })],
        }),
        heldDecisionOf(expectPresent(failed, 'an id'), { next }),
        heldDecisionOf(expectPresent(again, 'an id'), { status: 'queued', reason: 'resent' }),
      ]
      const continuation = await continuationIn(storage, ours)
      await storage.deliveries.settleHeld(ours, decisions, continuation, LATER, freshEntry())
      const stateOf = async (id = '') => {
        const { status, reason, sentAt, settledAt, costMicros, currency, lease } = await deliveryOf(
          storage,
          ours,
          id,
        )
        return [status, reason, sentAt, settledAt, costMicros, currency, lease]
      }
      expectEqual(await stateOf(sent), ['sent', null, SAMPLE_NOW, LATER, 750, 'EUR', null], 'the sent one')
      expectEqual(await stateOf(failed), ['failed', 'decided', null, LATER, 0, null, null], 'the failed one')
      expectEqual(await stateOf(again), ['queued', 'resent', null, null, 0, null, null], 'the queued one')
      expectEqual((await deliveryOf(storage, ours, again ?? '')).dueAt, LATER, 'when it is due')
      expectEqual(
        await storage.deliveries.ofMembers(ours, RUN, [expectPresent(next.customerId, 'a customer')]),
        [next],
        'the next delivery',
      )
      const events = decisions.flatMap((decision) => decision.events)
      expectEqual(await eventsOf(storage, ours), events, 'events')
      expectSame(await storage.events.counters(ours, CAMPAIGN), foldCounters(events, CAMPAIGN), 'counters')
      expectEqual(await campaignOf(storage, ours), continuation.campaign, 'the campaign')
      expectEqual([await runOf(storage, ours)], continuation.runs, 'the run')
      const outcomes = (await storage.deliveries.attemptsOf(ours, expectPresent(sent, 'an id'))).map(
        ({ outcome }) => outcome,
      )
      expectEqual(outcomes, ['transient'], 'the attempts, which stay as they are')
    },
  ),
  heldCase('what settleHeld queues is claimed again, under a larger fence', async ({ storage, ours }) => {
    const [id] = await seedHeld(storage, ours)
    const decision = heldDecisionOf(expectPresent(id, 'an id'), { status: 'queued', reason: 'resent' })
    await storage.deliveries.settleHeld(ours, [decision], null, LATER, freshEntry())
    expectEqual(await storage.deliveries.nextDue(ours, RUN), LATER, 'when something is due')
    expectEqual(await storage.deliveries.claim(ours, RUN, claimOf({ now: LATER - 1 })), [], 'claimed before')
    const [claimed] = await storage.deliveries.claim(ours, RUN, claimOf({ now: LATER }))
    expectEqual([claimed?.id, claimed?.lease?.fence], [id, 2], 'claimed, and its fence')
  }),
  heldCase('settleHeld settles the hold that was seen, and no other', async ({ storage, ours }) => {
    const [id] = await seedHeld(storage, ours)
    const decision = heldDecisionOf(expectPresent(id, 'an id'), { status: 'queued', reason: 'resent' })
    await storage.deliveries.settleHeld(ours, [decision], null, LATER, freshEntry())
    const late = { ...decision, status: 'sent', events: [sampleEvent({ key: 'late' })] } as const
    const write = () => storage.deliveries.settleHeld(ours, [late], null, LATER, freshEntry())
    await expectRefusal(write(), 'VERSION_CONFLICT')
    const [hold] = await claimAndOpen(storage, ours, claimOf({ now: LATER }))
    await storage.deliveries.settle(ours, [otherSettlement(expectPresent(hold, 'a hold'), 'held')], LATER + 1)
    await expectRefusal(write(), 'VERSION_CONFLICT')
    expectEqual((await deliveryOf(storage, ours, decision.deliveryId)).status, 'held', 'the delivery')
    expectEqual(await eventsOf(storage, ours), [], 'events')
  }),
  heldCase('of many who decide on one hold at once exactly one succeeds', async ({ storage, ours }) => {
    const [id] = await seedHeld(storage, ours)
    const rivals = Array.from({ length: 10 }, (_, at) => {
      const events = [sampleEvent({ key: `rival-${at}` })]
      const decision = heldDecisionOf(expectPresent(id, 'an id'), { events })
      return storage.deliveries.settleHeld(ours, [decision], null, LATER, freshEntry())
    })
    const outcomes = (await Promise.allSettled(rivals)).map(({ status }) => status)
    expectEqual(outcomes.filter((status) => status === 'fulfilled').length, 1, 'decisions that were written')
    expectEqual((await eventsOf(storage, ours)).length, 1, 'events')
  }),
  heldCase('settleHeld is all or none', async ({ storage, ours }) => {
    const [first, second] = (await seedHeld(storage, ours, 2)).map((id) => heldDecisionOf(id))
    const good = expectPresent(first, 'a decision')
    const other = expectPresent(second, 'a decision')
    const continuation = await continuationIn(storage, ours)
    const before = [await campaignOf(storage, ours), await runOf(storage, ours)]
    const settleAll = (decisions: readonly (typeof good)[], next: Continuation | null) =>
      storage.deliveries.settleHeld(ours, decisions, next, LATER, freshEntry())
    await expectRefusal(settleAll([good, { ...other, heldSince: LATER }], continuation), 'VERSION_CONFLICT')
    await expectRefusal(settleAll([good, { ...other, deliveryId: asId('none') }], null), 'VERSION_CONFLICT')
    const { campaign, runs } = continuation
    await expectRefusal(
      settleAll([good], { runs, campaign: { ...campaign, version: campaign.version + 1 } }),
      'VERSION_CONFLICT',
    )
    const staleRuns = runs.map((run) => ({ ...run, version: run.version + 1 }))
    await expectRefusal(settleAll([good], { campaign, runs: staleRuns }), 'VERSION_CONFLICT')
    await expectFailure(() =>
      settleAll([good, { ...other, events: [unreadable(sampleEvent())] }], continuation),
    )
    for (const { deliveryId } of [good, other]) {
      expectEqual((await deliveryOf(storage, ours, deliveryId)).status, 'held', `status of ${deliveryId}`)
    }
    expectEqual([await campaignOf(storage, ours), await runOf(storage, ours)], before, 'campaign and run')
    expectEqual(await eventsOf(storage, ours), [], 'events')
  }),
  heldCase('a receipt after a person decided is joined and moves nothing', async ({ storage, ours }) => {
    const [id] = await seedHeld(storage, ours)
    const deliveryId = expectPresent(id, 'an id')
    await storage.deliveries.settleHeld(ours, [heldDecisionOf(deliveryId)], null, LATER, freshEntry())
    const receipt = sampleReceipt({ deliveryId, type: 'delivered', at: LATER })
    const event = sampleEvent({ key: 'receipt', type: 'delivered', deliveryId })
    const provedEvents = [sampleEvent({ key: 'proved' })]
    const entry = { deliveryId, receipt, event, proves: true, provedEvents, following: null }
    await storage.events.appendReceipts(ours, [entry], LATER)
    const { status, receipts } = await deliveryOf(storage, ours, deliveryId)
    expectEqual([status, receipts], ['failed', { delivered: LATER }], 'status and receipts')
    expectEqual(await eventsOf(storage, ours), [event], 'events')
  }),
]
