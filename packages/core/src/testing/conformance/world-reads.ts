import { byCodePoints } from '../../base/by-code-points.js'
import { canonicalJson } from '../../base/canonical-json.js'
import type { Scope } from '../../model/scope.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleCustomer, sampleRun, sampleSegment, sampleSuppression, sampleToken } from '../samples.js'
import { allPages } from './expectations.js'
import { WORLD_DELIVERIES, WORLD_LEDGER } from './world.js'

const { id: RUN, campaignId: CAMPAIGN } = sampleRun()
const CUSTOMER = sampleCustomer().id
const ADDRESS = sampleSuppression().addressKey
const NOW = SAMPLE_NOW

/** Sorted, since the method promises no order: a database may give another one the next time. */
function inAnyOrder<Item>(items: Iterable<Item>): readonly Item[] {
  return [...items].sort((one, other) => byCodePoints(canonicalJson(one), canonicalJson(other)))
}

/** What every reading method says of the world, by the method's name. */
export const WORLD_READS: Readonly<Record<string, (storage: Storage, scope: Scope) => Promise<unknown>>> = {
  'customers.scan': (storage, scope) => storage.customers.scan(scope, { after: null, limit: 100 }),
  'customers.scanMatching': async (storage, scope) =>
    storage.customers.scanMatching?.(
      scope,
      { criteria: { type: 'everyone' }, asOf: NOW },
      { after: null, limit: 100 },
    ) ?? null,
  'customers.get': async (storage, scope) => inAnyOrder(await storage.customers.get(scope, [CUSTOMER])),
  'consents.standing': async (storage, scope) =>
    inAnyOrder(await storage.consents.standing(scope, [CUSTOMER])),
  'consents.history': (storage, scope) => storage.consents.history(scope, CUSTOMER),
  'consents.suppressed': async (storage, scope) =>
    inAnyOrder(await storage.consents.suppressed(scope, [ADDRESS])),
  'segments.get': async (storage, scope) =>
    inAnyOrder(await storage.segments.get(scope, [sampleSegment().name])),
  'segments.list': (storage, scope) => allPages((page) => storage.segments.list(scope, page)),
  'campaigns.get': (storage, scope) => storage.campaigns.get(scope, CAMPAIGN),
  'campaigns.getAll': async (storage, scope) => inAnyOrder(await storage.campaigns.getAll(scope, [CAMPAIGN])),
  'campaigns.list': (storage, scope) =>
    allPages((page) => storage.campaigns.list(scope, { archived: true }, page)),
  'campaigns.getRun': (storage, scope) => storage.campaigns.getRun(scope, RUN),
  'campaigns.runsOf': (storage, scope) => storage.campaigns.runsOf(scope, CAMPAIGN),
  'freezing.sizes': (storage, scope) => storage.freezing.sizes(scope, RUN),
  'audience.get': async (storage, scope) => inAnyOrder(await storage.audience.get(scope, RUN, [CUSTOMER])),
  'audience.armsOf': async (storage, scope) =>
    inAnyOrder(await storage.audience.armsOf(scope, CAMPAIGN, asId('run-2'), [CUSTOMER])),
  'audience.membershipsOf': async (storage, scope) =>
    inAnyOrder(await storage.audience.membershipsOf(scope, [CUSTOMER])),
  'audience.counts': (storage, scope) => storage.audience.counts(scope, RUN),
  'audience.armCounts': async (storage, scope) => inAnyOrder(await storage.audience.armCounts(scope, RUN)),
  'audience.list': (storage, scope) => allPages((page) => storage.audience.list(scope, RUN, {}, page)),
  'deliveries.get': async (storage, scope) =>
    inAnyOrder(
      await storage.deliveries.get(
        scope,
        WORLD_DELIVERIES.map(({ id }) => id),
      ),
    ),
  'deliveries.byProviderMessageId': async (storage, scope) =>
    inAnyOrder(await storage.deliveries.byProviderMessageId(scope, ['provider 1-sent'])),
  'deliveries.byAddressKey': (storage, scope) =>
    storage.deliveries.byAddressKey(scope, [asId('k1:1-sent')], 10),
  'deliveries.ofMembers': (storage, scope) => storage.deliveries.ofMembers(scope, RUN, [CUSTOMER]),
  'deliveries.inbox': (storage, scope) =>
    allPages((page) => storage.deliveries.inbox(scope, CUSTOMER, {}, page)),
  'deliveries.attemptsOf': (storage, scope) => storage.deliveries.attemptsOf(scope, asId('1-sent')),
  'deliveries.list': (storage, scope) =>
    allPages((page) => storage.deliveries.list(scope, CAMPAIGN, {}, page)),
  'deliveries.counts': (storage, scope) => storage.deliveries.counts(scope, CAMPAIGN),
  'deliveries.reasons': async (storage, scope) =>
    inAnyOrder(await storage.deliveries.reasons(scope, CAMPAIGN, 'held')),
  'deliveries.nextDue': (storage, scope) => storage.deliveries.nextDue(scope, RUN),
  'events.known': async (storage, scope) => inAnyOrder(await storage.events.known(scope, ['event-1'])),
  'events.counters': async (storage, scope) => inAnyOrder(await storage.events.counters(scope, CAMPAIGN)),
  'events.list': (storage, scope) => allPages((page) => storage.events.list(scope, CAMPAIGN, {}, page)),
  'events.ofCustomer': (storage, scope) => storage.events.ofCustomer(scope, CUSTOMER),
  'events.countByCustomer': async (storage, scope) =>
    inAnyOrder(
      await storage.events.countByCustomer(scope, {
        type: 'clicked',
        since: null,
        until: NOW,
        customerIds: [CUSTOMER],
      }),
    ),
  'events.lastByChannel': async (storage, scope) =>
    inAnyOrder(await storage.events.lastByChannel(scope, { types: ['clicked'], customerIds: [CUSTOMER] })),
  'coupons.byHandle': (storage, scope) => storage.coupons.byHandle(scope, sampleToken().handle),
  'coupons.uses': (storage, scope) => storage.coupons.uses(scope, sampleToken().handle),
  'coupons.ofRun': async (storage, scope) =>
    inAnyOrder(await storage.coupons.ofRun(scope, RUN, [CUSTOMER, asId('new')])),
  'coupons.sealedOtherwise': (storage, scope) =>
    allPages((page) => storage.coupons.sealedOtherwise(scope, 'new', page)),
  'coupons.redemptionsByKey': (storage, scope) => storage.coupons.redemptionsByKey(scope, 'receipt-no-1'),
  'coupons.redemptions': (storage, scope) =>
    allPages((page) => storage.coupons.redemptions(scope, CAMPAIGN, page)),
  'ledger.accounts': async (storage, scope) =>
    inAnyOrder(await storage.ledger.accounts(scope, [WORLD_LEDGER.limit.account], NOW)),
  'journal.list': async (storage, scope) =>
    (await allPages((page) => storage.journal.list(scope, {}, page))).map(({ action, subject }) => [
      action,
      subject,
    ]),
}

/** Everything that can be read of a tenant, by method. */
export async function readWorld(storage: Storage, scope: Scope): Promise<Readonly<Record<string, unknown>>> {
  const read: Record<string, unknown> = {}
  for (const [method, ask] of Object.entries(WORLD_READS)) read[method] = await ask(storage, scope)
  return read
}
