import * as z from 'zod'
import type { Instant } from '../base/time.js'

const ISO_WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/
const MAX_INSTANT = 8.64e15

/** Whether the calendar has the day `2026-02-28`; Date would read the 30th as the 2nd of March. */
export function isCalendarDate(date: string): boolean {
  const midnight = Date.parse(`${date}T00:00:00Z`)
  return Number.isFinite(midnight) && new Date(midnight).toISOString().startsWith(date)
}

/** A point in time as the outside writes it: a Date, epoch milliseconds, or ISO 8601 with an offset. */
export type InstantInput = Date | number | string

/** Accepts an {@link InstantInput}, gives epoch milliseconds. */
export const instantSchema = z.unknown().transform((value, context): Instant => {
  // not a union: one that is asked about a field that was left out writes a finding for each of its branches first
  const instant = instantOf(value)
  if (typeof instant === 'number') return instant
  context.addIssue({ code: 'custom', message: instant })
  return z.NEVER
}) as z.ZodType<Instant, InstantInput>

/** The instant, or what is wrong with it. */
function instantOf(value: unknown): Instant | string {
  const instant = millisecondsOf(value)
  if (instant === null) return 'expected a Date, milliseconds since 1970, or ISO 8601 with an offset'
  if (typeof value === 'string' && !isCalendarDate(value.slice(0, 10))) return 'the calendar has no such day'
  if (Number.isSafeInteger(instant) && Math.abs(instant) <= MAX_INSTANT) return instant
  return 'not a point in time in whole milliseconds'
}

function millisecondsOf(value: unknown): number | null {
  if (typeof value === 'number') return value
  if (value instanceof Date) return value.getTime()
  return typeof value === 'string' && ISO_WITH_OFFSET.test(value) ? Date.parse(value) : null
}

const STORABLE = /^[^\0\p{Cs}]*$/u

/** Text that every storage can keep: no NUL, no half of a surrogate pair. */
export function storableSchema(max: number): z.ZodString {
  return z.string().max(max).regex(STORABLE, 'must not contain NUL or half a surrogate pair')
}

/** Storable text that is not blank. */
export function textSchema(max: number): z.ZodString {
  return storableSchema(max).regex(/\S/, 'must not be blank')
}

/** An identifier of the host: any storable text without control characters, used as it is. */
export const hostIdSchema = storableSchema(256)
  .min(1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  .regex(/^[^\u0000-\u001f\u007f]+$/, 'must not contain control characters')

/** A lower-case word that the host chooses: `win-back`, `offers`. */
export const wordSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(?:[-_.][a-z0-9]+)*$/, 'expected a lower-case word of letters, digits, - _ .')

export const currencySchema = z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code in capitals')

export const moneySchema = z.strictObject({ amountMinor: z.int(), currency: currencySchema })

/** BCP 47 in its common forms: `de`, `pt-BR`, `zh-Hant-TW`. */
export const localeSchema = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$/, 'expected a locale such as de or pt-BR')

/** Whole days or fractions of them, up to a hundred years. */
export const daysSchema = z.number().positive().max(36_525)

/** The record schema, made to refuse the key `__proto__`, which it would otherwise leave out in silence. */
export function refusingProto<Schema extends z.ZodType>(
  schema: Schema,
): z.ZodType<z.output<Schema>, z.input<Schema>> {
  return z.preprocess((value, context) => {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) {
      context.addIssue({ code: 'custom', message: 'is not allowed as a key', path: ['__proto__'] })
    }
    return value
  }, schema) as z.ZodType<z.output<Schema>, z.input<Schema>>
}
