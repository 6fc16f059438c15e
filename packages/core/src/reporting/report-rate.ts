import { rate } from '../model/metrics.js'
import type { ReportRate } from '../model/report.js'

/** A rate with its percent. */
export function reportRate(numerator: number, denominator: number): ReportRate {
  return {
    ...rate(numerator, denominator),
    percent: denominator === 0 ? null : (numerator * 100) / denominator,
  }
}

/** What nobody could measure: no value, no base. */
export const UNMEASURED: ReportRate = reportRate(0, 0)

/** The rate of several groups together; those that did not measure it have no part in it. */
export function joinRates(rates: readonly ReportRate[]): ReportRate {
  return reportRate(
    rates.reduce((sum, { numerator }) => sum + numerator, 0),
    rates.reduce((sum, { denominator }) => sum + denominator, 0),
  )
}
