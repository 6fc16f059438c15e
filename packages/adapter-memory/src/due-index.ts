import {
  byCodePoints,
  type DueIndex,
  type DueRun,
  hasEnded,
  type Instant,
  type Run,
} from '@campaignkit/core/adapter'
import { Earliest } from './earliest.js'
import type { Tenant, Tenants } from './tenants.js'

const EPOCH = 0
const NEVER = Number.POSITIVE_INFINITY

/** The due runs of {@link createMemoryStorage}, of every tenant. */
export function createDueIndex(tenants: Tenants): DueIndex {
  return {
    due: async ({ limit }) => {
      const due = new Earliest<DueRun>(earliestFirst, limit)
      for (const [tenantId, tenant] of tenants.entries()) {
        for (const run of tenant.campaigns.openRuns()) {
          const dueAt = dueAtOf(tenant, run)
          if (dueAt !== null)
            due.add({ tenant: tenantId, runId: run.id, dueAt, scheduledFor: run.scheduledFor })
        }
      }
      return due.items()
    },
  }
}

function earliestFirst(left: DueRun, right: DueRun): number {
  return (
    left.dueAt - right.dueAt ||
    byCodePoints(left.tenant, right.tenant) ||
    byCodePoints(left.runId, right.runId)
  )
}

/** When something of an open run is due; null when nothing ever is as things stand. */
function dueAtOf(tenant: Tenant, run: Run): Instant | null {
  const campaign = tenant.campaigns.get(run.campaignId)
  if (campaign === null || campaign.status === 'draft') return null
  const { endsAt } = campaign.content
  if (campaign.status === 'paused') return endsAt ?? null
  if (hasEnded(campaign.status) && !hasOnlyAttempts(tenant, run)) return EPOCH
  return Math.min(ownDueAt(tenant, run), endsAt ?? NEVER)
}

/** Whether all that is left of a run is attempts under way or in doubt. */
function hasOnlyAttempts({ deliveries }: Tenant, { campaignId, id }: Run): boolean {
  const { queued, claimed, attempting, inDoubt } = deliveries.counts(campaignId, id)
  return queued + claimed === 0 && attempting + inDoubt > 0
}

function ownDueAt({ deliveries }: Tenant, { id, freeze, scheduledFor }: Run): Instant {
  return freeze.phase === 'frozen' ? (deliveries.queues(id)?.nextAt() ?? EPOCH) : scheduledFor
}
