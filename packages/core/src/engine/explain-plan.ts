import type { Instant } from '../base/time.js'
import { gateChannel } from '../consent/gates.js'
import type { Campaign } from '../model/campaign.js'
import type { Customer } from '../model/customer.js'
import { EXCLUSIONS } from '../model/exclusion.js'
import { personalChannels } from '../model/placed.js'
import type { Scope } from '../model/scope.js'
import { eventNeeds } from '../segmentation/event-needs.js'
import { explainCriteria } from '../segmentation/explain.js'
import { splitEligibility } from '../segmentation/split-eligibility.js'
import { askEligibility, type EligibilityAnswer } from './ask-eligibility.js'
import type { EngineContext } from './context.js'
import { countEvents } from './count-events.js'
import { createHashGates } from './hash-gates.js'
import { loadPermissions } from './load-permissions.js'
import { resolveAudience } from './load-segments.js'
import { placedOf } from './public-messages.js'
import { type TraceStep, traceStep } from './trace-step.js'

const MATCHES = {
  true: { passed: 'yes', words: 'The rule matches' },
  false: { passed: 'no', words: 'The rule does not match' },
  unknown: {
    passed: 'unknown',
    words: 'Too little is known of the customer to say whether the rule matches',
  },
} as const

/** What the planner would say now of a customer: the rule, external rules, and the gates of each channel. */
export async function explainPlan(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  customer: Customer,
): Promise<readonly TraceStep[]> {
  const now = context.clock.now()
  if (personalChannels(placedOf(context, campaign)).length === 0) return [IN_PUBLIC]
  const audience =
    campaign.pinnedAudience ?? (await resolveAudience(context, scope, campaign.content.audience))
  const { criteria, rules } = splitEligibility(audience)
  const counts = await countEvents(context, scope, eventNeeds(criteria, now), now, [customer])
  const eventCounts = counts.get(customer.id) ?? new Map()
  const { result } = explainCriteria(criteria, customer, { now, eventCounts })
  const match = traceStep({ stage: 'match', at: now, code: result, ...MATCHES[result] })
  if (result !== 'true')
    return [{ ...match, criteria: explainCriteria(audience, customer, { now, eventCounts }) }]
  const answers = await askEligibility(context, scope, rules, [customer])
  const eligibility = answers.get(customer.id) ?? 'yes'
  return [match, ...(await gateSteps(context, scope, campaign, customer, now, eligibility))]
}

async function gateSteps(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  customer: Customer,
  now: Instant,
  eligibility: EligibilityAnswer,
): Promise<readonly TraceStep[]> {
  const channels = personalChannels(placedOf(context, campaign))
  const permissions = await loadPermissions(context, scope, channels, [customer])
  const { purpose, topic, exclusionGroup } = campaign.content
  const { globallyHeldOut, outsideSlots } = createHashGates(context, scope, exclusionGroup)
  return channels.map((channel) => {
    const code = gateChannel({ purpose, topic }, channel, {
      customer,
      consents: permissions.consentsOf(customer.id),
      suppressedOn: () => permissions.suppressedOn(customer, channel),
      globallyHeldOut: globallyHeldOut(customer.id),
      outsideSlots: outsideSlots(customer.id),
      eligibility,
    })
    const said = code === null ? OPEN : ({ passed: 'no', code, words: EXCLUSIONS[code] } as const)
    return traceStep({ stage: 'gate', at: now, channel, ...said })
  })
}

const IN_PUBLIC = traceStep({
  stage: 'match',
  passed: 'no',
  code: 'PUBLIC_HAS_NO_CUSTOMER',
  words: 'The campaign is put in public and written to nobody',
})

const OPEN = { passed: 'yes', code: 'passed', words: 'May be written to' } as const
