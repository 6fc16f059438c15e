import type { Campaign } from '../model/campaign.js'
import { queuedDelivery } from '../model/delivery.js'
import { PUBLIC_ARM } from '../model/experiment.js'
import { postId } from '../model/public-placement.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { createDueInstants } from './occurrences.js'

/**
 * Queues what a run puts in public: one delivery a placement, however often it is called. The rollout puts up nothing: the
 * run before it has.
 */
export async function placePosts(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Promise<void> {
  if (campaign.placements.length === 0 || isRolloutRun(run)) return
  const dueAt = createDueInstants(context, scope, campaign.content, run)(undefined)
  await context.storage.deliveries.append(
    scope,
    campaign.placements.map((placement, rank) =>
      queuedDelivery({
        id: postId(run.id, placement),
        runId: run.id,
        campaignId: campaign.id,
        customerId: null,
        placement: placement.name,
        step: 0,
        channel: placement.channel,
        arm: PUBLIC_ARM,
        rank,
        segments: [],
        dueAt,
        firstDueAt: dueAt,
      }),
    ),
  )
}
