import {
  type Criteria,
  type CriteriaInput,
  readCriteria,
  resolveSegments,
  type Scope,
  type SegmentStore,
  type SplitCriteria,
  segmentsReferredTo,
  splitEligibility,
} from '@campaignkit/core/adapter'

/**
 * Reads criteria as statements can ask them: every named segment of the tenant replaced by its rule, external rules
 * split off.
 *
 * @throws CRITERIA_INVALID, CRITERIA_TOO_DEEP, SEGMENT_NOT_FOUND, SEGMENT_CYCLE, ELIGIBILITY_MISPLACED
 */
export async function segmentRule(
  segments: SegmentStore,
  scope: Scope,
  input: CriteriaInput,
): Promise<SplitCriteria> {
  const criteria = readCriteria(input)
  const rules = new Map<string, Criteria>()
  let wanted = segmentsReferredTo(criteria)
  while (wanted.length > 0) {
    const found = await segments.get(scope, wanted)
    for (const segment of found) rules.set(segment.name, segment.criteria)
    const referred = new Set(found.flatMap((segment) => segmentsReferredTo(segment.criteria)))
    wanted = [...referred].filter((name) => !rules.has(name))
  }
  return splitEligibility(resolveSegments(criteria, rules))
}
