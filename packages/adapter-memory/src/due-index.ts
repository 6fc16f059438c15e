import {
  byCodePoints,
  DEFAULT_PRIORITY,
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
  let turns = 0
  return {
    due: async ({ limit, now }) => {
      const due = new Earliest<Waiting>(inTurn, limit)
      for (const [tenantId, tenant] of tenants.entries()) {
        for (const run of tenant.campaigns.openRuns()) {
          const dueAt = dueAtOf(tenant, run)
          if (dueAt === null) continue
          const { id: runId, campaignId, scheduledFor } = run
          const priority = tenant.campaigns.get(campaignId)?.content.priority ?? DEFAULT_PRIORITY
          const lastTurn = tenant.campaigns.turnOf(runId)
          due.add({
            run: { tenant: tenantId, runId, dueAt, scheduledFor, priority },
            turn: dueAt <= now ? [0, -priority, lastTurn] : [1, 0, 0],
          })
        }
      }
      return due.items().map(({ run }) => run)
    },
    noteTurn: async (scope, runId) => {
      turns += 1
      tenants.of(scope).campaigns.noteTurn(runId, turns)
    },
  }
}

/** A run with its place in the order of turns: whether it is due later, then priority and last turn. */
interface Waiting {
  readonly run: DueRun
  readonly turn: readonly [late: number, urgency: number, lastTurn: number]
}

function inTurn(left: Waiting, right: Waiting): number {
  const [late, urgency, last] = left.turn
  const [otherLate, otherUrgency, otherLast] = right.turn
  return (
    late - otherLate ||
    urgency - otherUrgency ||
    last - otherLast ||
    left.run.dueAt - right.run.dueAt ||
    byCodePoints(left.run.tenant, right.run.tenant) ||
    byCodePoints(left.run.runId, right.run.runId)
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
