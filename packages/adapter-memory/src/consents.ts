import type { ConsentStore } from '@campaignkit/core/adapter'
import { frozenCopy } from './frozen-copy.js'
import type { TenantOf } from './tenants.js'

/** The consents of {@link createMemoryStorage}. */
export function createConsentStore(tenantOf: TenantOf): ConsentStore {
  return {
    record: async (scope, ...given) => {
      const [records, entry] = frozenCopy(given)
      const { consents, journal } = tenantOf(scope)
      for (const record of records) consents.record(record)
      journal.write(entry)
    },
    standing: async (scope, customerIds) => {
      const { consents } = tenantOf(scope)
      return [...new Set(customerIds)].flatMap((id) => consents.standing(id))
    },
    history: async (scope, customerId) => tenantOf(scope).consents.history(customerId),
    forget: async (scope, ...given) => {
      const [customerIds, entry] = frozenCopy(given)
      const { consents, journal } = tenantOf(scope)
      for (const customerId of customerIds) consents.forget(customerId)
      journal.write(entry)
    },
    suppress: async (scope, ...given) => {
      const [suppressions, entry] = frozenCopy(given)
      const { consents, journal } = tenantOf(scope)
      for (const suppression of suppressions) consents.suppress(suppression)
      journal.write(entry)
    },
    unsuppress: async (scope, ...given) => {
      const [keys, entry] = frozenCopy(given)
      const { consents, journal } = tenantOf(scope)
      for (const key of keys) consents.unsuppress(key)
      journal.write(entry)
    },
    suppressed: async (scope, addressKeys) => {
      const { consents } = tenantOf(scope)
      return [...new Set(addressKeys)].flatMap((key) => consents.suppressed(key))
    },
  }
}
