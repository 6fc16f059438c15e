import { type CampaignStore, messagesUnderWay } from '@campaignkit/core/adapter'
import { frozenCopy } from './frozen-copy.js'
import { pageOf, placeCursor } from './paging.js'
import type { TenantOf } from './tenants.js'

/** The campaigns of {@link createMemoryStorage}. */
export function createCampaignStore(tenantOf: TenantOf): CampaignStore {
  return {
    insert: async (scope, ...given) => {
      const [campaign, entry] = frozenCopy(given)
      const { campaigns, journal, announcements } = tenantOf(scope)
      campaigns.insert(campaign)
      journal.write(entry)
      announcements.announce(campaign.id)
    },
    update: async (scope, ...given) => {
      const [campaign, expectedVersion, entry, run] = frozenCopy(given)
      const { campaigns, journal, announcements } = tenantOf(scope)
      campaigns.update(campaign, expectedVersion, run)
      journal.write(entry)
      announcements.announce(campaign.id)
    },
    get: async (scope, id) => tenantOf(scope).campaigns.get(id),
    getAll: async (scope, ids) => {
      const { campaigns } = tenantOf(scope)
      return [...new Set(ids)].flatMap((id) => campaigns.get(id) ?? [])
    },
    list: async (scope, filter, page) => {
      const { campaigns } = tenantOf(scope)
      return pageOf(campaigns.order, placeCursor, page, (place) => campaigns.listed(place, filter))
    },
    delete: async (scope, ...given) => {
      const [id, expectedVersion, entry] = frozenCopy(given)
      const { campaigns, freezing, audience, deliveries, coupons, journal, announcements } = tenantOf(scope)
      const { attempting, inDoubt } = deliveries.counts(id, undefined)
      if (campaigns.get(id)?.version === expectedVersion && attempting + inDoubt > 0) throw messagesUnderWay()
      const runs = campaigns.delete(id, expectedVersion)
      for (const run of runs) {
        freezing.drop(run)
        audience.drop(run)
      }
      deliveries.drop(id)
      coupons.drop(id)
      journal.write(entry)
      announcements.announce(id)
    },
    getRun: async (scope, id) => tenantOf(scope).campaigns.run(id),
    runsOf: async (scope, campaignId) => tenantOf(scope).campaigns.runsOf(campaignId),
    updateRun: async (scope, ...given) => {
      const [run, expectedVersion] = frozenCopy(given)
      const { campaigns, announcements } = tenantOf(scope)
      campaigns.updateRun(run, expectedVersion)
      announcements.announce(run.campaignId)
    },
  }
}
