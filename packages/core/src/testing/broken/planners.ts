import { digestOf } from '../../base/digest.js'
import type { AddressKey } from '../../base/ids.js'
import type { Run } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'
import type { DatabasePlanner } from '../../ports/storage/database-planner.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId } from '../as-id.js'
import type { BrokenStorage } from './broken-wrapper.js'
import { withStore } from './with-store.js'

type Change = (planner: DatabasePlanner, storage: Storage) => Partial<DatabasePlanner>

function broken(name: string, caughtBy: string, change: Change): BrokenStorage {
  return {
    name,
    caughtBy: `databasePlanner: ${caughtBy}`,
    wrap: (storage) => {
      const { databasePlanner } = storage
      return databasePlanner === null
        ? storage
        : withStore(storage, 'databasePlanner', change(databasePlanner, storage))
    },
  }
}

/** A run in whatever version stands by now. */
async function asStored(storage: Storage, scope: Scope, run: Run): Promise<Run> {
  return { ...run, version: (await storage.campaigns.getRun(scope, run.id))?.version ?? run.version }
}

/**
 * Storages that plan audiences in the database and are wrong in one way each, beside `brokenStorages`: for adapters that
 * do so.
 */
export const brokenPlanners: readonly BrokenStorage[] = [
  broken('plans the customers of another storage', 'it plans the customers of its storage', (planner) => ({
    customers: { ...planner.customers },
  })),
  broken(
    'loses the last stretch',
    'stretches follow each other, and hold each who matches once',
    (planner) => ({
      stretch: async (scope, runId, number) => {
        const stretch = await planner.stretch(scope, runId, number)
        return stretch?.upTo === null ? null : stretch
      },
    }),
  ),
  broken(
    'divides a run that another worker has moved',
    'a run that somebody has moved is not divided',
    (planner, storage) => ({
      divide: async (scope, moved, plan, size) => {
        const stored = await storage.campaigns.getRun(scope, moved.id)
        await planner.divide(scope, { ...moved, version: (stored?.version ?? 0) + 1 }, plan, size)
      },
    }),
  ),
  broken(
    'finds those alone who match in the whole stretch of somebody else',
    'who comes to match later is in the stretch of its id',
    (planner) => ({
      contacts: async (scope, plan, stretch) =>
        planner.contacts(scope, plan, { ...stretch, after: stretch.upTo ?? stretch.after }),
    }),
  ),
  broken('takes nobody to have refused', 'consent is decided as decideConsent has it', (planner) => ({
    planStretch: async (scope, run, plan, stretch, contacts) =>
      planner.planStretch(scope, run, { ...plan, topic: null }, stretch, contacts),
  })),
  broken(
    'asks for suppressions under the current secret alone',
    'an address is suppressed by each of its keys, on its channel',
    (planner) => ({
      planStretch: async (scope, run, plan, stretch, contacts) => {
        const underOne = contacts.map((contact) => ({
          ...contact,
          ways: contact.ways.map((way) => ({ ...way, addressKeys: way.addressKeys.slice(0, 1) })),
        }))
        await planner.planStretch(scope, run, plan, stretch, underOne)
      },
    }),
  ),
  broken(
    'plans a stretch of a worker who is too late',
    'a run that somebody has moved is planned no further',
    (planner, storage) => ({
      planStretch: async (scope, run, plan, stretch, contacts) =>
        planner.planStretch(scope, await asStored(storage, scope, run), plan, stretch, contacts),
    }),
  ),
  broken(
    'plans alone what it does not know',
    'alone it plans nobody beside an address without keys',
    (planner) => ({
      planAlone: async (scope, run, plan, stretch) =>
        (await planner.planAlone(scope, run, plan, stretch)) ?? 0,
    }),
  ),
  {
    name: 'takes keys under whatever secrets',
    caughtBy: 'databasePlanner: alone it plans nobody beside keys under other secrets',
    wrap: (storage) =>
      withStore(storage, 'customers', {
        upsert: (scope, patches, entry) =>
          storage.customers.upsert(
            scope,
            patches.map(({ addressKeys = {}, ...patch }) => ({
              ...patch,
              addressKeys: {
                email: addressKeys.email?.map((key) => asId<AddressKey>(key.replace('k2:', 'k1:'))) ?? [],
              },
            })),
            entry,
          ),
      }),
  },
  broken(
    'leaves out the gates of a hash when it plans alone',
    'alone it asks gates of a hash before all others',
    (planner) => ({
      planAlone: async (scope, run, plan, stretch) =>
        planner.planAlone(scope, run, { ...plan, hashGates: [] }, stretch),
    }),
  ),
  broken(
    'plans alone for a worker who is too late',
    'a run that somebody has moved is not planned alone',
    (planner, storage) => ({
      planAlone: async (scope, run, plan, stretch) =>
        planner.planAlone(scope, await asStored(storage, scope, run), plan, stretch),
    }),
  ),
  {
    name: 'lets keys stand when the address is another',
    caughtBy: 'databasePlanner: keys go with the address that they are of',
    wrap: (storage) =>
      withStore(storage, 'customers', {
        upsert: async (scope, patches, entry) => {
          const done = await storage.customers.upsert(scope, patches, entry)
          const addressKeys = ['k1', 'k0'].map((id) => asId<AddressKey>(`${id}:${digestOf(id)}`))
          const stale = patches.flatMap(({ id, addresses }) => {
            const address = addresses?.email ?? null
            return address === null ? [] : [{ customerId: id, kind: 'email' as const, address, addressKeys }]
          })
          await storage.customers.keepAddressKeys?.(scope, stale)
          return done
        },
      }),
  },
  {
    name: 'keeps no keys beside addresses',
    caughtBy: 'customers.keepAddressKeys: keys are kept where their address stands, for planning alone',
    wrap: (storage) => withStore(storage, 'customers', { keepAddressKeys: async () => 0 }),
  },
  broken(
    'plans a stretch anew under another number',
    'a stretch that is planned twice, or twice at once, is planned once',
    (planner) => {
      let calls = 0
      return {
        planStretch: async (scope, run, plan, stretch, contacts) => {
          calls += 1
          await planner.planStretch(scope, run, plan, { ...stretch, number: 1_000 + calls }, contacts)
        },
      }
    },
  ),
  broken(
    'forgets the segments that hold',
    'members have rank keys, tags, standing, and the segments that hold',
    (planner) => ({
      planStretch: async (scope, run, plan, stretch, contacts) =>
        planner.planStretch(scope, run, { ...plan, segments: [] }, stretch, contacts),
    }),
  ),
]
