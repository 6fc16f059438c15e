import process from 'node:process'
import type { Channel } from '@campaignkit/core'
import type { Storage } from '@campaignkit/core/adapter'

/** Where a worker can be killed: as often as it is asked for, and at any moment (`random`). */
export const KILL_POINTS = [
  'during freezing',
  'during the ring',
  'after claim',
  'after the window opened',
  'during the call',
  'after accept',
  'before settle',
  'random',
] as const

export type KillPoint = (typeof KILL_POINTS)[number]

/** When a worker dies: at the nth time that it comes to a point; `random` after so many milliseconds. */
export interface KillPlan {
  readonly point: KillPoint
  readonly nth: number
}

/** How long a call has been on the wire when it is cut off. */
const MID_CALL_MS = 2

/** What a worker works with, wired so that it kills its own process at the point of the plan. */
export function armed(
  plan: KillPlan | null,
  parts: { readonly storage: Storage; readonly channel: Channel },
): { readonly storage: Storage; readonly channel: Channel } {
  if (plan === null) return parts
  const { storage, channel } = parts
  const { nth } = plan
  let times = 0
  const comes = (point: KillPoint) => {
    if (plan.point !== point) return
    times += 1
    if (times === nth) die()
  }
  if (plan.point === 'random') setTimeout(die, nth)
  const { databasePlanner: planner, freezing, deliveries } = storage
  return {
    storage: {
      ...storage,
      databasePlanner: planner && {
        ...planner,
        planAlone: async (...call) => {
          const planned = await planner.planAlone(...call)
          comes('during freezing')
          return planned
        },
      },
      freezing: {
        ...freezing,
        append: async (...call) => {
          await freezing.append(...call)
          comes('during freezing')
        },
        place: async (...call) => {
          await freezing.place(...call)
          comes('during freezing')
        },
      },
      deliveries: {
        ...deliveries,
        claim: async (...call) => {
          const claimed = await deliveries.claim(...call)
          if (claimed.length > 0) comes('after claim')
          return claimed
        },
        openWindow: async (...call) => {
          const opened = await deliveries.openWindow(...call)
          if (opened.length > 0) comes('after the window opened')
          return opened
        },
        settle: (...call) => {
          if (call[1].some(({ status }) => status === 'sent')) comes('before settle')
          return deliveries.settle(...call)
        },
      },
      jobQueue: (clock) => {
        const queue = storage.jobQueue(clock)
        return {
          ...queue,
          ring: (...call) => {
            comes('during the ring')
            return queue.ring(...call)
          },
        }
      },
    },
    channel: {
      ...channel,
      send: async (...call) => {
        if (plan.point === 'during the call') setTimeout(() => comes('during the call'), MID_CALL_MS)
        const outcomes = await channel.send(...call)
        comes('after accept')
        return outcomes
      },
    },
  }
}

/** As the out-of-memory killer does it: nothing is finished, nobody is told. */
function die(): void {
  process.kill(process.pid, 'SIGKILL')
}
