import { DAY_MS } from '../../base/time.js'
import type { JournalEntry } from '../../model/journal.js'
import type { Scope } from '../../model/scope.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import {
  sampleCampaign,
  sampleConsent,
  sampleCustomer,
  sampleDelivery,
  sampleEvent,
  sampleMember,
  sampleReceipt,
  sampleRun,
  sampleSegment,
  sampleSuppression,
  sampleToken,
} from '../samples.js'
import { SAMPLE_PLACE } from './coupon-calls.js'
import { expectPresent } from './expectations.js'
import { placeAll, planIn, plannedOf } from './member-seeds.js'
import { claimOf, heldDecisionOf, holdOf, LEASE_MS, otherSettlement, windowEntryOf } from './seeds.js'
import { redeemOne, type WORLD_DELIVERIES, WORLD_LEDGER, WORLD_SEAL } from './world.js'

const { id: RUN, campaignId: CAMPAIGN } = sampleRun()
const CUSTOMER = sampleCustomer().id
/** The run as the world leaves it. */
const WORLD_RUN = sampleRun({ version: 3, freeze: { phase: 'settling' } })
const NOW = SAMPLE_NOW

/** A call of a writing method that changes the seeded world. */
export interface WorldWrite {
  readonly method: string
  readonly needsWritableDirectory?: boolean
  /** What is done to the world first, where the call would be refused as it is. */
  readonly prepare?: (storage: Storage, scope: Scope) => Promise<unknown>
  /** The journal entry is the one given, in calls that take one. */
  readonly write: (storage: Storage, scope: Scope, entry: JournalEntry) => Promise<unknown>
}

const holdIn = async (storage: Storage, scope: Scope, id: string) => {
  const [delivery] = await storage.deliveries.get(scope, [asId(id)])
  return holdOf(expectPresent(delivery, id))
}

/** Writing methods that take a journal entry. */
export const JOURNALED_WRITES: readonly WorldWrite[] = [
  {
    method: 'customers.upsert',
    needsWritableDirectory: true,
    write: (storage, scope, entry) =>
      storage.customers.upsert(scope, [{ id: CUSTOMER, firstName: 'Eva' }], entry),
  },
  {
    method: 'customers.reseal',
    needsWritableDirectory: true,
    write: (storage, scope, entry) =>
      storage.customers.reseal(
        scope,
        [
          {
            customerId: CUSTOMER,
            path: 'attributes.born',
            replaces: WORLD_SEAL,
            value: { seal: 'new.born' },
          },
        ],
        entry,
      ),
  },
  {
    method: 'customers.erase',
    needsWritableDirectory: true,
    write: (storage, scope, entry) => storage.customers.erase(scope, [CUSTOMER], entry),
  },
  {
    method: 'consents.record',
    write: (storage, scope, entry) =>
      storage.consents.record(scope, [sampleConsent({ decision: 'denied', obtainedAt: NOW })], entry),
  },
  {
    method: 'consents.forget',
    write: (storage, scope, entry) => storage.consents.forget(scope, [CUSTOMER], entry),
  },
  {
    method: 'consents.suppress',
    write: (storage, scope, entry) =>
      storage.consents.suppress(scope, [sampleSuppression({ channel: 'sms' })], entry),
  },
  {
    method: 'consents.unsuppress',
    write: (storage, scope, entry) => storage.consents.unsuppress(scope, [sampleSuppression()], entry),
  },
  {
    method: 'segments.put',
    write: (storage, scope, entry) => storage.segments.put(scope, sampleSegment({ version: 2 }), 1, entry),
  },
  {
    method: 'segments.delete',
    write: (storage, scope, entry) => storage.segments.delete(scope, sampleSegment().name, 1, entry),
  },
  {
    method: 'campaigns.insert',
    write: (storage, scope, entry) =>
      storage.campaigns.insert(scope, sampleCampaign({ id: 'campaign-2' }), entry),
  },
  {
    method: 'campaigns.update',
    write: (storage, scope, entry) => {
      const run = sampleRun({ id: 'run-2', occurrence: 'second' })
      return storage.campaigns.update(scope, sampleCampaign({ status: 'paused', version: 3 }), 2, entry, run)
    },
  },
  {
    method: 'campaigns.delete',
    prepare: async (storage, scope) => {
      const hold = await holdIn(storage, scope, '2-attempting')
      return storage.deliveries.settle(scope, [otherSettlement(hold, 'queued')], NOW)
    },
    write: (storage, scope, entry) => storage.campaigns.delete(scope, CAMPAIGN, 2, entry),
  },
  {
    method: 'deliveries.settleHeld',
    write: (storage, scope, entry) => {
      const decision = heldDecisionOf(asId('0-held'), { next: sampleDelivery({ id: 'next' }) })
      return storage.deliveries.settleHeld(scope, [decision], null, NOW, entry)
    },
  },
  {
    method: 'events.reclassify',
    write: (storage, scope, entry) => {
      const judgement = { key: 'event-1', at: NOW, machine: true, rule: 'rule-2' }
      return storage.events.reclassify(scope, CAMPAIGN, [judgement], entry)
    },
  },
  { method: 'coupons.redeem', write: (storage, scope, entry) => redeemOne(storage, scope, 2, entry) },
  {
    method: 'coupons.reverse',
    write: (storage, scope, entry) =>
      storage.coupons.reverse(scope, SAMPLE_PLACE, NOW + DAY_MS, () => ({
        event: sampleEvent({ key: 'reversed', type: 'redemption-reversed' }),
        entry,
      })),
  },
  {
    method: 'coupons.reseal',
    write: (storage, scope, entry) => {
      const { handle, sealed } = sampleToken()
      return storage.coupons.reseal(scope, [{ handle, replaces: sealed, sealed: 'new.code' }], entry)
    },
  },
  {
    method: 'coupons.cancel',
    write: (storage, scope, entry) => storage.coupons.cancel(scope, CAMPAIGN, NOW, entry),
  },
  { method: 'journal.append', write: (storage, scope, entry) => storage.journal.append(scope, entry) },
]

