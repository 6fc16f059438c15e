import type { AddressKey } from '../../base/ids.js'
import { DAY_MS } from '../../base/time.js'
import type { Interaction } from '../../model/interaction.js'
import type { JournalEntry } from '../../model/journal.js'
import type { Scope } from '../../model/scope.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import {
  sampleConsent,
  sampleCustomer,
  sampleDelivery,
  sampleEvent,
  sampleMember,
  sampleRedeemRequest,
  sampleRun,
  sampleSegment,
  sampleSuppression,
  sampleToken,
} from '../samples.js'
import type { StorageSubject } from './conformance-case.js'
import { expectPresent } from './expectations.js'
import { freezeMembers, planIn, plannedOf } from './member-seeds.js'
import {
  claimAndOpen,
  claimOf,
  freshEntry,
  otherSettlement,
  seedCampaign,
  seedCustomers,
  sentSettlement,
} from './seeds.js'

const { id: RUN } = sampleRun()
const CUSTOMER = sampleCustomer().id
const NOW = SAMPLE_NOW

/** The deliveries of the world, named after what becomes of them. */
export const WORLD_DELIVERIES = ['0-held', '1-sent', '2-attempting', '3-claimed', '4-queued', '5-stale'].map(
  (id, rank) => sampleDelivery({ id, rank, customerId: id === '1-sent' ? CUSTOMER : `customer of ${id}` }),
)

/** Of the click of the world: what it was judged by. */
export const WORLD_INTERACTION: Interaction = { agent: 'curl/8.5.0', machineHint: false, rule: 'rule-1' }

/** A seal of the customer of the world. */
export const WORLD_SEAL = 'test.born'

/** The account of the world, with what is held and what is settled of it. */
export const WORLD_LEDGER = {
  limit: { account: 'budget', limit: 100, windowMs: null },
  held: { id: 'held', parts: [{ account: 'budget', amount: 10 }], expiresAt: NOW + DAY_MS },
  settled: { id: 'settled', parts: [{ account: 'budget', amount: 20 }] },
}

/** Puts a row of every kind there, deliveries in every state in which they can be written to. */
export async function seedWorld(subject: StorageSubject, scope: Scope): Promise<void> {
  const { storage } = subject
  await seedCustomers(subject, storage.customers, scope, [
    sampleCustomer({ sealed: { 'attributes.born': { seal: WORLD_SEAL } } }),
  ])
  await storage.consents.record(scope, [sampleConsent()], freshEntry())
  await storage.consents.suppress(scope, [sampleSuppression()], freshEntry())
  await storage.segments.put(scope, sampleSegment(), null, freshEntry())
  await seedCampaign(storage, scope)
  const held = { segments: ['Lapsed'] }
  await freezeMembers(storage, scope, RUN, [sampleMember(held)])
  const planned = ['planned', 'with the same address'].map((customerId) => ({
    ...plannedOf(sampleMember({ ...held, customerId })),
    addressKeys: [asId<AddressKey>('k1:shared')],
  }))
  await planIn(storage, scope, RUN, planned)
  await storage.ledger.hold(scope, [WORLD_LEDGER.limit], [WORLD_LEDGER.held], NOW)
  await storage.ledger.settle(scope, [WORLD_LEDGER.settled], NOW)
  await storage.events.append(scope, [sampleEvent({ interaction: WORLD_INTERACTION })])
  await storage.coupons.issue(scope, [sampleToken({ maxRedemptions: 2 })])
  await redeemOne(storage, scope, 1)
  await storage.deliveries.append(scope, WORLD_DELIVERIES)
  const [inDoubt] = await claimAndOpen(storage, scope, claimOf({ limit: 1 }))
  await storage.deliveries.settle(scope, [otherSettlement(expectPresent(inDoubt, 'a hold'), 'held')], NOW)
  const [sent] = await claimAndOpen(storage, scope, claimOf({ limit: 1 }))
  await storage.deliveries.settle(scope, [sentSettlement(expectPresent(sent, 'a hold'))], NOW)
  await claimAndOpen(storage, scope, claimOf({ limit: 1 }))
  await storage.deliveries.claim(scope, RUN, claimOf({ limit: 1 }))
  await storage.deliveries.append(scope, [
    sampleDelivery({ id: 'in the inbox', customerId: CUSTOMER, channel: 'in-app' }),
  ])
  const [shown] = await claimAndOpen(storage, scope, claimOf({ limit: 1, channel: 'in-app' }))
  await storage.deliveries.settle(scope, [sentSettlement(expectPresent(shown, 'a hold'))], NOW)
}

/** Redeems the token of the world. */
export function redeemOne(
  storage: Storage,
  scope: Scope,
  number: number,
  entry: JournalEntry = freshEntry(),
) {
  const request = sampleRedeemRequest({ id: `redemption-${number}`, key: `receipt-no-${number}` })
  const event = sampleEvent({ key: `redemption-${number}`, type: 'redemption' })
  return storage.coupons.redeem(scope, request, () => ({ event, entry }))
}
