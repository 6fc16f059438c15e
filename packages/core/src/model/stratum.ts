import { type Instant, toIso } from '../base/time.js'

/** The stratum of whoever is in none of those that are declared. */
export const OTHER_STRATUM = 'other'

/** What the label of a stratum begins with, and the name of no segment. */
export const STRATUM_PREFIX = 'stratum:'

/** What tells the members of a run apart: when they are due, which stratum they are in, or both. */
export interface StratumPlace {
  /** The instant of the wave; null where all are due together. */
  readonly dueAt: Instant | null
  /** The name of the stratum; null where none is declared. */
  readonly name: string | null
}

/**
 * The label under which members of a stratum are counted, among their segments: `stratum:<instant>/<name>`, either of
 * which may be empty. Two places have the same label only when they are the same.
 *
 * @example
 * ```ts
 * import { stratumLabel } from '@campaignkit/core/adapter'
 * console.log(stratumLabel({ dueAt: 0, name: 'loyal' })) // stratum:1970-01-01T00:00:00.000Z/loyal
 * ```
 */
export function stratumLabel({ dueAt, name }: StratumPlace): string {
  return `${STRATUM_PREFIX}${dueAt === null ? '' : toIso(dueAt)}/${name ?? ''}`
}

/** Whether what stands among the segments of a member is the label of its stratum. */
export function isStratumLabel(segment: string | null): segment is string {
  return segment?.startsWith(STRATUM_PREFIX) ?? false
}

/**
 * The place that a label names.
 *
 * @param label - made by {@link stratumLabel}
 *
 * @example
 * ```ts
 * import { readStratum } from '@campaignkit/core/adapter'
 * console.log(readStratum('stratum:1970-01-01T00:00:00.000Z/loyal')) // { dueAt: 0, name: 'loyal' }
 * ```
 */
export function readStratum(label: string): StratumPlace {
  const place = label.slice(STRATUM_PREFIX.length)
  const slash = place.indexOf('/')
  const instant = place.slice(0, slash)
  const name = place.slice(slash + 1)
  return { dueAt: instant === '' ? null : Date.parse(instant), name: name === '' ? null : name }
}

/**
 * The name of a place for people: the instant in ISO 8601, the stratum, or both.
 *
 * @example
 * ```ts
 * import { stratumName } from '@campaignkit/core/adapter'
 * console.log(stratumName({ dueAt: 0, name: 'loyal' })) // 1970-01-01T00:00:00.000Z / loyal
 * ```
 */
export function stratumName({ dueAt, name }: StratumPlace): string {
  return [dueAt === null ? null : toIso(dueAt), name].filter((part) => part !== null).join(' / ')
}

/** The label of a member's stratum, found among its segments; of a member without one, the label of no place. */
export function stratumOf(segments: readonly string[]): string {
  return segments.find(isStratumLabel) ?? stratumLabel({ dueAt: null, name: null })
}
