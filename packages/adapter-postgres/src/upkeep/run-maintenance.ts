import { type Clock, isCampaignKitError } from '@campaignkit/core/adapter'
import { requireFields } from '../require-fields.js'
import { requireWhole } from '../require-whole.js'
import type { UpkeepOutcome } from './maintain.js'
import { parseUpkeep, type UpkeepOptions } from './upkeep-options.js'

/** How upkeep goes on by itself. */
export interface MaintenanceOptions extends Omit<UpkeepOptions, 'now'> {
  /** Tells the time and waits. */
  readonly clock: Clock
  /** How long it rests once all is done: 1,000 to 604,800,000 (a week). @default 3_600_000 */
  readonly everyMs?: number
  /** Ends it; what is under way is finished first. */
  readonly signal: AbortSignal
  /** Hears what each call came to. */
  readonly onOutcome?: (outcome: UpkeepOutcome) => void
  /** Hears of a call that failed; the next one comes after the rest. */
  readonly onError?: (error: unknown) => void
}

/**
 * Does the upkeep of a storage until the signal aborts: at once, again while rows are left whose time is over, and then every
 * `everyMs`. In any number of processes at once: they give way to each other.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD with the path of the option
 *
 * @example
 * ```ts
 * import { createPostgresStorage, runMaintenance } from '@campaignkit/adapter-postgres'
 * import { createSystemClock } from '@campaignkit/core'
 * import createKnex from 'knex'
 * const storage = createPostgresStorage({ knex: createKnex({ client: 'pg' }) })
 * const stop = new AbortController()
 * stop.abort() // when the process is to end
 * await runMaintenance(storage, { clock: createSystemClock(), eventsKeptForDays: 400, signal: stop.signal })
 * ```
 */
export async function runMaintenance(
  storage: { maintain(options: UpkeepOptions): Promise<UpkeepOutcome> },
  options: MaintenanceOptions,
): Promise<void> {
  requireFields(options, null)
  const { clock, everyMs = 3_600_000, signal, onOutcome, onError, ...kept } = options
  requireFields(clock, null, 'clock')
  requireFields(signal, null, 'signal')
  requireWhole('everyMs', everyMs, 1_000, 604_800_000)
  parseUpkeep({ ...kept, now: clock.now() })
  while (!signal.aborted) {
    try {
      const outcome = await storage.maintain({ ...kept, now: clock.now() })
      onOutcome?.(outcome)
      if (outcome.outcome === 'more') continue
    } catch (error) {
      onError?.(error)
    }
    await rest(clock, everyMs, signal)
  }
}

async function rest(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleepUntil(clock.now() + ms, { signal })
  } catch (thrown) {
    if (!isCampaignKitError(thrown, 'ABORTED')) throw thrown
  }
}
