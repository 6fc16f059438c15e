import type { Estimate, StrataResult } from '../model/verdict.js'
import { type Cells, estimate, type ReportRow, rows } from './report-cells.js'

/** The leaders of a verdict stratum by stratum, then, without a name, all strata together; nothing without strata. */
export function strataRows(result: StrataResult | null): ReportRow[] {
  if (result === null) return []
  const { arm, against, strata, difference, heterogeneity } = result
  const pair: readonly Cells[] = [
    ['arm', arm],
    ['against', against],
  ]
  return [
    ...strata.flatMap(({ name, rate, againstRate, difference: own }) =>
      rows('strata', name, [
        ...pair,
        ['rate', rate.value, rate.numerator, rate.denominator],
        ['againstRate', againstRate.value, againstRate.numerator, againstRate.denominator],
        ...differenceCells(own),
      ]),
    ),
    ...rows('strata', '', [
      ...pair,
      ...differenceCells(difference),
      ['heterogeneity', heterogeneity?.statistic ?? null],
      ['heterogeneityDegrees', heterogeneity?.degrees ?? null],
      ['heterogeneityPValue', heterogeneity?.pValue ?? null],
    ]),
  ]
}

function differenceCells(difference: Estimate | null): Cells[] {
  return [['difference', difference?.value ?? null], ...estimate('difference', difference)]
}
