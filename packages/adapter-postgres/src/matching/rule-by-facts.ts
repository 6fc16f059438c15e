import type { Criteria } from '@campaignkit/core/adapter'

/** A rule as far as it is decided without the attributes of a customer. */
export interface RuleByFacts {
  /** Matches some of those whom the rule matches, and asks no attribute; null when it would match nobody. */
  readonly criteria: Criteria | null
  /** Whom the rule matches beyond those passes one of these, each of which asks one attribute. */
  readonly byAttribute: readonly Criteria[]
}

/**
 * Takes the attributes out of a rule as if none passed. Criteria become true by their leaves alone, of which `not` makes
 * others, so whoever matches then matches the whole rule as well, and everybody else who does passes a leaf taken out.
 *
 * @param criteria - without named segments and external rules
 */
export function ruleByFacts(criteria: Criteria): RuleByFacts {
  const byAttribute: Criteria[] = []
  return { criteria: withoutAttributes(criteria, true, byAttribute), byAttribute }
}

function withoutAttributes(node: Criteria, wanted: boolean, taken: Criteria[]): Criteria | null {
  switch (node.type) {
    case 'not':
      return withoutAttributes(node.of, !wanted, taken)
    case 'all':
    case 'any': {
      const parts = node.of.map((part) => withoutAttributes(part, wanted, taken))
      const of = parts.filter((part) => part !== null)
      if ((node.type === 'all') === wanted) return of.length === parts.length ? { type: 'all', of } : null
      return of.length === 0 ? null : { type: 'any', of }
    }
    case 'attribute':
      taken.push(literal(node, wanted))
      return null
    default:
      return literal(node, wanted)
  }
}

function literal(leaf: Criteria, wanted: boolean): Criteria {
  return wanted ? leaf : { type: 'not', of: leaf }
}
