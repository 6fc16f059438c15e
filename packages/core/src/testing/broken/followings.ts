import { hasEnded } from '../../model/campaign-status.js'
import { takesBack } from '../../model/receipt.js'
import type { Scope } from '../../model/scope.js'
import type { EventStore, ReceiptEntry } from '../../ports/storage/event-store.js'
import type { Storage } from '../../ports/storage/storage.js'
import type { BrokenStorage } from './broken-wrapper.js'
import { withStore } from './with-store.js'

/** The storage with what may follow by receipts changed before they are written. */
function withFollowing(
  storage: Storage,
  change: (scope: Scope, entry: ReceiptEntry) => Promise<ReceiptEntry['following']>,
): Storage {
  const appendReceipts: EventStore['appendReceipts'] = async (scope, entries, now) => {
    const changed = entries.map(async (entry) => ({ ...entry, following: await change(scope, entry) }))
    return storage.events.appendReceipts(scope, await Promise.all(changed), now)
  }
  return withStore(storage, 'events', { appendReceipts })
}

/** Storages that are wrong about what follows a message on the next channel. */
export const followingStorages: readonly BrokenStorage[] = [
  {
    name: 'lets nothing follow by a receipt',
    caughtBy: 'following: what comes back after it was sent is followed at once, once',
    wrap: (storage) => withFollowing(storage, async () => null),
  },
  {
    name: 'lets nothing follow what a receipt proves',
    caughtBy: 'following: what a receipt proves to be sent while it is held is followed, once',
    wrap: (storage) =>
      withFollowing(storage, async (_, { following }) =>
        following === null ? null : { ...following, next: null },
      ),
  },
  {
    name: 'lets all wait that a receipt proves',
    caughtBy: 'following: what a receipt proves that tells of its arrival, or return, is followed so',
    wrap: (storage) =>
      withFollowing(storage, async (_, { following }) =>
        following === null ? null : { ...following, nextIfReturned: following.next },
      ),
  },
  {
    name: 'brings nothing forward that waits',
    caughtBy: 'following: what waits is brought forward, and what has had its turn is left alone',
    wrap: (storage) =>
      withFollowing(storage, async (scope, { following }) => {
        const { runId, customerId, channel } = following?.nextIfReturned ?? {}
        if (runId === undefined || customerId === null || customerId === undefined) return following
        const there = await storage.deliveries.ofMembers(scope, runId, [customerId])
        return there.some((other) => other.channel === channel) ? null : following
      }),
  },
  {
    name: 'reopens no campaign',
    caughtBy: 'following: a campaign that had completed is reopened, with its entry',
    wrap: (storage) =>
      withFollowing(storage, async (scope, { following }) => {
        const campaignId = following?.nextIfReturned?.campaignId
        const campaign = campaignId === undefined ? null : await storage.campaigns.get(scope, campaignId)
        return campaign !== null && hasEnded(campaign.status) ? null : following
      }),
  },
  {
    name: 'adds what follows beside the transaction',
    caughtBy: 'following: a campaign that goes on is in its next version, with its run',
    wrap: (storage) =>
      withFollowing(storage, async (scope, { receipt, following }) => {
        const next = following?.nextIfReturned ?? null
        if (next !== null && takesBack(receipt.type)) await storage.deliveries.append(scope, [next])
        return null
      }),
  },
  {
    name: 'does not ask the receipts when a message is sent',
    caughtBy: 'following: settle has a message follow at once that has come back already',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        settle: (scope, settlements, now) =>
          storage.deliveries.settle(
            scope,
            settlements.map((settlement) => ({ ...settlement, nextIfReturned: settlement.next })),
            now,
          ),
      }),
  },
]
