import { assertNever } from '../base/assert-never.js'
import { isCampaignKitError } from '../base/error.js'
import { minorDigitsOf } from '../base/money.js'
import type { Instant } from '../base/time.js'
import type { AttributeValue } from '../model/customer.js'
import { instantSchema } from '../model/fields.js'
import type { Calendar } from '../ports/calendar.js'
import { createDateFormat } from './import-date-format.js'
import { type ImportTarget, MONTH_MS } from './import-options.js'

/** What a cell is read with. */
export interface CellSurroundings {
  readonly calendar: Calendar
  readonly asOf: Instant
}

/** Reads a trimmed cell that is not empty; null when it is not of its form. */
export type CellReader = (cell: string) => AttributeValue | null

/** The reader of the cells that a target takes. */
export function cellReader(target: ImportTarget, { calendar, asOf }: CellSurroundings): CellReader {
  switch (target.as) {
    case 'text':
      return (cell) => cell
    case 'tags':
      return listReader(target.separator)
    case 'flag':
      return readFlag
    case 'number':
      return (cell) => readNumber(cell, target.decimal)
    case 'money': {
      const digits = target.currency === undefined ? 2 : minorDigitsOf(target.currency)
      return (cell) => readMinor(cell, digits, target.decimal)
    }
    case 'monthsAgo':
      return (cell) => readMonthsAgo(cell, target.decimal, asOf)
    case 'date':
      return dateReader(target.format, wallClockReader(calendar, target.zone))
    default:
      return assertNever(target)
  }
}

function listReader(separator: string | undefined): CellReader {
  const divider = separator ?? /[,;|]/
  return (cell) =>
    cell
      .split(divider)
      .map((text) => text.trim())
      .filter((text) => text !== '')
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 'true', 'yes', 'y'].map((word) => [word, true] as const),
  ...['0', 'false', 'no', 'n'].map((word) => [word, false] as const),
])

/** A flag as lists write it: `1` `true` `yes` `y`, `0` `false` `no` `n`, in any case; null for all else. */
export function readFlag(cell: string): boolean | null {
  return FLAGS.get(cell.toLowerCase()) ?? null
}

type DecimalMark = '.' | ','

const DECIMAL: Readonly<Record<DecimalMark, RegExp>> = {
  '.': /^(-?)(\d{1,300})(?:\.(\d{1,300}))?$/,
  ',': /^(-?)(\d{1,300})(?:,(\d{1,300}))?$/,
}

function readNumber(cell: string, mark: DecimalMark): number | null {
  const [, sign, whole, fraction] = DECIMAL[mark].exec(cell) ?? []
  if (sign === undefined || whole === undefined) return null
  const size = Number(`${whole}.${fraction ?? '0'}`)
  // A larger number could be another one than the cell shows.
  return size <= Number.MAX_SAFE_INTEGER ? signed(sign, size) : null
}

function readMinor(cell: string, digits: number, mark: DecimalMark): number | null {
  const [, sign, whole, fraction = ''] = DECIMAL[mark].exec(cell) ?? []
  if (sign === undefined || whole === undefined || /[1-9]/.test(fraction.slice(digits))) return null
  const minor = Number(`${whole}${fraction.slice(0, digits).padEnd(digits, '0')}`)
  return Number.isSafeInteger(minor) ? signed(sign, minor) : null
}

function signed(sign: string, size: number): number {
  return sign === '-' && size !== 0 ? -size : size
}

const MOST_MONTHS = 1_200

function readMonthsAgo(cell: string, mark: DecimalMark, asOf: Instant): Instant | null {
  const months = readNumber(cell, mark)
  return months === null || months < 0 || months > MOST_MONTHS ? null : asOf - Math.round(months * MONTH_MS)
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const WALL_CLOCK = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)$/

/** Days and wall-clock times in one form, `2026-12-01T09:00`; null for all else. */
function wallClockOf(cell: string): string | null {
  if (DAY.test(cell)) return `${cell}T00:00`
  const [, day, time] = WALL_CLOCK.exec(cell) ?? []
  return day === undefined || time === undefined ? null : `${day}T${time}`
}

type InstantReader = (text: string) => Instant | null

const readInstant: InstantReader = (text) => instantSchema.safeParse(text).data ?? null

/** Without a format ISO 8601, of which an instant with an offset needs no `toInstant`. */
function dateReader(format: string | undefined, toInstant: InstantReader): CellReader {
  const readLocal = format === undefined ? wallClockOf : createDateFormat(format)
  const readOther = format === undefined ? readInstant : () => null
  return (cell) => {
    const local = readLocal(cell)
    return local === null ? readOther(cell) : toInstant(local)
  }
}

function wallClockReader(calendar: Calendar, zone: string | undefined): InstantReader {
  if (zone === undefined) return (local) => readInstant(`${local}Z`)
  return (local) => {
    try {
      return calendar.toInstant(local, zone)
    } catch (thrown) {
      if (isCampaignKitError(thrown, 'INVALID_INPUT')) return null
      throw thrown
    }
  }
}
