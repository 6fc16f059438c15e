import { textSchema } from './fields.js'
import { isMemberLabel, LABEL_PREFIXES } from './member-label.js'

/** Facts that are points in time. */
export const INSTANT_FACTS = ['lastLoginAt', 'lastOrderAt', 'lastConversationAt'] as const
/** Facts that are numbers. */
export const NUMBER_FACTS = ['orderCount', 'totalSpentMinor', 'incompleteTransactions'] as const

export type InstantFact = (typeof INSTANT_FACTS)[number]
export type NumberFact = (typeof NUMBER_FACTS)[number]

export const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const
export type Comparison = (typeof COMPARISONS)[number]

/** A value that an attribute is compared with. */
export type Scalar = string | number | boolean

/**
 * The rule of a segment, as a tree of plain JSON.
 *
 * Evaluation is three-valued (Kleene): a node over an absent fact or attribute is `unknown`; `not unknown` is
 * `unknown`; `all` is false when any part is false, else unknown when any is unknown; `any` is true when any part is
 * true, else unknown when any is unknown. Only `true` matches. Tags and event counts are never unknown.
 */
export type Criteria =
  | { readonly type: 'everyone' }
  | { readonly type: 'all'; readonly of: readonly Criteria[] }
  | { readonly type: 'any'; readonly of: readonly Criteria[] }
  | { readonly type: 'not'; readonly of: Criteria }
  /** Holds any, all or none of the tags. */
  | { readonly type: 'tags'; readonly match: 'any' | 'all' | 'none'; readonly tags: readonly string[] }
  /** The fact lies at most so many days before now (and not after it). Unknown when absent. */
  | { readonly type: 'within'; readonly fact: InstantFact; readonly days: number }
  /** The latest known login, order or conversation lies more than so many days back. Unknown when all are absent. */
  | { readonly type: 'inactive'; readonly days: number }
  | { readonly type: 'fact'; readonly fact: NumberFact; readonly op: Comparison; readonly value: number }
  /** Status of the last conversation. Unknown when absent. */
  | { readonly type: 'conversation'; readonly status: string }
  /** Whether the fact is known at all; never unknown. */
  | { readonly type: 'known'; readonly fact: InstantFact | NumberFact | 'conversationStatus' }
  /** Values of different types are unequal and not ordered: `=` false, `!=` true, the others unknown. */
  | { readonly type: 'attribute'; readonly name: string; readonly op: Comparison; readonly value: Scalar }
  | {
      readonly type: 'attribute'
      readonly name: string
      readonly op: 'in'
      readonly value: readonly Scalar[]
    }
  /** A list holds the text, or a text holds it as a part. */
  | { readonly type: 'attribute'; readonly name: string; readonly op: 'contains'; readonly value: string }
  /** Never unknown. */
  | { readonly type: 'attribute'; readonly name: string; readonly op: 'exists' }
  /** How many events of a type the customer has, within so many days or ever. */
  | {
      readonly type: 'events'
      readonly event: string
      readonly op: Comparison
      readonly count: number
      readonly withinDays?: number
    }
  /** A named segment of the tenant. */
  | { readonly type: 'segment'; readonly name: string }
  /** An external rule behind the eligibility port; stands only as a conjunct at the root. */
  | { readonly type: 'eligibility'; readonly rule: string }

export const MAX_CRITERIA_DEPTH = 64
export const MAX_CRITERIA_NODES = 10_000

/** `stratum:` and `returning:` begin the labels by which members are counted. */
export const segmentNameSchema = textSchema(200).refine(
  (name) => !isMemberLabel(name),
  `must not begin with ${LABEL_PREFIXES.join(' or ')}`,
)
