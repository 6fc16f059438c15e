import type { Instant } from '@campaignkit/core/adapter'
import { requireFields } from '../require-fields.js'
import { requireWhole } from '../require-whole.js'

/** What upkeep is to keep, and how much it may do at a time. */
export interface UpkeepOptions {
  /** The time, in milliseconds of the epoch: 0 up to the end of the year 9997, since partitions of events name years of four digits. */
  readonly now: Instant
  /** For how many months, this one apart, events find a partition made: 1 to 24. @default 3 */
  readonly monthsAhead?: number
  /**
   * Events that were recorded longer ago are dropped, whole months at a time: 1 to 36,500 days. Counts stay. @default for ever
   */
  readonly eventsKeptForDays?: number
  /**
   * For how long a key of an event, and a settlement of the ledger, is known when it comes again: 31 to 36,500 days. One that
   * comes later counts as new.
   *
   * @default 90
   */
  readonly keysKeptForDays?: number
  /**
   * Deliveries, with their attempts, of runs that ended longer ago in campaigns that have ended: 1 to 36,500 days. Members and
   * counts stay. @default for ever
   */
  readonly runsKeptForDays?: number
  /** Rows of each kind that one call deletes or moves, at most: 1 to 1,000,000. @default 10_000 */
  readonly mostRows?: number
}

export type UpkeepSettings = Readonly<
  Record<'now' | 'monthsAhead' | 'keysKeptForDays' | 'mostRows', number> &
    Record<'eventsKeptForDays' | 'runsKeptForDays', number | null>
>

const MOST_DAYS = 36_500
const MOST_MONTHS = 24
/** With {@link MOST_MONTHS} behind it, the last time whose partitions have names. */
const LAST_NOW = Date.UTC(9998, 0, 1) - 1

const OPTIONS = ['now', 'monthsAhead', 'eventsKeptForDays', 'keysKeptForDays', 'runsKeptForDays', 'mostRows']

/** @throws INVALID_INPUT, UNKNOWN_FIELD with the path of the option */
export function parseUpkeep(options: UpkeepOptions): UpkeepSettings {
  requireFields(options, OPTIONS)
  const { now, monthsAhead = 3, keysKeptForDays = 90, mostRows = 10_000 } = options
  const { eventsKeptForDays = null, runsKeptForDays = null } = options
  requireWhole('now', now, 0, LAST_NOW)
  requireWhole('monthsAhead', monthsAhead, 1, MOST_MONTHS)
  requireWhole('keysKeptForDays', keysKeptForDays, 31, MOST_DAYS)
  requireWhole('mostRows', mostRows, 1, 1_000_000)
  if (eventsKeptForDays !== null) requireWhole('eventsKeptForDays', eventsKeptForDays, 1, MOST_DAYS)
  if (runsKeptForDays !== null) requireWhole('runsKeptForDays', runsKeptForDays, 1, MOST_DAYS)
  return Object.freeze({ now, monthsAhead, keysKeptForDays, mostRows, eventsKeptForDays, runsKeptForDays })
}
