import type { CampaignEvent } from '../model/event.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'

/** Passes committed events on to listeners and sinks; a sink that fails is logged and stops nobody. */
export async function publishEvents(
  context: EngineContext,
  scope: Scope,
  events: readonly CampaignEvent[],
): Promise<void> {
  if (events.length === 0) return
  context.observer.emit('events.recorded', { scope, events })
  const published = await Promise.allSettled(context.sinks.map(async (sink) => sink.publish(scope, events)))
  for (const { status } of published) {
    if (status === 'rejected') context.logger.error('an event sink failed', { events: events.length })
  }
}
