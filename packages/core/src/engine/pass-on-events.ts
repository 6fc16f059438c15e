import { isCampaignKitError } from '../base/error.js'
import type { TenantId, WorkerId } from '../base/ids.js'
import { type DurationMs, type Instant, MINUTE_MS, SECOND_MS } from '../base/time.js'
import type { CampaignEvent } from '../model/event.js'
import { workerScope } from '../model/scope.js'
import type { FedEvent, FeedHold, FeedProgress } from '../ports/storage/event-feed.js'
import { backoffMs } from '../throttling/backoff.js'
import { UNIFORM_BYTES } from '../throttling/uniform.js'
import type { EngineContext, NamedSink } from './context.js'

/** Events that a sink is given at once, at most. */
const BATCH = 500
const RETRY_BASE_MS = 2 * SECOND_MS
const RETRY_CAP_MS = 5 * MINUTE_MS
/** How long a sink may take over one call, at the outside, before another worker tries in its place. */
const PUBLISH_MS = MINUTE_MS

/** Who passes events on, and until when. */
export interface Passing {
  readonly worker: WorkerId
  readonly signal: AbortSignal | undefined
}

/**
 * Passes on what a sink has not heard yet, until it has heard all of it, fails, or the signal aborts. Its place is written
 * down behind each batch: a process that dies between the two has the batch repeated. Other sinks, and sending, know
 * nothing of it.
 *
 * @returns until when the sink rests; null when it does not
 * @throws what the storage threw
 */
export async function passOnEvents(
  context: EngineContext,
  sink: NamedSink,
  passing: Passing,
): Promise<Instant | null> {
  const { eventFeed } = context.storage
  const { waiting, restsUntil } = await eventFeed.state(sink.name, 1)
  if (waiting === 0) return null
  const leaseMs = context.settings.leaseMs + PUBLISH_MS
  const now = context.clock.now()
  const hold = await eventFeed.claim(sink.name, { worker: passing.worker, now, leaseMs })
  if (hold === null) return restsUntil
  let { position, failures } = hold
  const goOn = () => {
    const leaseUntil = context.clock.now() + leaseMs
    return eventFeed.note(hold, { position, failures, restsUntil: null, leaseUntil })
  }
  for (;;) {
    const events = passing.signal?.aborted ? [] : await eventFeed.read({ after: position, limit: BATCH })
    const last = events.at(-1)
    if (last === undefined) break
    const outcome = await publishBatch(sink, events, passing, goOn)
    if (outcome === 'lost') return null
    if (outcome !== 'taken') return rest(context, hold, { position, failures: failures + 1, ...outcome })
    position = last.position
    failures = 0
    if (!(await goOn())) return null
    await context.clock.turn()
  }
  await eventFeed.note(hold, { position, failures, restsUntil: null, leaseUntil: null })
  return null
}

/** Gives a sink one batch, tenant by tenant; between two of them the lease is made longer, since many may outlast it. */
async function publishBatch(
  sink: NamedSink,
  events: readonly FedEvent[],
  passing: Passing,
  goOn: () => Promise<boolean>,
): Promise<'taken' | 'lost' | Failure> {
  const own = byTenant(events)
  let left = own.size
  for (const [tenant, mine] of own) {
    const failure = await failureOf(() => publish(sink, tenant, mine, passing))
    if (failure !== null) return failure
    left -= 1
    if (left > 0 && !(await goOn())) return 'lost'
  }
  return 'taken'
}

/** Each tenant's own together, in their order. */
function byTenant(fed: readonly FedEvent[]): ReadonlyMap<TenantId, readonly CampaignEvent[]> {
  const own = new Map<TenantId, CampaignEvent[]>()
  for (const { tenant, event } of fed) {
    const events = own.get(tenant)
    if (events === undefined) own.set(tenant, [event])
    else events.push(event)
  }
  return own
}

async function publish(
  sink: NamedSink,
  tenant: TenantId,
  events: readonly CampaignEvent[],
  { worker, signal }: Passing,
): Promise<void> {
  await sink.publish(workerScope(tenant, worker), events, signal === undefined ? {} : { signal })
}

/** What a call of the host's threw, as far as it is told; null when it threw nothing. */
async function failureOf(call: () => Promise<void>): Promise<Failure | null> {
  try {
    await call()
    return null
  } catch (thrown) {
    if (!isCampaignKitError(thrown))
      return { error: thrown instanceof Error ? thrown.name : 'unknown', waitMs: 0 }
    return {
      error: thrown.code,
      waitMs: typeof thrown.retry === 'object' ? Math.ceil(thrown.retry.afterMs) : 0,
    }
  }
}

/** One word, and how long it asks to wait. */
interface Failure {
  readonly error: string
  readonly waitMs: DurationMs
}

async function rest(
  context: EngineContext,
  hold: FeedHold,
  { position, failures, error, waitMs }: Failure & Pick<FeedProgress, 'position' | 'failures'>,
): Promise<Instant> {
  const random = context.random.bytes(UNIFORM_BYTES)
  const ownMs = backoffMs({ tries: failures, random, baseMs: RETRY_BASE_MS, capMs: RETRY_CAP_MS })
  const restsUntil = context.clock.now() + Math.max(SECOND_MS + ownMs, waitMs)
  await context.storage.eventFeed.note(hold, { position, failures, restsUntil, leaseUntil: null })
  context.logger.error('an event sink failed', { sink: hold.sink, failures, error })
  context.observer.emit('sink.failed', { sink: hold.sink, failures, restsUntil })
  return restsUntil
}
