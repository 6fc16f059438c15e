import type { Scope } from '../../model/scope.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId } from '../as-id.js'
import { overridden } from '../overridden.js'
import type { BrokenStorage } from './broken-wrapper.js'

type StoreName = Exclude<
  keyof Storage,
  | 'capabilities'
  | 'announcements'
  | 'databasePlanner'
  | 'enlist'
  | 'dueIndex'
  | 'close'
  | 'jobQueue'
  | 'rateLimiter'
>

/** The store with every call made for one tenant, whoever asks. */
function withoutTenant(storage: Storage, name: StoreName): Storage {
  const store: object = storage[name]
  const forgetful = new Proxy(store, {
    get(target, method) {
      const member: unknown = Reflect.get(target, method, target)
      if (typeof member !== 'function') return member
      return (scope: Scope, ...rest: unknown[]): unknown =>
        Reflect.apply(member, target, [{ ...scope, tenant: asId('nobody') }, ...rest])
    },
  })
  return overridden<Storage>(storage, { [name]: forgetful })
}

const TENANT_CASES = [
  ['customers', 'customers.get: another tenant with equal ids sees nothing'],
  ['consents', 'consents.standing: another tenant with equal ids sees nothing'],
  ['segments', 'segments.get: another tenant with equal ids sees nothing'],
  ['campaigns', 'campaigns.get: another tenant with equal ids sees nothing'],
  ['freezing', 'freezing.sizes: another tenant with equal ids sees nothing'],
  ['audience', 'audience.get: another tenant with equal ids sees nothing'],
  ['deliveries', 'deliveries.get: another tenant with equal ids sees nothing'],
  ['events', 'events.list: another tenant with equal ids sees nothing'],
  ['coupons', 'coupons.byHandle: another tenant with equal ids sees nothing'],
  ['ledger', 'ledger.accounts: another tenant with equal ids sees nothing'],
  ['journal', 'journal.append: another tenant with equal ids is untouched'],
] as const satisfies readonly (readonly [StoreName, string])[]

/** Storages that let tenants meet, one for each store. */
export const forgetfulStorages: readonly BrokenStorage[] = TENANT_CASES.map(([name, caughtBy]) => ({
  name: `forgets the tenant of ${name}`,
  caughtBy,
  wrap: (storage) => withoutTenant(storage, name),
}))
