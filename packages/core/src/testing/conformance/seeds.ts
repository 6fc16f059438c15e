import type { AddressKey, AttemptId, DeliveryId, WorkerId } from '../../base/ids.js'
import { MINUTE_MS } from '../../base/time.js'
import type { Campaign } from '../../model/campaign.js'
import type { Customer, CustomerPatch } from '../../model/customer.js'
import type { Delivery } from '../../model/delivery.js'
import type { JournalEntry } from '../../model/journal.js'
import type { Run } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'
import type { CustomerDirectory } from '../../ports/customer-directory.js'
import type {
  ClaimRequest,
  HeldDecision,
  Hold,
  Settlement,
  WindowEntry,
} from '../../ports/storage/delivery-store.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleCampaign, sampleDelivery, sampleJournalEntry, sampleRun } from '../samples.js'
import { expectPresent } from './expectations.js'

/** How long the claims of the cases lease. */
export const LEASE_MS = MINUTE_MS
export const WORKER: WorkerId = asId('worker-1')
export const OTHER_WORKER: WorkerId = asId('worker-2')

/** Ids that sort differently by code units, code points, case-blind and by locale; one looks like a cursor. */
export const UNRULY_IDS = [
  '0',
  '10',
  '9',
  'A',
  'Z',
  '_',
  'a',
  'a b',
  "b';--",
  'ß',
  'é',
  'z/..',
  '日本',
  '\u{1F355}',
  'ｚ',
]

let entries = 0

/** A journal entry with an id that no other has. */
export function freshEntry(subjectId = 'campaign-1'): JournalEntry {
  entries += 1
  return sampleJournalEntry({ id: `entry-${entries}`, subject: { type: 'campaign', id: subjectId } })
}

/** A customer as a patch that creates it. */
export function patchOf(customer: Customer): CustomerPatch {
  return {
    ...customer,
    addresses: { ...customer.addresses },
    facts: { ...customer.facts },
    attributes: Object.fromEntries(
      Object.entries(customer.attributes).map(([name, value]) => [
        name,
        typeof value === 'object' ? [...value] : value,
      ]),
    ),
  }
}

/** Puts customers into a directory by whichever way there is. */
export async function seedCustomers(
  subject: { readonly seedCustomers?: (scope: Scope, customers: readonly Customer[]) => Promise<void> },
  directory: CustomerDirectory,
  scope: Scope,
  customers: readonly Customer[],
): Promise<void> {
  if (subject.seedCustomers !== undefined) return subject.seedCustomers(scope, customers)
  await directory.upsert(scope, customers.map(patchOf), freshEntry())
}

/** Puts a campaign and its runs there, as the engine does: each run with a change of the campaign. */
export async function seedCampaign(
  storage: Storage,
  scope: Scope,
  campaign: Campaign = sampleCampaign({ status: 'active' }),
  runs: readonly Run[] = [sampleRun({ campaignId: campaign.id })],
): Promise<Campaign> {
  let stored = campaign
  await storage.campaigns.insert(scope, stored, freshEntry(campaign.id))
  for (const run of runs) {
    const next = { ...stored, version: stored.version + 1 }
    await storage.campaigns.update(scope, next, stored.version, freshEntry(campaign.id), run)
    stored = next
  }
  return stored
}

/** So many queued deliveries of so many customers, in order of rank. */
export function deliveriesOf(
  count: number,
  overrides: Parameters<typeof sampleDelivery>[0] = {},
): Delivery[] {
  return Array.from({ length: count }, (_, rank) =>
    sampleDelivery({
      rank,
      ...overrides,
      id: `${overrides.id ?? 'delivery'}-${String(rank).padStart(5, '0')}`,
    }),
  )
}

/** Puts a campaign, a run and deliveries there. */
export async function seedDeliveries(
  storage: Storage,
  scope: Scope,
  deliveries: readonly Delivery[] = [sampleDelivery()],
): Promise<void> {
  await seedCampaign(storage, scope)
  await storage.deliveries.append(scope, deliveries)
}

/** What a claim of the cases asks for. */
export function claimOf(overrides: Partial<ClaimRequest> = {}): ClaimRequest {
  return { worker: WORKER, channel: 'email', now: SAMPLE_NOW, leaseMs: LEASE_MS, limit: 1_000, ...overrides }
}

/** The hold that a claimed delivery gives. */
export function holdOf(delivery: Delivery): Hold {
  return { deliveryId: delivery.id, fence: fenceOf(delivery) }
}

/** The fence of a delivery that is leased. */
export function fenceOf(delivery: Delivery | undefined): number {
  return expectPresent(delivery?.lease, 'a lease').fence
}

/** Puts the attempts of claimed deliveries on record; each attempt is named after its delivery and fence. */
export async function openWindowOf(
  storage: Storage,
  scope: Scope,
  holds: readonly Hold[],
  at: { now?: number; worker?: WorkerId } = {},
): Promise<readonly DeliveryId[]> {
  const { now = SAMPLE_NOW, worker = WORKER } = at
  return storage.deliveries.openWindow(scope, holds.map(windowEntryOf), {
    worker,
    now,
    leaseUntil: now + LEASE_MS,
  })
}

/** The attempt that the cases open under a hold. */
export function windowEntryOf(hold: Hold): WindowEntry {
  return { ...hold, attemptId: attemptIdOf(hold), addressKey: asId<AddressKey>(`k1:${hold.deliveryId}`) }
}

function attemptIdOf({ deliveryId, fence }: Hold): AttemptId {
  return asId(`attempt ${fence} of ${deliveryId}`)
}

/** Claims every due delivery of the run and opens its attempt. */
export async function claimAndOpen(
  storage: Storage,
  scope: Scope,
  request: ClaimRequest = claimOf(),
  run: Run = sampleRun(),
): Promise<readonly Hold[]> {
  const holds = (await storage.deliveries.claim(scope, run.id, request)).map(holdOf)
  await openWindowOf(storage, scope, holds, request)
  return holds
}

/** The settlement of an attempt that a provider took. */
export function sentSettlement(hold: Hold, overrides: Partial<Settlement> = {}): Settlement {
  return {
    ...hold,
    attempt: {
      id: attemptIdOf(hold),
      outcome: 'accepted',
      code: null,
      providerMessageId: `provider ${hold.deliveryId}`,
    },
    status: 'sent',
    reason: null,
    dueAt: SAMPLE_NOW,
    tries: 1,
    costMicros: 0,
    currency: null,
    next: null,
    nextIfReturned: null,
    events: [],
    ...overrides,
  }
}

/** The settlement of an attempt that ended otherwise. */
export function otherSettlement(
  hold: Hold,
  status: Exclude<Settlement['status'], 'sent'>,
  overrides: Partial<Settlement> = {},
): Settlement {
  const attempt = {
    id: attemptIdOf(hold),
    outcome: 'transient',
    code: 'busy',
    providerMessageId: null,
  } as const
  return sentSettlement(hold, { attempt, status, reason: 'busy', ...overrides })
}

/** A person's word that a delivery failed, which has been held since the beginning of the cases. */
export function heldDecisionOf(deliveryId: DeliveryId, overrides: Partial<HeldDecision> = {}): HeldDecision {
  return {
    deliveryId,
    heldSince: SAMPLE_NOW,
    status: 'failed',
    reason: 'decided',
    costMicros: 0,
    currency: null,
    next: null,
    events: [],
    ...overrides,
  }
}
