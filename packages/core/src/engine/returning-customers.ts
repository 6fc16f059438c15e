import type { CustomerId } from '../base/ids.js'
import type { Campaign, CampaignContent } from '../model/campaign.js'
import type { Arm } from '../model/experiment.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'

const NOBODY: ReadonlyMap<CustomerId, Arm> = new Map()

/** Whom of a page of customers an earlier run of a campaign with an experiment has given an arm, and which. */
export async function returningCustomers(
  context: EngineContext,
  scope: Scope,
  { id, content }: Campaign,
  run: Run,
  customers: readonly { readonly id: CustomerId }[],
): Promise<ReadonlyMap<CustomerId, Arm>> {
  if (!mayReturn(content) || isRolloutRun(run) || customers.length === 0) return NOBODY
  const ids = customers.map((customer) => customer.id)
  return context.storage.audience.armsOf(scope, id, run.id, ids)
}

/** Whether an earlier run of a campaign may have given somebody an arm. */
export function mayReturn({ schedule, experiment }: CampaignContent): boolean {
  return schedule?.type === 'recurring' && experiment !== undefined
}
