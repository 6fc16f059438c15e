import type { CustomerDirectory } from '@campaignkit/core/adapter'
import { frozenCopy } from './frozen-copy.js'
import { scanMatching } from './scan-matching.js'
import type { TenantOf } from './tenants.js'

/** The customers of {@link createMemoryStorage}. */
export function createCustomerDirectory(tenantOf: TenantOf): CustomerDirectory {
  return {
    writable: true,
    scan: async (scope, { after, limit }) => tenantOf(scope).customers.scan(after, limit),
    scanMatching: async (scope, request, page) => scanMatching(tenantOf(scope), request, page),
    get: async (scope, ids) => tenantOf(scope).customers.get(ids),
    upsert: async (scope, ...given) => {
      const [patches, entry] = frozenCopy(given)
      const { customers, journal } = tenantOf(scope)
      const done = { created: 0, updated: 0 }
      for (const patch of patches) done[customers.upsert(patch)] += 1
      journal.write(entry)
      return done
    },
    reseal: async (scope, ...given) => {
      const [reseals, entry] = frozenCopy(given)
      const { customers, journal } = tenantOf(scope)
      const replaced = customers.reseal(reseals)
      journal.write(entry)
      return replaced
    },
    keepAddressKeys: null,
    erase: async (scope, ...given) => {
      const [ids, entry] = frozenCopy(given)
      const { customers, journal } = tenantOf(scope)
      const erased = customers.erase(ids)
      journal.write(entry)
      return erased
    },
  }
}
