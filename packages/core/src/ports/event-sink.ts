import type { CampaignEvent } from '../model/event.js'
import type { Scope } from '../model/scope.js'

/** Where every committed event is passed on: analytics of the host. */
export interface EventSink {
  /** Takes events at least once; `key` tells repetitions apart. A throw is logged, never passed to the caller. */
  publish(scope: Scope, events: readonly CampaignEvent[]): Promise<void>
}
