import type { EventFeed, FedEvent, FeedState } from '@campaignkit/core/adapter'
import type { KeptSink } from './feed-log.js'
import { frozenCopy } from './frozen-copy.js'
import type { Tenants } from './tenants.js'

/** The feed of {@link createMemoryStorage}, of every tenant. A position is the number of events up to there. */
export function createEventFeed(tenants: Tenants): EventFeed {
  const { places, sinks } = tenants.feed
  const kept = (sink: string): KeptSink => sinks.get(sink) ?? newSink(sink)

  function fed(index: number): FedEvent | null {
    const place = places[index]
    if (place === undefined) return null
    const event = tenants.of(place).events.get(place.key)
    return event === null ? null : { tenant: place.tenant, event, position: String(index + 1) }
  }

  return {
    read: async ({ after, limit }) => {
      const from = Number(after ?? 0)
      const until = Math.min(places.length, from + limit)
      const indexes = Array.from({ length: Math.max(0, until - from) }, (_, at) => from + at)
      return indexes.flatMap((index) => fed(index) ?? [])
    },
    claim: async (sink, { now, leaseMs }) => {
      const { position, failures, restsUntil, leaseUntil, fence } = kept(sink)
      if ((leaseUntil ?? now) > now || (restsUntil ?? now) > now) return null
      const held = { sink, fence: fence + 1, position, failures, restsUntil }
      sinks.set(sink, Object.freeze({ ...held, leaseUntil: now + leaseMs }))
      return held
    },
    note: async ({ sink, fence }, progress) => {
      const { position, failures, restsUntil, leaseUntil } = frozenCopy(progress)
      if (kept(sink).fence !== fence) return false
      sinks.set(sink, Object.freeze({ sink, fence, position, failures, restsUntil, leaseUntil }))
      return true
    },
    state: async (sink, most): Promise<FeedState> => {
      const { position, failures, restsUntil } = kept(sink)
      const from = Number(position ?? 0)
      const waiting = Math.min(most, places.length - from)
      return { position, failures, restsUntil, waiting, waitingSince: fed(from)?.event.recordedAt ?? null }
    },
  }
}

function newSink(sink: string): KeptSink {
  return { sink, fence: 0, position: null, failures: 0, restsUntil: null, leaseUntil: null }
}
