import type { JournalStore } from '@campaignkit/core/adapter'
import { frozenCopy } from './frozen-copy.js'
import type { TenantOf } from './tenants.js'

/** The journal of {@link createMemoryStorage}. */
export function createJournalStore(tenantOf: TenantOf): JournalStore {
  return {
    append: async (scope, entry) => tenantOf(scope).journal.write(frozenCopy(entry)),
    list: async (scope, { subject }, page) => tenantOf(scope).journal.list(subject, page),
  }
}
