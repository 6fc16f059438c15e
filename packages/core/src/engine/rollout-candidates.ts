import type { CustomerId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { Customer } from '../model/customer.js'
import { REMAINDER } from '../model/experiment.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'

/**
 * Whom of a page of customers the rollout may be for: those whose arm waits for the verdict, but for those whom a run
 * that was frozen after the decision has given it already. They have had their message from that run.
 */
export async function rolloutCandidates(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  customers: readonly Customer[],
): Promise<readonly Customer[]> {
  const ids = customers.map(({ id }) => id)
  const arms = await context.storage.audience.armsOf(scope, campaign.id, run.id, ids)
  const waiting = customers.filter(({ id }) => arms.get(id) === REMAINDER)
  const given = await givenByLaterRuns(
    context,
    scope,
    campaign,
    waiting.map(({ id }) => id),
  )
  return waiting.filter(({ id }) => !given.has(id))
}

async function givenByLaterRuns(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  customerIds: readonly CustomerId[],
): Promise<ReadonlySet<CustomerId>> {
  const given = new Set<CustomerId>()
  if (customerIds.length === 0) return given
  const runs = await context.storage.campaigns.runsOf(scope, campaign.id)
  for (const { id } of runs.filter((run) => mayKnowDecision(run, campaign))) {
    const members = await context.storage.audience.get(scope, id, customerIds)
    for (const { customerId, arm } of members) if (arm !== null && arm !== REMAINDER) given.add(customerId)
  }
  return given
}

/** Whether members of a run may have got their arm after the decision. */
function mayKnowDecision(run: Run, { rollout }: Campaign): boolean {
  const { freeze } = run
  if (isRolloutRun(run) || rollout === null) return false
  return freeze.phase !== 'frozen' || freeze.at >= rollout.at
}
