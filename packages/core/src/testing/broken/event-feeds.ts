import type { FeedHold } from '../../ports/storage/event-feed.js'
import type { BrokenStorage } from './broken-wrapper.js'
import { withStore } from './with-store.js'

/** Storages that pass events on wrongly. */
export const eventFeedStorages: readonly BrokenStorage[] = [
  {
    name: 'leaves out the last event of a page',
    caughtBy:
      'eventFeed.read: gives every event of every tenant once, call by call, whatever the size of the pages',
    wrap: (storage) =>
      withStore(storage, 'eventFeed', {
        read: async (request) => {
          const events = await storage.eventFeed.read(request)
          return events.length > 1 ? events.slice(0, -1) : events.slice(0, request.limit - 1)
        },
      }),
  },
  {
    name: 'feeds in the order of keys alone',
    caughtBy: 'eventFeed.read: gives those of one call by instant, then key, as they were recorded',
    wrap: (storage) =>
      withStore(storage, 'eventFeed', {
        read: async (request) =>
          (await storage.eventFeed.read(request)).toSorted((left, right) =>
            left.event.key < right.event.key ? 1 : -1,
          ),
      }),
  },
  {
    name: 'lets two workers hold a sink at once',
    caughtBy: 'eventFeed.claim: gives a sink to one worker at a time, with a growing fence',
    wrap: (storage) =>
      withStore(storage, 'eventFeed', {
        claim: async (sink, request) =>
          (await storage.eventFeed.claim(sink, request)) ??
          storage.eventFeed.claim(sink, { ...request, now: request.now + 10 * request.leaseMs }),
      }),
  },
  {
    name: 'wakes a sink that rests',
    caughtBy: 'eventFeed.claim: gives nobody a sink that rests',
    wrap: (storage) =>
      withStore(storage, 'eventFeed', {
        note: (hold, progress) => storage.eventFeed.note(hold, { ...progress, restsUntil: null }),
      }),
  },
  {
    name: 'takes the word of one who has lost a sink',
    caughtBy: 'eventFeed.note: of one who has lost the sink changes nothing',
    wrap: (storage) => {
      const holds = new Map<string, FeedHold>()
      return withStore(storage, 'eventFeed', {
        claim: async (sink, request) => {
          const held = await storage.eventFeed.claim(sink, request)
          if (held !== null) holds.set(sink, held)
          return held
        },
        note: (hold, progress) => storage.eventFeed.note(holds.get(hold.sink) ?? hold, progress),
      })
    },
  },
  {
    name: 'forgets how far a sink has come',
    caughtBy: 'eventFeed.note: is there for the next who holds the sink, and gives it back',
    wrap: (storage) =>
      withStore(storage, 'eventFeed', {
        note: (hold, progress) => storage.eventFeed.note(hold, { ...progress, position: null }),
      }),
  },
  {
    name: 'says that no sink is behind',
    caughtBy: 'eventFeed.state: tells how many events wait, and since when',
    wrap: (storage) =>
      withStore(storage, 'eventFeed', {
        state: async (sink, most) => ({
          ...(await storage.eventFeed.state(sink, most)),
          waiting: 0,
          waitingSince: null,
        }),
      }),
  },
]
