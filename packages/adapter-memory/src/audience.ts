import {
  type Arm,
  type AudienceStore,
  byCodePoints,
  type CampaignId,
  type CustomerId,
  type Membership,
  type RunId,
} from '@campaignkit/core/adapter'
import { frozenCopy } from './frozen-copy.js'
import { pageOf, textCursor } from './paging.js'
import type { RunAudience } from './run-audience.js'
import type { Tenant, TenantOf } from './tenants.js'

const MOST_MEMBERSHIPS = 1_000

/** The audience of {@link createMemoryStorage}. */
export function createAudienceStore(tenantOf: TenantOf): AudienceStore {
  const runOf = (scope: Parameters<TenantOf>[0], runId: RunId) => tenantOf(scope).audience.run(runId)
  return {
    claimAddresses: async (scope, plan, claims) => {
      const { audience } = tenantOf(scope)
      return frozenCopy(claims).filter((claim) => !audience.claim(plan, claim))
    },
    releaseAddresses: async (scope, plan) => tenantOf(scope).audience.releaseClaims(plan),
    get: async (scope, runId, customerIds) => {
      const run = runOf(scope, runId)
      return [...new Set(customerIds)].flatMap((id) => run.get(id) ?? [])
    },
    armsOf: async (scope, campaignId, exceptRun, customerIds) =>
      armsOf(otherRuns(tenantOf(scope), campaignId, exceptRun), customerIds),
    membershipsOf: async (scope, customerIds) => {
      const tenant = tenantOf(scope)
      const memberships = customerIds.map((id) => [id, membershipsOf(tenant, id)] as const)
      return new Map(memberships.filter(([, { length }]) => length > 0))
    },
    counts: async (scope, runId) => runOf(scope, runId).counts(),
    armCounts: async (scope, runId) => runOf(scope, runId).armCounts(),
    forget: async (scope, customerIds) => {
      const { audience, freezing } = tenantOf(scope)
      for (const customerId of customerIds) {
        audience.forget(customerId)
        freezing.forget(customerId)
      }
    },
    list: async (scope, runId, { exclusion, arm }, page) => {
      const run = runOf(scope, runId)
      return pageOf(run.order, textCursor(), page, (customerId) => {
        const member = run.get(customerId)
        if (member === undefined || (exclusion !== undefined && member.exclusion !== exclusion)) return null
        return arm === undefined || member.arm === arm ? member : null
      })
    },
  }
}

/** The other runs of a campaign, the first created first. */
function otherRuns(
  { audience, campaigns }: Tenant,
  campaignId: CampaignId,
  exceptRun: RunId,
): readonly RunAudience[] {
  return campaigns
    .runsOf(campaignId)
    .filter(({ id }) => id !== exceptRun)
    .sort((left, right) => left.createdAt - right.createdAt || byCodePoints(left.id, right.id))
    .map(({ id }) => audience.run(id))
}

function firstArm(runs: readonly RunAudience[], customerId: CustomerId): Arm | null {
  return runs.map((run) => run.get(customerId)?.arm ?? null).find((arm) => arm !== null) ?? null
}

function armsOf(
  runs: readonly RunAudience[],
  customerIds: readonly CustomerId[],
): ReadonlyMap<CustomerId, Arm> {
  const arms = new Map<CustomerId, Arm>()
  for (const customerId of customerIds) {
    const arm = firstArm(runs, customerId)
    if (arm !== null) arms.set(customerId, arm)
  }
  return arms
}

function membershipsOf({ audience, campaigns }: Tenant, customerId: CustomerId): readonly Membership[] {
  return [...audience.runsOf(customerId)]
    .flatMap((runId) => {
      const run = campaigns.run(runId)
      const member = audience.run(runId).get(customerId)
      if (run === null || member === undefined || member.arm === null) return []
      const { dueAt, arm, segments } = member
      return [{ campaignId: run.campaignId, member: { runId, dueAt, arm, segments } }]
    })
    .sort(
      ({ member: left }, { member: right }) =>
        right.dueAt - left.dueAt || byCodePoints(left.runId, right.runId),
    )
    .slice(0, MOST_MEMBERSHIPS)
}
