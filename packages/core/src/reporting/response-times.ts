import type { Instant } from '../base/time.js'
import type { CampaignEvent } from '../model/event.js'
import type { ResponseTime, ResponseTimes } from '../model/report.js'

/** Collects how long people take to respond, from events in any order. */
export interface ResponseTimeFold {
  /** Takes an event: `sent`, and what people do; machines and other types are left out. */
  add(event: CampaignEvent): void
  result(): ResponseTimes
}

const RESPONSES = ['opened', 'clicked', 'conversion', 'redemption'] as const
const TYPES: readonly string[] = ['sent', ...RESPONSES]
const DEFAULT_MOST_MEMBERS = 65_536

/** A hash of a text with evenly spread 32 bits: FNV-1a, then the last step of MurmurHash3. */
function spreadHash(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * Times from the first message sent to a member of a run to the member's first open, click, conversion and redemption.
 * Every order and every repetition of the events gives the same result.
 *
 * Exact up to `mostMembers`; of a larger audience a random half, quarter, and so on of the members is followed (by a
 * hash of run and customer), so memory never grows past `mostMembers`. The median of n followed members then lies
 * within 1 / sqrt(n) of the middle of all of them, with 95 % confidence.
 *
 * @param options.mostMembers - members to follow at most, 1 or more. @default 65,536
 */
export function createResponseTimes(options: { readonly mostMembers?: number } = {}): ResponseTimeFold {
  const mostMembers = options.mostMembers ?? DEFAULT_MOST_MEMBERS
  const followed = new Map<string, { readonly hash: number; readonly firsts: Map<string, Instant> }>()
  let halvings = 0
  const isFollowed = (hash: number) => hash < 2 ** (32 - halvings)

  const follow = (member: string, type: string, at: Instant) => {
    const hash = spreadHash(member)
    if (!isFollowed(hash)) return
    const { firsts } = followed.get(member) ?? { firsts: new Map<string, Instant>() }
    firsts.set(type, Math.min(at, firsts.get(type) ?? at))
    followed.set(member, { hash, firsts })
    while (followed.size > mostMembers && halvings < 32) {
      halvings += 1
      for (const [key, each] of followed) if (!isFollowed(each.hash)) followed.delete(key)
    }
  }

  return {
    add({ type, at, customerId, machine, attributions }) {
      if (machine || customerId === null || !TYPES.includes(type)) return
      for (const { runId } of attributions) follow(JSON.stringify([runId, customerId]), type, at)
    },
    result() {
      const times = RESPONSES.flatMap((type): ResponseTime[] => {
        const ascending = elapsedTimes(followed.values(), type)
        if (ascending.length === 0) return []
        const [medianMs, p90Ms] = [quantile(ascending, 0.5), quantile(ascending, 0.9)]
        return [{ type, members: ascending.length, medianMs, p90Ms }]
      })
      return { times, sampledShare: 2 ** -halvings }
    },
  }
}

/** Times of one type, shortest first; a response before its message (clocks differ) took no time. */
function elapsedTimes(
  followed: Iterable<{ readonly firsts: ReadonlyMap<string, Instant> }>,
  type: string,
): Float64Array {
  const times: number[] = []
  for (const { firsts } of followed) {
    const sentAt = firsts.get('sent')
    const at = firsts.get(type)
    if (sentAt !== undefined && at !== undefined) times.push(Math.max(0, at - sentAt))
  }
  return Float64Array.from(times).sort()
}

/** The smallest time that at least this share did not exceed. */
function quantile(ascending: Float64Array, share: number): number {
  return ascending[Math.ceil(ascending.length * share) - 1] ?? 0
}
