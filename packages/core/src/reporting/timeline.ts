import { type Instant, toIso } from '../base/time.js'
import type { CampaignEvent } from '../model/event.js'
import type { TimelineDay } from '../model/report.js'

/** Counts redemptions by day, from events in any order. */
export interface TimelineFold {
  /** Takes an event, each only once; other types than `redemption` and `redemption-reversed` are left out. */
  add(event: CampaignEvent): void
  /** Days (UTC) on which something happened, first first. */
  result(): readonly TimelineDay[]
}

/** The day (UTC) of an instant: `2026-03-01`. */
export function dayOf(instant: Instant): string {
  return toIso(instant).slice(0, -'T00:00:00.000Z'.length)
}

/** Makes a count of redemptions by day; its memory is that of the days. */
export function createTimeline(): TimelineFold {
  const days = new Map<string, TimelineDay>()
  return {
    add({ type, at }) {
      if (type !== 'redemption' && type !== 'redemption-reversed') return
      const day = dayOf(at)
      const before = days.get(day) ?? { day, redemptions: 0, reversals: 0 }
      const field = type === 'redemption' ? 'redemptions' : 'reversals'
      days.set(day, { ...before, [field]: before[field] + 1 })
    },
    result: () => [...days.values()].sort((left, right) => (left.day < right.day ? -1 : 1)),
  }
}
