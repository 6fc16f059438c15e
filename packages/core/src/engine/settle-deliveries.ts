import { isCampaignKitError } from '../base/error.js'
import { SECOND_MS } from '../base/time.js'
import type { Scope } from '../model/scope.js'
import type { Settlement } from '../ports/storage/delivery-store.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { publishEvents } from './publish-events.js'

/** How long to wait before a settlement is written again: what a provider has said is worth more than one try. */
const RETRIES_MS = [SECOND_MS / 10, SECOND_MS]

type Place = Pick<ChannelLane, 'campaign' | 'kind'>

/**
 * Writes settlements at once and tells listeners and sinks of those that counted.
 *
 * @throws what the storage threw, after the last try
 */
export async function settleDeliveries(
  context: EngineContext,
  scope: Scope,
  place: Place,
  settlements: readonly Settlement[],
): Promise<void> {
  if (settlements.length === 0) return
  const settled = new Set(
    await persistently(context, () =>
      context.storage.deliveries.settle(scope, settlements, context.clock.now()),
    ),
  )
  const written = settlements.filter(({ deliveryId }) => settled.has(deliveryId))
  announce(context, scope, place, written)
  await publishEvents(
    context,
    scope,
    written.flatMap(({ events }) => events),
  )
}

/** Repeats a call that can be repeated, unless its error says that this cannot help. */
export async function persistently<Result>(
  context: EngineContext,
  call: () => Promise<Result>,
): Promise<Result> {
  for (const waitMs of RETRIES_MS) {
    try {
      return await call()
    } catch (thrown) {
      if (isCampaignKitError(thrown) && thrown.retry === 'never') throw thrown
      context.logger.warn('what a provider said could not be written', {
        error: thrown instanceof Error ? thrown.name : 'unknown',
      })
      await context.clock.sleepUntil(context.clock.now() + waitMs)
    }
  }
  return call()
}

function announce(
  { observer }: EngineContext,
  scope: Scope,
  { campaign, kind }: Place,
  written: readonly Settlement[],
): void {
  const campaignId = campaign.id
  for (const { deliveryId, status, tries, dueAt, attempt } of written) {
    if (status === 'held') observer.emit('delivery.held', { scope, campaignId, deliveryId })
    if (status === 'queued' && attempt?.outcome === 'transient') {
      const code = attempt.code ?? ''
      observer.emit('delivery.retried', {
        scope,
        campaignId,
        deliveryId,
        channel: kind,
        code,
        tries,
        nextAt: dueAt,
      })
    }
  }
}
