import { STRATUM_PREFIX } from './stratum.js'

/**
 * The label of members who were given an arm in an earlier run of the campaign, among their segments. What they do says
 * nothing new of the arms: each customer is compared once, by the first run.
 */
export const RETURNING_LABEL = 'returning:'

/** What the labels of members begin with, and the name of no segment. */
export const LABEL_PREFIXES: readonly string[] = [STRATUM_PREFIX, RETURNING_LABEL]

/**
 * Whether what stands among the segments of a member is a label that the engine counts by, and no segment that people named.
 *
 * @example
 * ```ts
 * import { isMemberLabel } from '@campaignkit/core/adapter'
 * console.log(isMemberLabel('stratum:/loyal'), isMemberLabel('Lapsed')) // true false
 * ```
 */
export function isMemberLabel(segment: string | null): segment is string {
  return segment !== null && LABEL_PREFIXES.some((prefix) => segment.startsWith(prefix))
}

/** The segments of a member that people named, without the labels. */
export function namedSegments(segments: readonly string[]): readonly string[] {
  return segments.filter((segment) => !isMemberLabel(segment))
}
