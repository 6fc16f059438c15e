import type { Criteria } from '../model/criteria.js'

/** Criteria without their external rules, and those rules. A customer matches when both say yes. */
export interface SplitCriteria {
  readonly criteria: Criteria
  /** Ids of the external rules, each once, in order of appearance. */
  readonly rules: readonly string[]
}

/**
 * Takes the external rules out of the conjuncts at the root. Criteria that consist of nothing else become `everyone`.
 *
 * @param criteria - with named segments resolved
 */
export function splitEligibility(criteria: Criteria): SplitCriteria {
  const rules = new Set<string>()
  const rest = withoutRules(criteria, rules)
  return { criteria: rest ?? { type: 'everyone' }, rules: [...rules] }
}

function withoutRules(node: Criteria, rules: Set<string>): Criteria | null {
  if (node.type === 'eligibility') {
    rules.add(node.rule)
    return null
  }
  if (node.type !== 'all') return node
  const of = node.of.map((part) => withoutRules(part, rules)).filter((part) => part !== null)
  return of.length === 0 ? null : { type: 'all', of }
}
