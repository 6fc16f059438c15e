import type { MoneyRatio } from '../model/report.js'
import type { Estimate } from '../model/verdict.js'

/** A row of the long table: section, name, metric, value, numerator, denominator. */
export type ReportRow = readonly [
  section: string,
  name: string,
  metric: string,
  value: string | number | null,
  numerator: number | null,
  denominator: number | null,
]

/** A figure of a row. */
export type Cells = readonly [
  metric: string,
  value: string | number | null,
  numerator?: number | null,
  denominator?: number | null,
]

/** The rows of one section and name. */
export function rows(section: string, name: string, cells: readonly Cells[]): ReportRow[] {
  return cells.map(([metric, value, numerator = null, denominator = null]) => {
    return [section, name, metric, value, numerator, denominator] as const
  })
}

/** Both ends of an interval; nothing when there is none. */
export function estimate(metric: string, of: Estimate | null): Cells[] {
  if (of === null) return []
  return [
    [`${metric}Low`, of.low],
    [`${metric}High`, of.high],
  ]
}

/** @param metric - ending in `Micros` where the value is an amount */
export function moneyRatio(metric: string, { value, numerator, denominator, currency }: MoneyRatio): Cells[] {
  const name = currency === null ? metric : `${metric} ${currency}`
  return [[name, value, numerator, denominator]]
}
