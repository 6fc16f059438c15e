import { CampaignKitError } from '../base/error.js'
import type { TenantId } from '../base/ids.js'
import type { DurationMs, Instant } from '../base/time.js'
import type { Permit, RateLimit } from '../ports/rate-limiter.js'
import { slackMsOf, spacingMsOf } from './spacing.js'

/**
 * The next free instant of each key, in milliseconds with fractions of 1/1024, which numbers hold exactly until the
 * year 2248. A key that is not there is free.
 */
export type GcraState = ReadonlyMap<string, number>

/** The key of a limit among those of all tenants: a tenant's own never meets another's, nor one that they share. */
export function gcraKeyOf(tenant: TenantId, { key, sharedByTenants }: RateLimit): string {
  return JSON.stringify(sharedByTenants ? [key] : [tenant, key])
}

/** What is asked of the limits. */
export interface GcraRequest {
  /** Each under the key of its state. */
  readonly limits: readonly Pick<RateLimit, 'key' | 'pace'>[]
  /** 1 to 1,000. */
  readonly count: number
  readonly notBefore: Instant
  /** Slots later than this after `notBefore` are left out; 0 or more. */
  readonly horizonMs: DurationMs
}

const MOST_SLOTS = 1_000
const FRACTION = 1_024
/** How much of the slack may be used up before a send is late: by slots that have passed, and by those of a slower key. */
const LATE_SHARE = 0.5

/**
 * Reserves slots under all limits at once: the generic cell rate algorithm (ITU-T I.371, annex A) without burst, each
 * key being worth its next free instant.
 *
 * The distance of slots is that of the slowest limit; the first lies where every key is free. It is rounded up to a
 * whole millisecond, and what the rounding takes is taken from the slack, not from the pace: for the next slot the
 * fraction counts.
 *
 * Who asks a little late, by less than half of the smallest slack, is given the slots that have passed meanwhile: they
 * can still be used within their slack, so that a busy machine or database costs the pace nothing. Who asks later than
 * that starts anew.
 *
 * A faster key moves by slots of its own distance, so that others who share it find room between the slots of a slow
 * permit. Sends then leave those slots late, which their slack allows: half of it, less what has passed, goes to that at
 * most, and ends the permit when it is used up.
 *
 * @param state - of the keys of the limits at least
 * @returns the permit, and the state of the keys that it moved: none when its count is 0
 * @throws INVALID_INPUT when count, `notBefore` or horizon are out of range
 */
export function reserveGcra(
  state: GcraState,
  request: GcraRequest,
): { readonly permit: Permit; readonly state: GcraState } {
  checkGcraRequest(request)
  const { limits, notBefore } = request
  const free = limits.reduce((latest, { key }) => Math.max(latest, state.get(key) ?? latest), -Infinity)
  const start = free > notBefore - mostBehindMs(limits) ? free : notBefore
  const intervalMs = limits.reduce((widest, { pace }) => Math.max(widest, spacingMsOf(pace)), 0)
  const firstAt = Math.ceil(start)
  const count = countWithin(request, firstAt, intervalMs)
  const lastMs = (count - 1) * intervalMs
  const slack = limits.reduce(
    (least, { pace }) =>
      Math.min(least, slackMsOf(pace) - Math.max(0, lastMs - (count - 1) * spacingMsOf(pace))),
    Number.MAX_SAFE_INTEGER,
  )
  const slackMs = Math.floor(slack - (firstAt - start))
  const moved = new Map<string, number>()
  for (const { key, pace } of count === 0 ? [] : limits) {
    const next = start + roundUp(count * spacingMsOf(pace))
    moved.set(key, Math.max(next, moved.get(key) ?? next))
  }
  return { permit: { firstAt, intervalMs, count, slackMs }, state: moved }
}

/** The state of a key that gives no slot before an instant; a later one stays. */
export function postponeGcra(free: number | undefined, until: Instant): number {
  return free === undefined ? until : Math.max(free, until)
}

function countWithin(
  { count, notBefore, horizonMs, limits }: GcraRequest,
  firstAt: Instant,
  intervalMs: number,
): number {
  const aheadMs = notBefore + horizonMs - firstAt
  if (aheadMs < 0) return 0
  const behindMs = Math.max(0, notBefore - firstAt)
  const withinHorizon = intervalMs === 0 ? count : 1 + Math.floor(aheadMs / intervalMs)
  return limits.reduce(
    (fewest, { pace }) => {
      const lateMs = intervalMs - spacingMsOf(pace)
      const sparedMs = slackMsOf(pace) * LATE_SHARE - behindMs
      return lateMs <= 0 ? fewest : Math.min(fewest, 1 + Math.floor(sparedMs / lateMs))
    },
    Math.min(count, withinHorizon),
  )
}

/** How far behind `notBefore` a first slot may lie; within a millisecond the fraction of a slot counts. */
function mostBehindMs(limits: GcraRequest['limits']): DurationMs {
  const slackMs = limits.reduce(
    (least, { pace }) => Math.min(least, slackMsOf(pace)),
    Number.MAX_SAFE_INTEGER,
  )
  return Math.max(1, slackMs * LATE_SHARE)
}

function roundUp(ms: number): number {
  return Math.ceil(ms * FRACTION) / FRACTION
}

/**
 * Checks what {@link reserveGcra} is asked, for adapters that reserve in statements of their own.
 *
 * @throws INVALID_INPUT with path `count`, `notBefore` or `horizonMs`
 */
export function checkGcraRequest({ count, notBefore, horizonMs }: GcraRequest): void {
  const refuse = (path: string, expected: string) =>
    new CampaignKitError('INVALID_INPUT', `${path}: ${expected}`, { path })
  if (!Number.isInteger(count) || count < 1 || count > MOST_SLOTS) {
    throw refuse('count', `expected a whole number from 1 to ${MOST_SLOTS}`)
  }
  if (!Number.isSafeInteger(notBefore)) throw refuse('notBefore', 'expected an instant')
  if (!(horizonMs >= 0)) throw refuse('horizonMs', 'expected 0 or more')
}
