import * as z from 'zod'
import { instantSchema, isCalendarDate } from './fields.js'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

const LOCAL_DATE_TIME = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/
const LOCAL_TIME = /^([01]\d|2[0-3]):[0-5]\d$/

/** `recipient` is the zone of each customer, unknown zones being the tenant's. */
export const RECIPIENT_ZONE = 'recipient'

const zoneSchema = z.string().min(1).max(64)

/**
 * When a campaign runs. Wall-clock times are read in `zone`: a time that a clock change skips means the instant as far
 * after the gap, one that it repeats means its first.
 */
export const scheduleSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('once'),
    /** Wall clock, `2026-12-01T09:00`. */
    at: z
      .string()
      .regex(LOCAL_DATE_TIME, 'expected a wall-clock time such as 2026-12-01T09:00')
      .refine((at) => isCalendarDate(at.slice(0, 10)), 'the calendar has no such day'),
    /** IANA zone or `recipient`; the tenant's when absent. */
    zone: zoneSchema.exactOptional(),
  }),
  z.strictObject({
    type: z.literal('recurring'),
    every: z.enum(['day', 'week', 'month']),
    /** Only for `every: 'week'`; the weekday of the first occurrence when absent. */
    weekdays: z
      .array(z.enum(WEEKDAYS))
      .min(1)
      .max(7)
      .refine((days) => new Set(days).size === days.length, 'names a day twice')
      .exactOptional(),
    /** Wall clock of each occurrence, `09:00`. */
    at: z.string().regex(LOCAL_TIME, 'expected a time such as 09:00'),
    zone: zoneSchema.exactOptional(),
    /** No occurrence after this instant. */
    until: instantSchema.exactOptional(),
  }),
])

export type Schedule = z.output<typeof scheduleSchema>
