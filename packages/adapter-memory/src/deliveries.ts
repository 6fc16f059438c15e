import {
  byCodePoints,
  type CampaignId,
  type ClaimRequest,
  type Delivery,
  type DeliveryId,
  type DeliveryStore,
  deepFreeze,
  endEvent,
  type Instant,
  type RunId,
  type WindowEntry,
} from '@campaignkit/core/adapter'
import { byTurn } from './due-queue.js'
import { frozenCopy } from './frozen-copy.js'
import { byPlace, type Place } from './order.js'
import { pageOf, placeCursor, textCursor } from './paging.js'
import type { QueueKind } from './run-queues.js'
import { settle } from './settle.js'
import { settleHeld } from './settle-held.js'
import { SortedList } from './sorted-list.js'
import type { Tenant, TenantOf } from './tenants.js'

/** The deliveries of {@link createMemoryStorage}. */
export function createDeliveryStore(tenantOf: TenantOf): DeliveryStore {
  return {
    append: async (scope, added) => {
      const { deliveries } = tenantOf(scope)
      for (const delivery of deliveries.newOnes(frozenCopy(added))) deliveries.add(delivery)
    },
    claim: async (scope, runId, request) => claim(tenantOf(scope), runId, 'unsent', request),
    claimInDoubt: async (scope, runId, request) => claim(tenantOf(scope), runId, 'doubtful', request),
    openWindow: async (scope, entries, at) =>
      openWindow(tenantOf(scope), frozenCopy(entries), frozenCopy(at)),
    settle: async (scope, settlements, now) => settle(tenantOf(scope), frozenCopy(settlements), now),
    settleHeld: async (scope, ...given) => settleHeld(tenantOf(scope), ...frozenCopy(given)),
    release: async (scope, holds, dueAt) => {
      const { deliveries } = tenantOf(scope)
      for (const { deliveryId, fence } of frozenCopy(holds)) {
        const delivery = deliveries.get(deliveryId)
        if (delivery?.status !== 'claimed' || delivery.lease?.fence !== fence) continue
        deliveries.change(delivery, { status: 'queued', lease: null, dueAt })
      }
    },
    endQueued: async (scope, campaignId, end) => endQueued(tenantOf(scope), campaignId, end),
    get: async (scope, ids) => found(tenantOf(scope), ids),
    byProviderMessageId: async (scope, ids) => {
      const tenant = tenantOf(scope)
      return found(
        tenant,
        ids.flatMap((id) => [...tenant.deliveries.byProviderId(id)]),
      )
    },
    byAddressKey: async (scope, keys, limit) => {
      const tenant = tenantOf(scope)
      return found(
        tenant,
        keys.flatMap((key) => [...tenant.deliveries.byAddressKey(key)]),
      )
        .toSorted((left, right) => right.dueAt - left.dueAt || byCodePoints(right.id, left.id))
        .slice(0, limit)
    },
    ofMembers: async (scope, runId, customerIds) => {
      const { deliveries } = tenantOf(scope)
      return [...new Set(customerIds)].flatMap((id) => [...deliveries.ofMember(runId, id)]).sort(byTurn)
    },
    inbox: async (scope, customerId, { dismissed }, page) => {
      const { deliveries } = tenantOf(scope)
      const order = new SortedList<Place>((left, right) => byPlace(right, left))
      for (const { id, channel, status, sentAt, receipts } of deliveries.ofCustomer(customerId)) {
        if (channel !== 'in-app' || status !== 'sent' || sentAt === null) continue
        const isWanted = dismissed === undefined || dismissed === (receipts.dismissed !== undefined)
        if (isWanted) order.add({ at: sentAt, key: id })
      }
      return pageOf(order, placeCursor, page, ({ key }) => deliveries.get(key as DeliveryId) ?? null)
    },
    attemptsOf: async (scope, deliveryId) =>
      [...tenantOf(scope).deliveries.attemptsOf(deliveryId)].sort(
        (left, right) => left.startedAt - right.startedAt,
      ),
    list: async (scope, campaignId, { status }, page) => {
      const { deliveries } = tenantOf(scope)
      return pageOf(deliveries.orderOf(campaignId), textCursor(), page, (id) => {
        const delivery = deliveries.get(id)
        return delivery === undefined || (status !== undefined && delivery.status !== status)
          ? null
          : delivery
      })
    },
    counts: async (scope, campaignId, runId) => tenantOf(scope).deliveries.counts(campaignId, runId),
    reasons: async (scope, campaignId, status) => tenantOf(scope).deliveries.reasons(campaignId, status),
    nextDue: async (scope, runId, channel) =>
      tenantOf(scope).deliveries.queues(runId)?.nextAt(channel) ?? null,
  }
}

function found({ deliveries }: Tenant, ids: Iterable<DeliveryId>): readonly Delivery[] {
  return [...new Set(ids)].flatMap((id) => deliveries.get(id) ?? [])
}

function claim(
  { deliveries }: Tenant,
  runId: RunId,
  kind: QueueKind,
  { worker, channel, now, leaseMs, limit }: ClaimRequest,
): readonly Delivery[] {
  const queue = deliveries.queues(runId)?.of(kind, channel)
  if (queue === undefined) return []
  return queue.take({ dueBy: now, freeBy: now, limit }).map((delivery) => {
    const lease = Object.freeze({ worker, fence: deliveries.nextFence(delivery.id), until: now + leaseMs })
    return deliveries.change(delivery, kind === 'unsent' ? { status: 'claimed', lease } : { lease })
  })
}

type WindowOpening = Parameters<DeliveryStore['openWindow']>[2]

function openWindow(
  tenant: Tenant,
  entries: readonly WindowEntry[],
  at: WindowOpening,
): readonly DeliveryId[] {
  return entries.filter((entry) => open(tenant, entry, at)).map(({ deliveryId }) => deliveryId)
}

function open(
  { deliveries }: Tenant,
  entry: WindowEntry,
  { worker, now, leaseUntil }: WindowOpening,
): boolean {
  const { deliveryId, fence, attemptId, addressKey } = entry
  const delivery = deliveries.get(deliveryId)
  if (delivery?.status !== 'claimed' || delivery.lease?.fence !== fence) return false
  deliveries.addAttempt({
    id: attemptId,
    deliveryId,
    worker,
    fence,
    startedAt: now,
    endedAt: null,
    outcome: 'open',
    code: null,
    providerMessageId: null,
  })
  deliveries.change(delivery, {
    status: 'attempting',
    addressKey,
    lease: Object.freeze({ worker, fence, until: leaseUntil }),
    openAttempt: Object.freeze({ id: attemptId, startedAt: now }),
  })
  return true
}

type Ending = Parameters<DeliveryStore['endQueued']>[2]

function endQueued(tenant: Tenant, campaignId: CampaignId, { status, reason, now, limit }: Ending): number {
  const { deliveries, events } = tenant
  const ended: Delivery[] = []
  for (const queue of unsentQueues(tenant, campaignId)) {
    const freeBy: Instant = now
    const dueBy = Number.POSITIVE_INFINITY
    for (const delivery of queue.take({ dueBy, freeBy, limit: limit - ended.length })) {
      ended.push(deliveries.change(delivery, { status, reason, lease: null, settledAt: now }))
    }
  }
  events.append(ended.map((delivery) => deepFreeze(endEvent(delivery, status, now, { reason }))))
  return ended.length
}

function unsentQueues({ deliveries }: Tenant, campaignId: CampaignId) {
  return [...deliveries.runsOf(campaignId)].flatMap((runId) => [
    ...(deliveries.queues(runId)?.all('unsent') ?? []),
  ])
}
