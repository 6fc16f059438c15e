import type { AddressKey } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { ChannelKind } from './channel-kind.js'

/** Why an address is never written to again; of two reasons at one instant the one that stands first here is kept. */
export const SUPPRESSION_REASONS = ['bounced', 'complained', 'invalid', 'requested', 'erased'] as const

export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number]

/** An address that must never be written to again. Holds no personal data, so it outlives erasure. */
export interface Suppression {
  readonly channel: ChannelKind
  readonly addressKey: AddressKey
  readonly reason: SuppressionReason
  readonly since: Instant
}

/**
 * What is kept of two suppressions of one address on one channel: the earlier one, and of two at one instant the one
 * whose reason stands first in {@link SUPPRESSION_REASONS}. A join: whatever the order and however often they arrive, the
 * same one is kept.
 */
export function joinSuppression(left: Suppression, right: Suppression): Suppression {
  if (left.since !== right.since) return left.since < right.since ? left : right
  return orderOf(left) <= orderOf(right) ? left : right
}

function orderOf({ reason }: Suppression): number {
  return SUPPRESSION_REASONS.indexOf(reason)
}
