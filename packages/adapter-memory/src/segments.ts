import type { SegmentStore } from '@campaignkit/core/adapter'
import { frozenCopy } from './frozen-copy.js'
import { pageOf, textCursor } from './paging.js'
import type { TenantOf } from './tenants.js'

/** The segments of {@link createMemoryStorage}. */
export function createSegmentStore(tenantOf: TenantOf): SegmentStore {
  return {
    put: async (scope, ...given) => {
      const [segment, expectedVersion, entry, referred = []] = frozenCopy(given)
      const { segments, journal } = tenantOf(scope)
      segments.put(segment, expectedVersion, referred)
      journal.write(entry)
    },
    get: async (scope, names) => {
      const { rows } = tenantOf(scope).segments
      return [...new Set(names)].flatMap((name) => rows.get(name) ?? [])
    },
    list: async (scope, page) => {
      const { names, rows } = tenantOf(scope).segments
      return pageOf(names, textCursor(), page, (name) => rows.get(name) ?? null)
    },
    delete: async (scope, ...given) => {
      const [name, expectedVersion, entry] = frozenCopy(given)
      const { segments, journal } = tenantOf(scope)
      segments.delete(name, expectedVersion)
      journal.write(entry)
    },
  }
}
