import type { Instant } from '../base/time.js'
import type { EngineContext } from './context.js'

/** How far a sink is behind. */
export interface SinkState {
  readonly name: string
  /** Events of all tenants that it has not heard; 10,000 stands for that many and more. */
  readonly waiting: number
  /** When the first of them was recorded; null when there is none. */
  readonly waitingSince: Instant | null
  /** Tries that have failed since the last that did not. */
  readonly failures: number
  /** Until when it is left alone; null when it does not rest. */
  readonly restsUntil: Instant | null
}

const MOST_COUNTED = 10_000

/** How far each of the kit's sinks is behind, in their order. @throws what the storage threw */
export async function sinkStates({ storage, sinks }: EngineContext): Promise<readonly SinkState[]> {
  return Promise.all(
    sinks.map(async ({ name }) => {
      const { position: _own, ...state } = await storage.eventFeed.state(name, MOST_COUNTED)
      return { name, ...state }
    }),
  )
}
