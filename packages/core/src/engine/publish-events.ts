import type { CampaignEvent } from '../model/event.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'

/** Tells listeners of committed events. Sinks hear of them from the feed, so that none is lost with the process. */
export async function publishEvents(
  context: EngineContext,
  scope: Scope,
  events: readonly CampaignEvent[],
): Promise<void> {
  if (events.length === 0) return
  context.observer.emit('events.recorded', { scope, events })
}
