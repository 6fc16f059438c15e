import { authorize } from '../access/policy.js'
import type { CampaignId, CustomerId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import { type Campaign, channelOrder } from '../model/campaign.js'
import type { Delivery } from '../model/delivery.js'
import { EXCLUSIONS } from '../model/exclusion.js'
import { HOLDOUT, REMAINDER } from '../model/experiment.js'
import type { Member } from '../model/member.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { explainPlan } from './explain-plan.js'
import { campaignStep, deliverySteps } from './explain-steps.js'
import { parseCustomerId } from './manage-customers.js'
import { type TraceStep, traceStep } from './trace-step.js'

/** "Why did this customer not get it?" */
export interface DeliveryTrace {
  readonly campaignId: CampaignId
  readonly customerId: CustomerId
  /** Whether some message of the campaign was sent to the customer. */
  readonly sent: boolean
  readonly steps: readonly TraceStep[]
}

/**
 * The ordered trace of a customer's way through a campaign, run by run: the rule and the gates, the arm, the permit,
 * every attempt and every receipt. Of a customer in no run it tells what the planner would say now.
 *
 * @throws CAMPAIGN_NOT_FOUND, INVALID_INPUT with path `customerId`
 */
export async function explainDelivery(
  context: EngineContext,
  scope: Scope,
  campaignId: CampaignId,
  customerId: CustomerId,
): Promise<DeliveryTrace> {
  authorize(context.access, scope, 'campaign.read')
  parseCustomerId(customerId, 'customerId')
  const campaign = await requireCampaign(context, scope, campaignId)
  const steps = [campaignStep(campaign)]
  let inRun = false
  const runs = await context.storage.campaigns.runsOf(scope, campaignId)
  for (const run of runs) {
    const [member] = await context.storage.audience.get(scope, run.id, [customerId])
    if (member !== undefined) steps.push(...(await memberSteps(context, scope, campaign, run, member)))
    else if (run.freeze.phase === 'frozen') steps.push(absentStep(run))
    inRun ||= member !== undefined
  }
  if (!inRun) steps.push(...(await planSteps(context, scope, campaign, customerId, runs)))
  const sent = steps.some(({ stage, passed }) => stage === 'delivery' && passed === 'yes')
  return { campaignId, customerId, sent, steps }
}

function absentStep(run: Run): TraceStep {
  const words = isRolloutRun(run)
    ? 'The rollout is for whoever waited for the verdict alone'
    : 'The rule did not match when the audience of the run was frozen'
  return traceStep({ stage: 'member', at: run.scheduledFor, passed: 'no', code: 'notInRun', words })
}

async function planSteps(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  customerId: CustomerId,
  runs: readonly Run[],
): Promise<readonly TraceStep[]> {
  const [customer] = await context.storage.customers.get(scope, [customerId])
  if (customer === undefined) {
    const words = 'No customer has this id'
    return [traceStep({ stage: 'match', passed: 'no', code: 'CUSTOMER_NOT_FOUND', words })]
  }
  const steps = await explainPlan(context, scope, campaign, customer)
  const freezing = runs.find(isBeingFrozen)
  const isReached = steps.some(({ stage, passed }) => stage === 'gate' && passed === 'yes')
  return freezing === undefined || !isReached ? steps : [...steps, notAssignedStep(freezing)]
}

/** Nobody is a member before all who match are planned. */
function isBeingFrozen({ status, freeze }: Run): boolean {
  if (status === 'ended' || freeze.phase === 'frozen') return false
  return freeze.phase !== 'matching' || freeze.after !== null
}

function notAssignedStep({ scheduledFor }: Run): TraceStep {
  const words = 'The run is being prepared'
  return traceStep({ stage: 'arm', at: scheduledFor, passed: 'unknown', code: 'notAssigned', words })
}

async function memberSteps(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  member: Member,
): Promise<readonly TraceStep[]> {
  const at = run.scheduledFor
  const matched = isRolloutRun(run) ? 'Waited for the verdict' : 'The rule matched'
  const match = traceStep({ stage: 'match', at, passed: 'yes', code: 'true', words: matched })
  if (member.exclusion !== null) {
    const words = `Excluded: ${EXCLUSIONS[member.exclusion]}`
    return [match, traceStep({ stage: 'gate', at, passed: 'no', code: member.exclusion, words })]
  }
  const words = `May be written to: ${member.channels.join(', ')}`
  const gate = traceStep({ stage: 'gate', at, passed: 'yes', code: 'passed', words })
  const steps = [match, gate, armStep(member, at)]
  const deliveries = await context.storage.deliveries.ofMembers(scope, run.id, [member.customerId])
  for (const delivery of deliveries.toSorted(inTurn(campaign))) {
    steps.push(...(await deliverySteps(context, scope, campaign, delivery)))
  }
  return steps
}

/** As they were due first; what followed within the same millisecond stands in the campaign's own order of channels. */
function inTurn({ content }: Campaign): (left: Delivery, right: Delivery) => number {
  const order = channelOrder(content)
  return (left, right) =>
    left.firstDueAt - right.firstDueAt ||
    left.step - right.step ||
    order.indexOf(left.channel) - order.indexOf(right.channel)
}

function armStep({ arm, rank }: Member, at: Instant): TraceStep {
  if (arm === null) {
    const words = 'The audience was too small for the experiment'
    return traceStep({ stage: 'arm', at, passed: 'no', code: 'notAssigned', words })
  }
  const waits = arm === HOLDOUT || arm === REMAINDER
  return traceStep({
    stage: 'arm',
    at,
    passed: waits ? 'no' : 'yes',
    code: arm,
    words: `Rank ${rank}: ${arm}${arm === REMAINDER ? ', waits for the verdict' : ''}`,
  })
}
