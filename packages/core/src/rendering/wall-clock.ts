import type { Instant } from '../base/time.js'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../base/time.js'
import { memoized } from './memo.js'

/** A reading of the clock on the wall somewhere. */
export interface WallClock {
  readonly instant: Instant
  /** The reading as if it were UTC: use the getUTC methods. */
  readonly reading: Date
  /** East of Greenwich is positive. */
  readonly offsetMinutes: number
  /** IANA name, or empty for a bare offset. */
  readonly zone: string
}

const fieldsIn = memoized(
  (zone) =>
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }),
)

function offsetAt(instant: Instant, zone: string): number {
  const fields: Record<string, number> = {}
  for (const { type, value } of fieldsIn(zone).formatToParts(instant)) fields[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields
  const reading = Date.UTC(year, month - 1, day, hour, minute, second)
  return Math.round((reading - Math.floor(instant / SECOND_MS) * SECOND_MS) / MINUTE_MS)
}

/**
 * What the clocks of a zone show at an instant.
 *
 * @param zone - an IANA name, or minutes east of Greenwich
 * @throws RangeError for a zone that the runtime does not know, or an offset of a day and more
 */
export function wallClockAt(instant: Instant, zone: string | number): WallClock {
  if (typeof zone === 'number' && !(Math.abs(zone) < DAY_MS / MINUTE_MS))
    throw new RangeError('no offset of a zone')
  const offsetMinutes = typeof zone === 'number' ? zone : offsetAt(instant, zone)
  const reading = new Date(instant + offsetMinutes * MINUTE_MS)
  return { instant, reading, offsetMinutes, zone: typeof zone === 'number' ? '' : zone }
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?)?(Z|[+-]\d{2}:?\d{2})?$/

/**
 * The instant of an ISO 8601 text. Without an offset it is the time on the wall in the zone.
 *
 * @returns null when the text is none
 */
export function instantOfIso(text: string, zone: string | number): Instant | null {
  const [whole, date, time = '00:00', seconds = ':00', offset] = ISO.exec(text) ?? []
  if (whole === undefined) return null
  const utc = Date.parse(`${date}T${time}${seconds}${(offset ?? 'Z').replace(/^(...)(\d\d)$/, '$1:$2')}`)
  if (Number.isNaN(utc)) return null
  if (offset !== undefined) return utc
  const guess = utc - wallClockAt(utc, zone).offsetMinutes * MINUTE_MS
  return utc - wallClockAt(guess, zone).offsetMinutes * MINUTE_MS
}
