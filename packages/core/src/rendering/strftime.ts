import { DAY_MS, SECOND_MS } from '../base/time.js'
import { memoized } from './memo.js'
import type { WallClock } from './wall-clock.js'

type NameStyle = 'month long' | 'month short' | 'weekday long' | 'weekday short'

const nameFormat = memoized((key) => {
  const [locale = 'en', part = 'month', width] = key.split(' ')
  // a locale without data falls back to English, never to that of the host
  return new Intl.DateTimeFormat([locale, 'en'], { timeZone: 'UTC', [part]: width })
})

const nameOf = (style: NameStyle) => (clock: WallClock, locale: string) =>
  nameFormat(`${locale} ${style}`).format(clock.reading)

type Conversion = (clock: WallClock, locale: string) => string | number

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  a: nameOf('weekday short'),
  A: nameOf('weekday long'),
  b: nameOf('month short'),
  B: nameOf('month long'),
  h: nameOf('month short'),
  C: ({ reading }) => Math.floor(reading.getUTCFullYear() / 100),
  d: ({ reading }) => reading.getUTCDate(),
  e: ({ reading }) => reading.getUTCDate(),
  H: ({ reading }) => reading.getUTCHours(),
  I: ({ reading }) => reading.getUTCHours() % 12 || 12,
  j: ({ reading }) => Math.floor((reading.getTime() - Date.UTC(reading.getUTCFullYear(), 0, 1)) / DAY_MS) + 1,
  k: ({ reading }) => reading.getUTCHours(),
  l: ({ reading }) => reading.getUTCHours() % 12 || 12,
  L: ({ reading }) => reading.getUTCMilliseconds(),
  m: ({ reading }) => reading.getUTCMonth() + 1,
  M: ({ reading }) => reading.getUTCMinutes(),
  p: ({ reading }) => (reading.getUTCHours() < 12 ? 'AM' : 'PM'),
  P: ({ reading }) => (reading.getUTCHours() < 12 ? 'am' : 'pm'),
  s: ({ instant }) => Math.floor(instant / SECOND_MS),
  S: ({ reading }) => reading.getUTCSeconds(),
  u: ({ reading }) => reading.getUTCDay() || 7,
  w: ({ reading }) => reading.getUTCDay(),
  y: ({ reading }) => reading.getUTCFullYear() % 100,
  Y: ({ reading }) => reading.getUTCFullYear(),
  z: ({ offsetMinutes }) => offsetText(offsetMinutes, ''),
  Z: ({ zone }) => zone,
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
}

/** Conversions that stand for several others. */
const COMPOUNDS: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  T: '%H:%M:%S',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
}

const WIDTHS: Readonly<Record<string, number>> = {
  C: 2,
  d: 2,
  e: 2,
  H: 2,
  I: 2,
  j: 3,
  k: 2,
  l: 2,
  L: 3,
  m: 2,
  M: 2,
  S: 2,
  y: 2,
}
const SPACE_PADDED = 'ekl'

function offsetText(minutes: number, separator: string): string {
  const size = Math.abs(minutes)
  const digits = (value: number) => String(value).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(size / 60))}${separator}${digits(size % 60)}`
}

/**
 * Writes a reading of the clock by the format of Ruby's and C's `strftime`: `%d.%m.%Y`, `%-d %B`, `%H:%M`. Names of
 * months and days are in the locale. Flags: `-` no padding, `_` and `0` the padding, `^` capitals, `:` in `%:z`;
 * a width of up to two digits. What is not known stays as it is written.
 */
export function strftime(clock: WallClock, format: string, locale: string): string {
  return format.replace(
    /%([-_0^:]*)(\d{0,2})([A-Za-z%])/g,
    (whole, flags: string, width: string, letter: string) => {
      const compound = COMPOUNDS[letter]
      if (compound !== undefined) return strftime(clock, compound, locale)
      if (letter === 'z' && flags.includes(':')) return offsetText(clock.offsetMinutes, ':')
      const converted = CONVERSIONS[letter]?.(clock, locale)
      if (converted === undefined) return whole
      const text = flags.includes('^') ? String(converted).toUpperCase() : String(converted)
      return flags.includes('-') ? text : padded(text, flags, Number(width) || (WIDTHS[letter] ?? 0), letter)
    },
  )
}

function padded(text: string, flags: string, width: number, letter: string): string {
  const spaces = flags.includes('_') || (SPACE_PADDED.includes(letter) && !flags.includes('0'))
  const numeric = /^\d+$/.test(text)
  return text.padStart(width, spaces || !numeric ? ' ' : '0')
}
