import * as z from 'zod'
import { CampaignKitError } from '../base/error.js'
import type { Criteria, InstantFact } from './criteria.js'
import { daysSchema, storableSchema } from './fields.js'
import { checkInput } from './parse.js'
import { someTagsSchema } from './tags.js'

/** The older shape of a segment: all parts that are given must hold; the tags match when the customer has any. */
export interface LegacyCriteria {
  readonly tags?: readonly string[] | string
  readonly purchase_history?: { readonly ordered_in_last_days?: number; readonly min_order_count?: number }
  readonly conversation_activity?: { readonly active_in_last_days?: number; readonly status?: string }
}

const LEGACY_FIELDS = ['tags', 'purchase_history', 'conversation_activity']

/** Whether a value is written in the older shape: an object without `type` that has one of its fields. */
export function isLegacyCriteria(value: unknown): value is LegacyCriteria {
  return (
    typeof value === 'object' &&
    value !== null &&
    !('type' in value) &&
    LEGACY_FIELDS.some((field) => Object.hasOwn(value, field))
  )
}

const tagListSchema = z
  .string()
  .transform((text) => text.split(','))
  .pipe(someTagsSchema)

const legacySchema = z.strictObject({
  tags: z.union([tagListSchema, someTagsSchema]).optional(),
  purchase_history: z
    .strictObject({ ordered_in_last_days: daysSchema.optional(), min_order_count: z.int().min(0).optional() })
    .optional(),
  conversation_activity: z
    .strictObject({
      active_in_last_days: daysSchema.optional(),
      status: storableSchema(64).min(1).optional(),
    })
    .optional(),
})

/**
 * The tree of the older shapes: `'ALL'` is everyone, a comma list is any of its tags, an object is the conjunction
 * of its parts.
 *
 * @param path - where the value stands, as a prefix of reported paths
 * @throws CRITERIA_INVALID when the object says nothing at all; UNKNOWN_FIELD, INVALID_INPUT
 */
export function criteriaOfLegacy(input: LegacyCriteria | string, path: string): Criteria {
  if (typeof input === 'string') return criteriaOfTags(checkInput(tagListSchema, input, path))
  const parts = partsOf(checkInput(legacySchema, input, path))
  const [only] = parts
  if (only === undefined) {
    throw new CampaignKitError(
      'CRITERIA_INVALID',
      `${path === '' ? 'value' : path}: needs at least one rule`,
      { path },
    )
  }
  return parts.length === 1 ? only : { type: 'all', of: parts }
}

function partsOf(legacy: z.output<typeof legacySchema>): Criteria[] {
  const { tags, purchase_history: purchases, conversation_activity: conversation } = legacy
  const orderedDays = purchases?.ordered_in_last_days
  const minOrders = purchases?.min_order_count
  const activeDays = conversation?.active_in_last_days
  const status = conversation?.status
  return [
    ...(tags === undefined ? [] : [criteriaOfTags(tags)]),
    ...(orderedDays === undefined ? [] : [within('lastOrderAt', orderedDays)]),
    ...(minOrders === undefined
      ? []
      : [{ type: 'fact', fact: 'orderCount', op: '>=', value: minOrders } as const]),
    ...(activeDays === undefined ? [] : [within('lastConversationAt', activeDays)]),
    ...(status === undefined ? [] : [{ type: 'conversation', status } as const]),
  ]
}

function within(fact: InstantFact, days: number): Criteria {
  return { type: 'within', fact, days }
}

function criteriaOfTags(tags: readonly string[]): Criteria {
  return tags.length === 1 && tags[0] === 'all' ? { type: 'everyone' } : { type: 'tags', match: 'any', tags }
}
