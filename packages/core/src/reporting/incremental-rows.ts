import type { IncrementalReport, IncrementalView } from '../model/incremental.js'
import type { Estimate } from '../model/verdict.js'
import { type Cells, estimate, type ReportRow, rows } from './report-cells.js'

function intervals(view: string, of: IncrementalView | null, currency: string): Cells[] {
  if (of === null) return []
  const money = (metric: string, { low, high }: Estimate): Cells[] => [
    [`${metric}Low ${currency}`, low],
    [`${metric}High ${currency}`, high],
  ]
  return [
    ...money(`${view}PerMember`, of.perMember),
    ...money(`${view}Revenue`, of.revenue),
    ...money(`${view}Net`, of.net),
    ...estimate(`${view}RoiPercent`, of.roiPercent),
  ]
}

/** What the campaign earned by itself, of all variants under no name. */
export function incrementalRows(report: IncrementalReport): ReportRow[] {
  const { outcome } = report
  if (report.outcome === 'not-measured')
    return rows('incremental', '', [
      ['outcome', outcome],
      ['reason', report.reason],
    ])
  const { currency, revenueSource, isFinal, decision, together, variants } = report
  const about = rows('incremental', '', [
    ['outcome', outcome],
    ['revenueSource', revenueSource],
    ['isFinal', isFinal ? 1 : 0],
    ['decision', decision],
  ])
  const arms = [together, ...variants].flatMap(({ arm, fixed, anytime, ...all }) =>
    rows('incremental', arm ?? '', [
      ['members', all.members],
      ['heldOut', all.heldOut],
      [`treatedMean ${currency}`, all.treatedMean],
      [`holdoutMean ${currency}`, all.holdoutMean],
      [`cost ${currency}`, all.cost],
      [`perMember ${currency}`, all.perMember],
      [`revenue ${currency}`, all.revenue],
      [`net ${currency}`, all.net],
      ['roiPercent', all.roiPercent],
      ...intervals('fixed', fixed, currency),
      ...intervals('anytime', anytime, currency),
    ]),
  )
  return [...about, ...arms]
}
