import type { CustomerId } from '../base/ids.js'
import type { Customer } from '../model/customer.js'
import type { Scope } from '../model/scope.js'
import type { Eligibility } from '../ports/eligibility.js'
import type { EngineContext } from './context.js'
import { viewOf } from './seal-customer.js'

/** What the external rules say of a customer, all of them together. */
export type EligibilityAnswer = 'yes' | 'no' | 'unknown'

/** Customers that a rule is asked about at once. */
const MOST_ASKED = 1_000

/**
 * Asks every rule for a page of customers. One "no" is no; else one missing answer, failure or timeout is unknown.
 * A rule is not asked about customers to whom another said no.
 */
export async function askEligibility(
  context: EngineContext,
  scope: Scope,
  rules: readonly string[],
  customers: readonly Customer[],
): Promise<ReadonlyMap<CustomerId, EligibilityAnswer>> {
  const answers = new Map<CustomerId, EligibilityAnswer>()
  if (context.eligibility === null) return answers
  for (const rule of rules) {
    const open = customers.filter(({ id }) => answers.get(id) !== 'no')
    if (open.length === 0) break
    for (let from = 0; from < open.length; from += MOST_ASKED) {
      const some = open.slice(from, from + MOST_ASKED)
      note(answers, some, await askOne(context, context.eligibility, scope, rule, some))
    }
  }
  return answers
}

function note(
  answers: Map<CustomerId, EligibilityAnswer>,
  asked: readonly Customer[],
  said: ReadonlyMap<CustomerId, unknown> | null,
): void {
  for (const { id } of asked) {
    const answer = said?.get(id)
    if (answer === false) answers.set(id, 'no')
    else if (answer !== true) answers.set(id, 'unknown')
  }
}

async function askOne(
  context: EngineContext,
  eligibility: Eligibility,
  scope: Scope,
  rule: string,
  customers: readonly Customer[],
): Promise<ReadonlyMap<CustomerId, unknown> | null> {
  const timer = new AbortController()
  const timeout = context.clock
    .sleepUntil(context.clock.now() + context.settings.eligibilityTimeoutMs, { signal: timer.signal })
    .then(() => null)
  try {
    const said = await Promise.race([eligibility.ask(scope, rule, customers.map(viewOf)), timeout])
    return new Map(customers.map(({ id }) => [id, said?.get(id)]))
  } catch (cause) {
    // never its message: it may name the customers that were asked about
    context.logger.warn('an eligibility rule failed', {
      rule,
      error: cause instanceof Error ? cause.name : 'unknown',
    })
    return null
  } finally {
    timer.abort()
    timeout.catch(() => undefined)
  }
}
