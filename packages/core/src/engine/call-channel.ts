import type { AddressKey, AttemptId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Scope } from '../model/scope.js'
import type { OutgoingMessage, RenderedMessage, SendResult } from '../ports/channel.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { expiryOf } from './expiry.js'
import { accountOf } from './lane-pace.js'
import type { HeldDelivery } from './settlements.js'

/** A message that may go out. */
export interface ReadyMessage {
  readonly held: HeldDelivery
  readonly to: string
  /** Null for what is put in public. */
  readonly addressKey: AddressKey | null
  readonly content: RenderedMessage
  /** How many messages it counts as, in price and pace. */
  readonly weight: number
}

/** A message with its attempt on record. */
export interface OpenAttempt {
  readonly message: ReadyMessage
  readonly attemptId: AttemptId
  readonly startedAt: Instant
}

/** What the channel said of an attempt. */
export interface Answer {
  readonly attempt: OpenAttempt
  readonly result: SendResult
}

const OUTCOMES: readonly unknown[] = [
  'accepted',
  'transient',
  'permanent',
  'throttled',
  'misconfigured',
  'unknown',
]

/**
 * Calls the provider once, unless its account is being left alone after an outage: then nothing is called, and the
 * messages wait. Whatever it does instead of answering for each message leaves those in doubt.
 */
export async function callChannel(
  context: EngineContext,
  scope: Scope,
  lane: ChannelLane,
  attempts: readonly OpenAttempt[],
): Promise<readonly Answer[]> {
  const account = accountOf(scope, lane)
  const { clock, circuits, logger } = context
  const waitMs = circuits.enter(account, clock.now(), lane.channel.capabilities.callTimeoutMs)
  if (waitMs > 0) {
    const result: SendResult = { outcome: 'throttled', code: 'circuit-open', retryAfterMs: waitMs }
    return attempts.map((attempt) => ({ attempt, result }))
  }
  const answers = await call(context, scope, lane, attempts)
  const results = answers.map(({ result }) => result)
  if (circuits.note(account, results, clock.now())) {
    logger.error('a provider is out of order; its account is left alone for a while', {
      channel: lane.kind,
      code: results.find((result) => result.outcome !== 'accepted')?.code,
    })
  }
  return answers
}

async function call(
  context: EngineContext,
  scope: Scope,
  { campaign, run, channel }: ChannelLane,
  attempts: readonly OpenAttempt[],
): Promise<readonly Answer[]> {
  const batch = attempts.map(({ message: { held, to, content }, attemptId }): OutgoingMessage => {
    const message = {
      deliveryId: held.delivery.id,
      attemptId,
      campaignId: campaign.id,
      runId: run.id,
      idempotencyKey: held.delivery.id,
      to,
      content,
    }
    const expiresAt = expiryOf(campaign, held.delivery)
    return expiresAt === undefined ? message : { ...message, expiresAt }
  })
  const report = (error: string) =>
    context.logger.error('a channel gave no answer', { campaignId: campaign.id, error })
  try {
    const results: unknown = await channel.send(scope, batch)
    const given: readonly unknown[] = Array.isArray(results) ? results : []
    return attempts.map((attempt, at) => {
      const result = given[at]
      if (isSendResult(result)) return { attempt, result }
      report('no-result')
      return { attempt, result: { outcome: 'unknown', code: 'no-result' } }
    })
  } catch (thrown) {
    report(thrown instanceof Error ? thrown.name : 'unknown')
    return attempts.map((attempt) => ({ attempt, result: { outcome: 'unknown', code: 'CHANNEL_FAILED' } }))
  }
}

function isSendResult(answer: unknown): answer is SendResult {
  return (
    typeof answer === 'object' && answer !== null && 'outcome' in answer && OUTCOMES.includes(answer.outcome)
  )
}
