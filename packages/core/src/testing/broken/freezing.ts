import type { Run } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'
import type { Storage } from '../../ports/storage/storage.js'
import type { BrokenStorage } from './broken-wrapper.js'
import { withStore } from './with-store.js'

/** The run in whatever version is stored, so that no call is ever too late. */
async function asStored(storage: Storage, scope: Scope, run: Run): Promise<Run> {
  const stored = await storage.campaigns.getRun(scope, run.id)
  return { ...run, version: stored?.version ?? run.version }
}

/** Storages that go wrong while they freeze a run. */
export const freezingStorages: readonly BrokenStorage[] = [
  {
    name: 'moves a run on though its page was not written',
    caughtBy: 'freezing: append is all or none',
    wrap: (storage) =>
      withStore(storage, 'freezing', {
        append: async (scope, moved, planned) => {
          try {
            await storage.freezing.append(scope, moved, planned)
          } catch (thrown) {
            await storage.campaigns.updateRun(scope, moved, moved.version - 1)
            throw thrown
          }
        },
      }),
  },
  {
    name: 'plans a page of a worker who is too late',
    caughtBy: 'freezing: append of a run that somebody has moved plans nobody',
    wrap: (storage) =>
      withStore(storage, 'freezing', {
        append: async (scope, moved, planned) => {
          const stored = await asStored(storage, scope, moved)
          await storage.freezing.append(scope, { ...stored, version: stored.version + 1 }, planned)
        },
      }),
  },
  {
    name: 'shows those who are planned',
    caughtBy: 'freezing: append plans and moves the run on, and makes nobody a member',
    wrap: (storage) =>
      withStore(storage, 'audience', {
        counts: async (scope, runId) => {
          const counts = await storage.audience.counts(scope, runId)
          const sizes = await storage.freezing.sizes(scope, runId)
          const planned = sizes.flatMap(({ newcomers }) => Object.values(newcomers))
          return { ...counts, matched: planned.reduce((sum, count) => sum + count, counts.matched) }
        },
      }),
  },
  {
    name: 'leaves an address to everybody who has it',
    caughtBy: 'freezing: an address is left to whose id is first, and taken from the others',
    wrap: (storage) => withStore(storage, 'freezing', { settleAddresses: async () => {} }),
  },
  {
    name: 'settles the addresses of a run that another worker has moved',
    caughtBy: 'freezing: addresses of a run that somebody has moved stay as they are',
    wrap: (storage) =>
      withStore(storage, 'freezing', {
        settleAddresses: async (scope, run) =>
          storage.freezing.settleAddresses(scope, await asStored(storage, scope, run)),
      }),
  },
  {
    name: 'takes the excluded for those who keep an arm',
    caughtBy: 'freezing: sizes count the excluded, those who keep an arm, and newcomers by lane',
    wrap: (storage) =>
      withStore(storage, 'freezing', {
        sizes: async (scope, runId) =>
          (await storage.freezing.sizes(scope, runId)).map((size) => ({
            ...size,
            excluded: 0,
            kept: size.kept + size.excluded,
          })),
      }),
  },
  {
    name: 'gives every lane the arms of the first',
    caughtBy:
      'freezing: place gives each lane its arms in order of rank, and leaves to others what they keep',
    wrap: (storage) =>
      withStore(storage, 'freezing', {
        place: (scope, run, placement) => {
          const [first = []] = placement.arms.values()
          const arms = new Map([...placement.arms.keys()].map((lane) => [lane, first]))
          return storage.freezing.place(scope, run, { ...placement, arms })
        },
      }),
  },
  {
    name: 'writes to who is held out',
    caughtBy:
      'freezing: place queues what members are sent first, on every channel, and nothing for other arms',
    wrap: (storage) =>
      withStore(storage, 'freezing', {
        place: (scope, run, placement) => {
          const arms = [...placement.first.arms, 'holdout']
          return storage.freezing.place(scope, run, { ...placement, first: { ...placement.first, arms } })
        },
      }),
  },
  {
    name: 'writes on every channel at once',
    caughtBy: 'freezing: place queues on the first channel alone where it is asked so',
    wrap: (storage) =>
      withStore(storage, 'freezing', {
        place: (scope, run, placement) =>
          storage.freezing.place(scope, run, {
            ...placement,
            first: { ...placement.first, channels: 'all' },
          }),
      }),
  },
  {
    name: 'makes members for a worker who is too late',
    caughtBy: 'freezing: place of a run that somebody has moved makes no members',
    wrap: (storage) =>
      withStore(storage, 'freezing', {
        place: async (scope, run, placement) =>
          storage.freezing.place(scope, await asStored(storage, scope, run), placement),
      }),
  },
  {
    name: 'makes members before it queues, in a transaction of its own',
    caughtBy: 'freezing: members and what they are sent are placed all or none',
    wrap: (storage) =>
      withStore(storage, 'freezing', {
        place: async (scope, run, placement) => {
          try {
            await storage.freezing.place(scope, run, placement)
          } catch (thrown) {
            await storage.freezing.place(scope, run, {
              ...placement,
              first: { ...placement.first, arms: [] },
            })
            throw thrown
          }
        },
      }),
  },
  {
    name: 'keeps who is planned in a run that ended',
    caughtBy: 'freezing: discard forgets who is planned in one run',
    wrap: (storage) => withStore(storage, 'freezing', { discard: async () => {} }),
  },
  {
    name: 'tidies members up once their run is frozen',
    caughtBy: 'freezing.finish: changes nothing that is read',
    wrap: (storage) =>
      withStore(storage, 'freezing', {
        finish: async (scope, runId) => {
          const { items } = await storage.audience.list(scope, runId, {}, { cursor: null, limit: 100 })
          await storage.audience.forget(
            scope,
            items.map(({ customerId }) => customerId),
          )
        },
      }),
  },
]
