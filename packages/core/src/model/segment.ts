import * as z from 'zod'
import type { Instant } from '../base/time.js'
import { type Criteria, segmentNameSchema } from './criteria.js'
import { criteriaSchema } from './criteria-schema.js'

/** A named rule over customers. */
export interface Segment {
  /** Unique per tenant; any text, compared exactly. */
  readonly name: string
  readonly criteria: Criteria
  /** Counts the changes, from 1. */
  readonly version: number
  readonly updatedAt: Instant
}

export const segmentDraftSchema = z.strictObject({ name: segmentNameSchema, criteria: criteriaSchema })
export type SegmentInput = z.input<typeof segmentDraftSchema>

/** Names of the segments that criteria refer to, each once, in order of appearance. */
export function segmentsReferredTo(criteria: Criteria): string[] {
  const names = new Set<string>()
  const pending: Criteria[] = [criteria]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'segment') names.add(node.name)
    if (node.type === 'not') pending.push(node.of)
    if (node.type === 'all' || node.type === 'any') pending.push(...[...node.of].reverse())
  }
  return [...names]
}

/** Ids of the external rules that criteria ask, each once, in order of appearance. */
export function externalRulesOf(criteria: Criteria): string[] {
  if (criteria.type === 'eligibility') return [criteria.rule]
  if (criteria.type !== 'all') return []
  return [...new Set(criteria.of.flatMap(externalRulesOf))]
}
