import { MICROS_PER_MINOR, type Money, minorDigitsOf } from '../../base/money.js'
import {
  DAY_MS,
  type DurationMs,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  SECOND_MS,
  toIso,
} from '../../base/time.js'
import { countText, percentText } from '../../model/metrics.js'
import type { MoneyRatio, ReportRate } from '../../model/report.js'
import { dayOf } from '../timeline.js'

/** What stands where nothing was measured. */
export const NOTHING = '–'

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec'

/** A day of the timeline as people read it: `1 Mar 2026`. */
export function dayText(day: string): string {
  const month = Number(day.slice(-5, -3))
  return `${Number(day.slice(-2))} ${MONTHS.slice(3 * month - 3, 3 * month)} ${day.slice(0, -6)}`
}

/** An instant in UTC: `1 Mar 2026, 09:00 UTC`. */
export function instantText(instant: Instant): string {
  return `${dayText(dayOf(instant))}, ${toIso(instant).slice(-13, -8)} UTC`
}

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['min', MINUTE_MS],
  ['s', SECOND_MS],
]

/** A length of time in its two largest units: `2 d 4 h`, `35 min`, `12 s`; `under 1 s` below that. */
export function durationText(ms: DurationMs): string {
  const at = UNITS.findIndex(([, length]) => ms >= length)
  const [unit, length] = UNITS[at] ?? ['', 0]
  if (length === 0) return 'under 1 s'
  const [nextUnit, nextLength] = UNITS[at + 1] ?? ['', length]
  const rest = Math.floor((ms % length) / nextLength)
  const whole = `${Math.floor(ms / length)} ${unit}`
  return rest === 0 ? whole : `${whole} ${rest} ${nextUnit}`
}

/** An amount in its currency: `€1,234.50`, `¥1,234`. */
export function moneyText({ amountMinor, currency }: Money): string {
  const digits = minorDigitsOf(currency)
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, ...fraction })
  return format.format(amountMinor / 10 ** digits)
}

/**
 * What one of something cost: `€0.18`, with the tenths of a cent that matter below one of the currency, `€0.1793`; a
 * cost that is not 0 never reads as one.
 */
export function unitCostText({ value: micros, currency }: MoneyRatio): string {
  if (micros === null || currency === null) return NOTHING
  const digits = minorDigitsOf(currency)
  const amount = micros / MICROS_PER_MINOR / 10 ** digits
  const more = amount < 1 ? 2 : 0
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits + more }
  const precision = micros < MICROS_PER_MINOR ? { maximumSignificantDigits: 2 } : fraction
  return new Intl.NumberFormat('en', { style: 'currency', currency, ...precision }).format(amount)
}

/** Amounts of several currencies, side by side. */
export function moneysText(amounts: readonly Money[]): string {
  return amounts.length === 0 ? NOTHING : amounts.map(moneyText).join(' + ')
}

/** A rate in percent. */
export function rateText({ value }: ReportRate): string {
  return value === null ? NOTHING : percentText(value)
}

/** Our own words at the beginning of a cell: with a capital letter. */
export function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const wholeConfidence = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 2 })

/** A confidence: `95%`, `99.5%`. */
export function confidenceText(confidence: number): string {
  return wholeConfidence.format(confidence)
}

const signedTenths = new Intl.NumberFormat('en', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
})
const signedPercent = new Intl.NumberFormat('en', {
  style: 'percent',
  maximumFractionDigits: 0,
  signDisplay: 'exceptZero',
})
const twoDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })

/** A difference of rates in percentage points, with its sign: `+2.1`. */
export function pointsText(difference: number): string {
  return signedTenths.format(difference * 100)
}

/** A relative change with its sign: `+53%`. */
export function changeText(fraction: number): string {
  return signedPercent.format(fraction)
}

/** How many times as much: `2,279 ×`; below 10 with two digits, `1.9 ×`. */
export function timesText(factor: number): string {
  return `${factor < 10 ? twoDigits.format(factor) : countText(Math.round(factor))}\u00a0×`
}

/** A p-value: two digits, `< 0.0001` below that. */
export function probabilityText(pValue: number): string {
  return pValue < 0.0001 ? '< 0.0001' : twoDigits.format(pValue)
}
