import {
  type Context,
  type FilterImplOptions,
  type Liquid,
  filters as standardFilters,
  toValue,
} from 'liquidjs'
import { Markup, textOf } from './markup.js'
import { sessionOf } from './message-context.js'
import { strftime } from './strftime.js'
import { instantOfIso, wallClockAt } from './wall-clock.js'

type FilterHandler = Extract<FilterImplOptions, (...given: never[]) => unknown>

/**
 * Left out: chance, what evaluates a text as a template, and what needs a crypto module.
 */
const LEFT_OUT = [
  'sample',
  'sha256',
  'hmac_sha256',
  ...['where', 'reject', 'group_by', 'has', 'find', 'find_index'].map((name) => `${name}_exp`),
]

/** What a call of a filter costs of the memory limit, besides what it reads and makes. */
const CALL_COST = 20

const DEFAULT_DATE_FORMAT = '%-d %B %Y'

/** Registers the filters that templates may use, each paying for what it reads and makes. */
export function registerFilters(liquid: Liquid): void {
  for (const name of LEFT_OUT) liquid.unregisterFilter(name)
  for (const [name, filter] of Object.entries(standardFilters)) {
    if (typeof filter === 'function' && !LEFT_OUT.includes(name)) liquid.registerFilter(name, metered(filter))
  }
  liquid.registerFilter(
    'date',
    metered(dateFilter((given) => (given === undefined ? DEFAULT_DATE_FORMAT : textOf(given)))),
  )
  liquid.registerFilter('date_to_xmlschema', metered(dateFilter(() => '%Y-%m-%dT%H:%M:%S%:z')))
  liquid.registerFilter('date_to_rfc822', metered(dateFilter(() => '%a, %d %b %Y %H:%M:%S %z', 'en')))
  liquid.registerFilter('date_to_string', metered(dateFilter(() => '%d %b %Y')))
  liquid.registerFilter('date_to_long_string', metered(dateFilter(() => '%d %B %Y')))
}

function metered(handler: FilterHandler): FilterHandler {
  return function (value: unknown, ...rest: unknown[]): unknown {
    const { context } = this
    context.memoryLimit.use(CALL_COST + lengthOf(toValue(value)))
    const made: unknown = handler.call(this, value, ...rest)
    if (isGenerator(made)) return chargedWhenDone(context, made)
    chargeDeep(context, made)
    return made
  }
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 0
}

function isGenerator(value: unknown): value is Generator {
  return typeof value === 'object' && value !== null && 'next' in value && 'throw' in value
}

function* chargedWhenDone(context: Context, made: Generator): Generator<unknown, unknown, unknown> {
  const value = yield made
  chargeDeep(context, value)
  return value
}

/** Lists can hold one list many times over; each time counts, since each is written out. */
function chargeDeep(context: Context, value: unknown): void {
  context.memoryLimit.use(1 + lengthOf(value))
  if (Array.isArray(value)) for (const inner of value) if (Array.isArray(inner)) chargeDeep(context, inner)
}

/**
 * A `date` filter over the session's clock, zone and locale. It takes `now`, `today`, ISO 8601 (without an offset:
 * the time on the wall), seconds since 1970 and Dates; anything else goes through unchanged.
 */
function dateFilter(formatOf: (given: unknown) => string, locale?: string): FilterHandler {
  return function (value: unknown, format?: unknown, zone?: unknown): unknown {
    const session = sessionOf(this.context)
    const place = typeof zone === 'number' ? -zone : textOf(zone) || session.view.timeZone
    const instant = instantOf(toValue(value), session.view.now, place)
    if (instant === null) return value
    return strftime(
      wallClockAt(instant, place),
      formatOf(toValue(format) ?? undefined),
      locale ?? session.locale,
    )
  }
}

const FURTHEST = 8.64e15
const DAY_OFF = 86_400_000

function instantOf(value: unknown, now: number, place: string | number): number | null {
  if (value === 'now' || value === 'today') return now
  if (value instanceof Date) return checked(value.getTime())
  if (typeof value === 'number') return checked(value * 1_000)
  if (typeof value !== 'string') return null
  return /^\d{1,13}$/.test(value) ? checked(Number(value) * 1_000) : instantOfIso(value, place)
}

/** Null for what is no instant, in any zone. */
function checked(instant: number): number | null {
  return Math.abs(instant) <= FURTHEST - DAY_OFF ? Math.trunc(instant) : null
}

/** The filter that ends the escaping of html: the marketer answers for what it lets through. */
export function rawFilter(write: (value: unknown) => string): FilterImplOptions {
  const handler: FilterHandler = function (value: unknown): unknown {
    const text = value instanceof Markup ? write(value) : textOf(value)
    this.context.memoryLimit.use(text.length)
    return text
  }
  return { raw: true, handler }
}