/** Writing methods that take none. */
export const OTHER_WRITES: readonly WorldWrite[] = [
  {
    method: 'ledger.hold',
    write: (storage, scope) =>
      storage.ledger.hold(scope, [WORLD_LEDGER.limit], [{ ...WORLD_LEDGER.held, id: 'new' }], NOW),
  },
  {
    method: 'ledger.settle',
    write: (storage, scope) => storage.ledger.settle(scope, [WORLD_LEDGER.held], NOW),
  },
  {
    method: 'ledger.release',
    write: (storage, scope) => storage.ledger.release(scope, [WORLD_LEDGER.held.id]),
  },
  {
    method: 'ledger.expire',
    write: (storage, scope) => storage.ledger.expire(scope, { now: WORLD_LEDGER.held.expiresAt, limit: 10 }),
  },
  {
    method: 'campaigns.updateRun',
    write: (storage, scope) =>
      storage.campaigns.updateRun(scope, sampleRun({ version: 4, status: 'ended' }), 3),
  },
  {
    method: 'freezing.append',
    write: (storage, scope) => planIn(storage, scope, RUN, [plannedOf(sampleMember({ customerId: 'new' }))]),
  },
  {
    method: 'freezing.settleAddresses',
    write: (storage, scope) => storage.freezing.settleAddresses(scope, WORLD_RUN),
  },
  {
    method: 'freezing.place',
    write: (storage, scope) => placeAll(storage, scope, WORLD_RUN),
  },
  { method: 'freezing.discard', write: (storage, scope) => storage.freezing.discard(scope, RUN) },
  {
    method: 'deliveries.append',
    write: (storage, scope) => storage.deliveries.append(scope, [sampleDelivery({ id: 'new' })]),
  },
  { method: 'deliveries.claim', write: (storage, scope) => storage.deliveries.claim(scope, RUN, claimOf()) },
  {
    method: 'deliveries.claimInDoubt',
    write: (storage, scope) => storage.deliveries.claimInDoubt(scope, RUN, claimOf({ now: NOW + LEASE_MS })),
  },
  {
    method: 'deliveries.openWindow',
    write: async (storage, scope) => {
      const hold = await holdIn(storage, scope, '3-claimed')
      const entry = windowEntryOf(hold)
      const at = { worker: claimOf().worker, now: NOW, leaseUntil: NOW + LEASE_MS }
      return storage.deliveries.openWindow(scope, [entry], at)
    },
  },
  {
    method: 'deliveries.settle',
    write: async (storage, scope) => {
      const hold = await holdIn(storage, scope, '2-attempting')
      const settlement = otherSettlement(hold, 'failed', {
        events: [sampleEvent({ key: 'failed' })],
        next: sampleDelivery({ id: 'next' }),
      })
      return storage.deliveries.settle(scope, [settlement], NOW)
    },
  },
  {
    method: 'deliveries.release',
    write: async (storage, scope) => {
      const hold = await holdIn(storage, scope, '3-claimed')
      return storage.deliveries.release(scope, [hold], NOW)
    },
  },
  {
    method: 'deliveries.endQueued',
    write: (storage, scope) =>
      storage.deliveries.endQueued(scope, CAMPAIGN, {
        status: 'skipped',
        reason: 'budget',
        now: NOW,
        limit: 100,
      }),
  },
  {
    method: 'events.append',
    write: (storage, scope) => storage.events.append(scope, [sampleEvent({ key: 'new' })]),
  },
  {
    method: 'events.appendReceipts',
    write: (storage, scope) => {
      const deliveryId = asId<(typeof WORLD_DELIVERIES)[number]['id']>('1-sent')
      const receipt = sampleReceipt({ deliveryId })
      const event = sampleEvent({ key: receipt.key, type: receipt.type, deliveryId })
      return storage.events.appendReceipts(
        scope,
        [{ deliveryId, receipt, event, proves: false, provedEvents: [], following: null }],
        NOW,
      )
    },
  },
  { method: 'audience.forget', write: (storage, scope) => storage.audience.forget(scope, [CUSTOMER]) },
  { method: 'events.forget', write: (storage, scope) => storage.events.forget(scope, [CUSTOMER]) },
  {
    method: 'coupons.issue',
    write: (storage, scope) => storage.coupons.issue(scope, [sampleToken({ customerId: 'new' })]),
  },
]
