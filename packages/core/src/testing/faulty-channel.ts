import { CampaignKitError } from '../base/error.js'
import type { DurationMs, Instant } from '../base/time.js'
import type { Channel, ChannelCapabilities, OutgoingMessage, SendResult } from '../ports/channel.js'
import type { Clock } from '../ports/clock.js'
import { sampleCapabilities } from './sample-capabilities.js'

/** What goes wrong with one attempt. */
export type Fault =
  | Exclude<SendResult, { readonly outcome: 'accepted' | 'unknown' }>
  /** Nobody can tell whether it was sent; `taken` says what the provider really did. */
  | { readonly outcome: 'unknown'; readonly code: string; readonly taken: boolean }
  /** The call throws at this message: before the provider took it, or after. Later ones of the batch are not taken. */
  | { readonly outcome: 'throws'; readonly taken: boolean }

/** Says what goes wrong with an attempt, or null when all goes well. `attempt` counts from 1 for each delivery. */
export type FaultScript = (message: OutgoingMessage, attempt: number) => Fault | null

/** How a {@link FaultyChannel} behaves. */
export interface FaultyChannelOptions {
  /** Dates the log, and waits out delays. */
  readonly clock: Clock
  readonly faultOf: FaultScript
  /** How long a message takes on its way, in milliseconds. @default 0 */
  readonly delayMsOf?: (message: OutgoingMessage, attempt: number) => DurationMs
  /** What differs from {@link sampleCapabilities}. */
  readonly capabilities?: Partial<ChannelCapabilities>
}

/** A message that the provider really took. */
export interface AcceptedMessage {
  readonly message: OutgoingMessage
  readonly at: Instant
}

/** A channel that fails as it is told to, with the truth at hand. */
export interface FaultyChannel extends Channel {
  /** Every message that was handed over, taken or not. */
  readonly attempted: readonly OutgoingMessage[]
  /** What really went out, whatever the caller was told: the provider's own log. */
  readonly accepted: readonly AcceptedMessage[]
}

/**
 * Makes a channel that fails by script and keeps the provider's log, so that a test can count losses and doubles.
 *
 * @example
 * ```ts
 * import { createFaultyChannel, createManualClock, failsFirst } from '@campaignkit/core/testing'
 * const channel = createFaultyChannel({
 *   clock: createManualClock(),
 *   faultOf: failsFirst(2, { outcome: 'transient', code: 'busy' }),
 * })
 * ```
 */
export function createFaultyChannel(options: FaultyChannelOptions): FaultyChannel {
  const { clock, faultOf, delayMsOf } = options
  const attempted: OutgoingMessage[] = []
  const accepted: AcceptedMessage[] = []
  const attempts = new Map<string, number>()

  const take = (message: OutgoingMessage): SendResult => {
    accepted.push({ message, at: clock.now() })
    return { outcome: 'accepted', providerMessageId: `faulty-${accepted.length}` }
  }
  const attempt = async (message: OutgoingMessage, signal: AbortSignal | undefined): Promise<SendResult> => {
    const number = (attempts.get(message.deliveryId) ?? 0) + 1
    attempts.set(message.deliveryId, number)
    attempted.push(message)
    const delayMs = delayMsOf?.(message, number) ?? 0
    if (delayMs > 0) await clock.sleepUntil(clock.now() + delayMs, { signal })
    const fault = faultOf(message, number)
    if (fault === null) return take(message)
    if (fault.outcome === 'throws' || fault.outcome === 'unknown') {
      if (fault.taken) take(message)
      if (fault.outcome === 'throws') throw new Error('The connection broke')
      return { outcome: 'unknown', code: fault.code }
    }
    return fault
  }

  return {
    capabilities: sampleCapabilities(options.capabilities),
    attempted,
    accepted,
    async send(_scope, batch, { signal } = {}) {
      if (signal?.aborted) throw new CampaignKitError('ABORTED', 'The call was aborted')
      const results: SendResult[] = []
      for (const message of batch) results.push(await attempt(message, signal))
      return results
    },
  }
}
