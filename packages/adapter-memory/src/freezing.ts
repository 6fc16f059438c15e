import {
  type CustomerId,
  type FreezingStore,
  type PlannedMembership,
  versionConflict,
} from '@campaignkit/core/adapter'
import { frozenCopy } from './frozen-copy.js'
import { placeMembers } from './place-members.js'
import type { Tenant, TenantOf } from './tenants.js'

/** The runs of {@link createMemoryStorage} while they are frozen. */
export function createFreezingStore(tenantOf: TenantOf): FreezingStore {
  return {
    append: async (scope, ...given) => {
      const [moved, planned] = frozenCopy(given)
      const { campaigns, freezing, announcements } = tenantOf(scope)
      campaigns.updateRun(moved, moved.version - 1)
      freezing.add(moved.id, planned)
      announcements.announce(moved.campaignId)
    },
    settleAddresses: async (scope, run) => {
      const tenant = tenantOf(scope)
      requireRun(tenant, run)
      tenant.freezing.add(run.id, settled(tenant.freezing.planned(run.id)))
    },
    sizes: async (scope, runId) => tenantOf(scope).freezing.sizes(runId),
    place: async (scope, run, placement) => {
      const tenant = tenantOf(scope)
      requireRun(tenant, run)
      placeMembers(tenant, run.id, placement)
    },
    discard: async (scope, runId) => tenantOf(scope).freezing.drop(runId),
    finish: async () => {},
  }
}

type RunVersion = Pick<Parameters<FreezingStore['place']>[1], 'id' | 'version'>

function requireRun({ campaigns }: Tenant, { id, version }: RunVersion): void {
  const stored = campaigns.run(id)?.version ?? null
  if (stored !== version) throw versionConflict(version, stored)
}

/** Those who lose a channel to somebody before them, as they then are. */
function settled(planned: readonly PlannedMembership[]): readonly PlannedMembership[] {
  const owners = new Map<string, CustomerId>()
  return planned.flatMap((member) => {
    const isOwn = member.channels.map((channel, at) => {
      const key = member.addressKeys[at] ?? null
      if (key === null) return true
      const owner = owners.get(`${channel} ${key}`) ?? member.customerId
      owners.set(`${channel} ${key}`, owner)
      return owner === member.customerId
    })
    if (!isOwn.includes(false)) return []
    const channels = member.channels.filter((_, at) => isOwn[at])
    const left = { ...member, channels, addressKeys: member.addressKeys.filter((_, at) => isOwn[at]) }
    if (channels.length > 0) return [frozenCopy(left)]
    return [frozenCopy({ ...left, exclusion: 'duplicateAddress' as const, arm: null, lane: null })]
  })
}
