import type { AddressKey } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { ChannelKind } from './channel-kind.js'

/** Why an address is never written to again. */
export const SUPPRESSION_REASONS = ['bounced', 'complained', 'invalid', 'requested', 'erased'] as const

export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number]

/** An address that must never be written to again. Holds no personal data, so it outlives erasure. */
export interface Suppression {
  readonly channel: ChannelKind
  readonly addressKey: AddressKey
  readonly reason: SuppressionReason
  readonly since: Instant
}
