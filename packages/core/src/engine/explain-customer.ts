import { authorize } from '../access/policy.js'
import { type CriteriaInput, readCriteria } from '../model/criteria-schema.js'
import type { Customer } from '../model/customer.js'
import type { Scope } from '../model/scope.js'
import { externalRulesOf } from '../model/segment.js'
import { eventNeeds } from '../segmentation/event-needs.js'
import { type ExplainedNode, explainCriteria } from '../segmentation/explain.js'
import { resolveSegments } from '../segmentation/resolve.js'
import { askEligibility } from './ask-eligibility.js'
import type { EngineContext } from './context.js'
import { countEvents } from './count-events.js'
import { loadReferred, refuseSealedCriteria, requireEligibility } from './load-segments.js'
import { requireCustomer } from './manage-customers.js'

/** The root of criteria, with what each node makes of one customer. */
export type ExplainedCustomer = ExplainedNode

/**
 * Says for each node of criteria what it makes of a customer now (true, false or unknown) and which value it saw; the
 * rules of named segments and the answers of external rules are among the nodes.
 *
 * @throws CUSTOMER_NOT_FOUND, INVALID_INPUT, CRITERIA_INVALID, CRITERIA_TOO_DEEP, SEGMENT_NOT_FOUND, SEGMENT_CYCLE,
 *   CRITERIA_SEALED, ELIGIBILITY_MISPLACED, ELIGIBILITY_NOT_CONFIGURED, FORBIDDEN
 */
export async function explainCustomer(
  context: EngineContext,
  scope: Scope,
  customerId: string,
  criteria: CriteriaInput,
): Promise<ExplainedCustomer> {
  authorize(context.access, scope, 'customer.read')
  const asked = readCriteria(criteria)
  const customer = await requireCustomer(context, scope, customerId)
  const segments = await loadReferred(context, scope, asked)
  const resolved = resolveSegments(asked, segments)
  await refuseSealedCriteria(context, scope, asked, '')
  const now = context.clock.now()
  const counts = await countEvents(context, scope, eventNeeds(resolved, now), now, [customer])
  return explainCriteria(asked, customer, {
    now,
    eventCounts: counts.get(customer.id) ?? new Map(),
    segments,
    eligibility: await askEachRule(context, scope, externalRulesOf(resolved), customer),
  })
}

/** The planner asks until one rule says no; here each is asked, and one without an answer is left out. */
async function askEachRule(
  context: EngineContext,
  scope: Scope,
  rules: readonly string[],
  customer: Customer,
): Promise<ReadonlyMap<string, boolean>> {
  requireEligibility(context, rules)
  const said = new Map<string, boolean>()
  for (const rule of rules) {
    const answers = await askEligibility(context, scope, [rule], [customer])
    const answer = answers.get(customer.id) ?? 'yes'
    if (answer !== 'unknown') said.set(rule, answer === 'yes')
  }
  return said
}
