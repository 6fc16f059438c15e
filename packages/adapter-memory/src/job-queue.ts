import { CampaignKitError, type Clock, type Job, type JobQueue } from '@campaignkit/core/adapter'
import { Bell } from './bell.js'
import { Rings } from './rings.js'

type Handler = Parameters<JobQueue['listen']>[0]
type ListenOptions = Parameters<JobQueue['listen']>[1]

/**
 * Makes a job queue within the process. Several listeners share its rings; a run is never with two of them at once, and
 * what rings while its handler is under way rings afterwards. A handler that throws is rung again after 1 s, twice as
 * long each time, at most 60 s.
 *
 * @param options - the clock by which rings are due
 */
export function createMemoryJobQueue({ clock }: { readonly clock: Clock }): JobQueue {
  return createQueueOf({ rings: new Rings(), bell: new Bell(), clock })
}

/** What listeners share, and the clock of one of them. */
export interface Post {
  readonly rings: Rings
  /** Rung when there may be something to take that was not there before. */
  readonly bell: Bell
  readonly clock: Clock
}

/** The queue of a post, which others may share. */
export function createQueueOf(post: Post): JobQueue {
  return {
    ring: async ({ tenant }, runId, at, priority) => {
      post.rings.add({ tenant, runId, priority }, at)
      post.bell.ring()
    },
    listen: (handler, options) => listen(post, handler, options),
  }
}

async function listen(post: Post, handler: Handler, { signal, concurrency }: ListenOptions): Promise<void> {
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new CampaignKitError('INVALID_INPUT', 'expected a whole number from 1', { path: 'concurrency' })
  }
  const underWay = new Set<Promise<void>>()
  const wake = () => post.bell.ring()
  signal.addEventListener('abort', wake)
  try {
    while (!signal.aborted) {
      const hasRoom = underWay.size < concurrency
      const job = hasRoom ? post.rings.take(post.clock.now()) : null
      if (job === null) {
        await nap(post, hasRoom)
        continue
      }
      const handled = handle(post, handler, job).finally(() => {
        underWay.delete(handled)
        post.bell.ring()
      })
      underWay.add(handled)
    }
  } finally {
    signal.removeEventListener('abort', wake)
    await Promise.all(underWay)
  }
}

async function handle({ rings, clock }: Post, handler: Handler, job: Job): Promise<void> {
  try {
    await handler(job)
    rings.done(job)
  } catch {
    rings.failed(job, clock.now())
  }
}

/** Waits for the bell, and when there is room for a handler also for the next ring to come due. */
async function nap({ rings, bell, clock }: Post, hasRoom: boolean): Promise<void> {
  const rung = bell.next()
  const at = hasRoom ? rings.nextAt() : null
  if (at === null) return rung
  const alarm = new AbortController()
  const slept = clock.sleepUntil(at, { signal: alarm.signal }).catch((error: unknown) => {
    if (!alarm.signal.aborted) throw error
  })
  try {
    await Promise.race([rung, slept])
  } finally {
    alarm.abort()
  }
}
