import type { Page, PageRequest } from '../../model/page.js'
import type { BrokenStorage } from './broken-wrapper.js'
import { withStore } from './with-store.js'

/** The last page of several comes back empty. */
async function withoutLastPage<Item>(
  request: PageRequest,
  fetched: Promise<Page<Item>>,
): Promise<Page<Item>> {
  const page = await fetched
  return request.cursor !== null && page.nextCursor === null ? { items: [], nextCursor: null } : page
}

/** Pages of an odd size come back from behind. */
async function unstable<Item>(request: PageRequest, fetched: Promise<Page<Item>>): Promise<Page<Item>> {
  const page = await fetched
  return request.limit % 2 === 1 ? { ...page, items: page.items.toReversed() } : page
}

/** Storages whose listings lose or mix up rows. */
export const pagingStorages: readonly BrokenStorage[] = [
  {
    name: 'drops the last page of customers',
    caughtBy: 'customers: a scan goes in the order of code points to the very end, whatever the page',
    wrap: (storage) =>
      withStore(storage, 'customers', {
        scan: async (scope, page) => {
          const customers = await storage.customers.scan(scope, page)
          return customers.length < page.limit && page.after !== null ? [] : customers
        },
      }),
  },
  {
    name: 'drops those who match on the last page',
    caughtBy: 'customers.scanMatching: goes in the order of code points to the very end, whatever the page',
    wrap: (storage) =>
      withStore(storage, 'customers', {
        scanMatching: async (scope, request, page) => {
          const found = await storage.customers.scanMatching?.(scope, request, page)
          if (found === undefined) return { customers: [], next: null }
          return found.next === null && page.after !== null ? { customers: [], next: null } : found
        },
      }),
  },
  {
    name: 'takes an unknown for a no',
    caughtBy: 'customers.scanMatching: not a number, as compileCriteria has it',
    wrap: (storage) =>
      withStore(storage, 'customers', {
        scanMatching: async (scope, { criteria, asOf }, page) => {
          if (criteria.type !== 'not')
            return (
              storage.customers.scanMatching?.(scope, { criteria, asOf }, page) ?? {
                customers: [],
                next: null,
              }
            )
          const [all, held] = [
            await storage.customers.scan(scope, page),
            await storage.customers.scanMatching?.(scope, { criteria: criteria.of, asOf }, page),
          ]
          const ids = new Set(held?.customers.map(({ id }) => id))
          return { customers: all.filter(({ id }) => !ids.has(id)), next: held?.next ?? null }
        },
      }),
  },
  {
    name: 'drops the last page of segments',
    caughtBy: 'segments: list goes in the order of code points of the names to the very end',
    wrap: (storage) =>
      withStore(storage, 'segments', {
        list: (scope, page) => withoutLastPage(page, storage.segments.list(scope, page)),
      }),
  },
  {
    name: 'drops the last page of redemptions',
    caughtBy: 'coupons: redemptions go oldest first, then by id, to the very end',
    wrap: (storage) =>
      withStore(storage, 'coupons', {
        redemptions: (scope, id, page) => withoutLastPage(page, storage.coupons.redemptions(scope, id, page)),
      }),
  },
  {
    name: 'drops the last page of tokens under older keys',
    caughtBy: 'coupons: sealedOtherwise goes by handle to the very end, whatever the page',
    wrap: (storage) =>
      withStore(storage, 'coupons', {
        sealedOtherwise: (scope, keyId, page) =>
          withoutLastPage(page, storage.coupons.sealedOtherwise(scope, keyId, page)),
      }),
  },
  {
    name: 'lists events in unstable order',
    caughtBy: 'events: list goes oldest first, then by key, to the very end',
    wrap: (storage) =>
      withStore(storage, 'events', {
        list: (scope, id, filter, page) => unstable(page, storage.events.list(scope, id, filter, page)),
      }),
  },
  {
    name: 'lists deliveries in unstable order',
    caughtBy: 'deliveries: list goes by id to the very end, all or those of a status',
    wrap: (storage) =>
      withStore(storage, 'deliveries', {
        list: (scope, id, filter, page) => unstable(page, storage.deliveries.list(scope, id, filter, page)),
      }),
  },
  {
    name: 'tells the latest due run first',
    caughtBy: 'dueIndex: every tenant is asked, the earliest runs first, no more than wanted',
    wrap: (storage) =>
      withStore(storage, 'dueIndex', {
        due: async (request) => (await storage.dueIndex.due(request)).toReversed(),
      }),
  },
  {
    name: 'forgets whose turn it was',
    caughtBy: 'dueIndex: runs of one priority take turns, those that had none first',
    wrap: (storage) => withStore(storage, 'dueIndex', { noteTurn: async () => undefined }),
  },
  {
    name: 'serves the earliest run first, whatever its priority',
    caughtBy: 'dueIndex: of runs that are due the higher priority comes first',
    wrap: (storage) =>
      withStore(storage, 'dueIndex', {
        due: async (request) =>
          [...(await storage.dueIndex.due(request))].sort((left, right) => left.dueAt - right.dueAt),
      }),
  },
  {
    name: 'lists the journal in unstable order',
    caughtBy: 'journal: list goes in the order of writing to the very end, whatever the instants say',
    wrap: (storage) =>
      withStore(storage, 'journal', {
        list: (scope, filter, page) =>
          unstable({ ...page, limit: page.limit + 1 }, storage.journal.list(scope, filter, page)),
      }),
  },
]
