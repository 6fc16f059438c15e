import type { Announcements } from '@campaignkit/core/adapter'
import type { TenantOf } from './tenants.js'

/** The announcements of {@link createMemoryStorage}. */
export function createAnnouncements(tenantOf: TenantOf): Announcements {
  return {
    complete: true,
    sequence: async (scope, campaignId) => tenantOf(scope).announcements.sequence(campaignId),
    changed: async (scope, campaignId, seen, signal) =>
      tenantOf(scope).announcements.changed(campaignId, seen, signal),
  }
}
