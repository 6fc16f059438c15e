import { Temporal } from 'temporal-polyfill'
import { CampaignKitError } from '../base/error.js'
import type { Calendar } from '../ports/calendar.js'

const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::[0-5]\d(?:\.\d{1,3})?)?$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
/** More names than there are zones, so that names from outside cannot fill the memory. */
const MOST_REMEMBERED = 1_000

/**
 * The calendar of ISO 8601 over the IANA time zones that this runtime knows.
 *
 * @throws TIME_ZONE_UNKNOWN for a zone that it does not know; INVALID_INPUT for a date or time that does not exist
 */
export function createCalendar(): Calendar {
  const remembered = new Map<string, boolean>()

  const isZone = (zone: string): boolean => {
    const known = remembered.get(zone) ?? isIanaZone(zone)
    if (remembered.size < MOST_REMEMBERED) remembered.set(zone, known)
    return known
  }

  const known = (zone: string): string => {
    if (isZone(zone)) return zone
    throw new CampaignKitError('TIME_ZONE_UNKNOWN', 'This runtime knows no such IANA time zone', {
      path: 'zone',
    })
  }

  return {
    isZone,
    toInstant(local, zone) {
      refuseOtherForm('local', local, LOCAL)
      const wallClock = existing('local', () => Temporal.PlainDateTime.from(local, { overflow: 'reject' }))
      return wallClock.toZonedDateTime(known(zone), { disambiguation: 'compatible' }).epochMilliseconds
    },
    toLocal(instant, zone) {
      const moment = existing('instant', () => Temporal.Instant.fromEpochMilliseconds(instant))
      return moment.toZonedDateTimeISO(known(zone)).toPlainDateTime().toString({ smallestUnit: 'second' })
    },
    shiftDate(date, { days = 0, months = 0 }) {
      refuseOtherForm('date', date, DATE)
      const from = existing('date', () => Temporal.PlainDate.from(date, { overflow: 'reject' }))
      const moved = existing('by', () => from.add({ months }, { overflow: 'constrain' }).add({ days }))
      return moved.toString()
    },
  }
}

/** Some runtimes take offsets such as `+01:00` for zones; IANA's begin with a letter. */
function isIanaZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined
  } catch {
    return false
  }
}

function refuseOtherForm(path: string, text: string, form: RegExp): void {
  if (form.test(text)) return
  throw new CampaignKitError('INVALID_INPUT', 'A date or a wall-clock time is written in ISO 8601', { path })
}

function existing<Value>(path: string, read: () => Value): Value {
  try {
    return read()
  } catch (cause) {
    throw new CampaignKitError('INVALID_INPUT', 'No such date or time exists', { path, cause })
  }
}
