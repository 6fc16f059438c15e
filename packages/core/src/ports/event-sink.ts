import type { CampaignEvent } from '../model/event.js'
import type { Scope } from '../model/scope.js'

/** Where every committed event is passed on: analytics of the host. */
export interface EventSink {
  /**
   * Under which the storage keeps how far it has come: a lower-case word. Under a new name a sink hears everything from
   * the first event on. May be left out where there is one sink alone.
   *
   * @default 'sink'
   */
  readonly name?: string
  /**
   * Takes events of one tenant, in the order in which they were recorded, at least once; `key` tells repetitions apart. One
   * worker at a time calls it, and not again before it has come back: it comes back within half a minute, one way or
   * another. A throw means that none was taken: they come again later, after `retry.afterMs` of a `CampaignKitError` at the
   * earliest.
   */
  publish(
    scope: Scope,
    events: readonly CampaignEvent[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<void>
}
