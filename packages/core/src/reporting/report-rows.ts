import type { Money } from '../base/money.js'
import { toIso } from '../base/time.js'
import type { Rate } from '../model/metrics.js'
import type { CampaignReport, ExclusionCount, ReasonCount } from '../model/report.js'
import type { AudienceCounts } from '../model/run.js'
import { incrementalRows } from './incremental-rows.js'
import { type Cells, estimate, moneyRatio, type ReportRow, rows } from './report-cells.js'
import { strataRows } from './strata-rows.js'

const HEADER = ['section', 'name', 'metric', 'value', 'numerator', 'denominator'] as const

/**
 * The report as one long table with a header, one figure a row, for `Csv.write`. The value of a rate is a fraction
 * from 0 to 1 beside its numerator and denominator; amounts are in minor units, their currency being part of the
 * metric, and where that ends in `Micros` in millionths of one; times are in milliseconds, instants in ISO 8601.
 */
export function reportRows(report: CampaignReport): readonly (readonly (string | number | null)[])[] {
  return [HEADER, ...overviewRows(report), ...breakdownRows(report), ...detailRows(report)]
}

function numbers(figures: Readonly<Record<string, unknown>>): Cells[] {
  return Object.entries(figures).flatMap(([metric, value]) =>
    typeof value === 'number' ? [[metric, value]] : [],
  )
}

function rates(all: Readonly<Record<string, Rate>>): Cells[] {
  return Object.entries(all).map(([metric, { value, numerator, denominator }]) => [
    metric,
    value,
    numerator,
    denominator,
  ])
}

function amounts(metric: string, all: readonly Money[]): Cells[] {
  return all.map(({ amountMinor, currency }) => [`${metric} ${currency}`, amountMinor])
}

function returnCells({ roiPercent, roas, costPerClick, costPerConversion }: CampaignReport): Cells[] {
  const { numerator, denominator } = roas
  const gain = numerator === null || denominator === null ? null : numerator - denominator
  return [
    ['roiPercent', roiPercent, gain, denominator],
    ...moneyRatio('roas', { ...roas, currency: null }),
    ...moneyRatio('costPerClickMicros', costPerClick),
    ...moneyRatio('costPerConversionMicros', costPerConversion),
  ]
}

function reasons(section: string, all: readonly (ReasonCount | ExclusionCount)[]): ReportRow[] {
  return all.flatMap(({ code, count }) => rows(section, code, [['count', count]]))
}

function audienceCells({ excluded, ...counts }: AudienceCounts): Cells[] {
  return [...numbers(counts), ['excluded', Object.values(excluded).reduce((sum, count) => sum + count, 0)]]
}

function overviewRows(report: CampaignReport): ReportRow[] {
  const { campaign, verdict, generatedAt } = report
  const instant = (at: number | null) => (at === null ? null : toIso(at))
  return [
    ...rows('campaign', campaign.name, [
      ['id', campaign.id],
      ['type', campaign.type],
      ['status', campaign.status],
      ['digest', campaign.digest],
      ['createdAt', instant(campaign.createdAt)],
      ['launchedAt', instant(campaign.launchedAt)],
      ['endedAt', instant(campaign.endedAt)],
      ['generatedAt', instant(generatedAt)],
    ]),
    ...rows('verdict', verdict.winner ?? '', [
      ['outcome', verdict.outcome],
      ['metric', report.metric],
      ['sentence', verdict.sentence],
      ['decision', verdict.method.decision],
      ['confidence', verdict.confidence],
      ['improvement', verdict.leaders?.lift?.value ?? null],
      ['z', verdict.leaders?.z ?? null],
      ['pValue', verdict.leaders?.pValue ?? null],
      ['anytimePValue', verdict.leaders?.anytime.pValue ?? null],
      ['moreMembersPerArm', verdict.membersNeeded?.moreMembersPerArm ?? null],
      ['dataDigest', verdict.dataDigest],
    ]),
    ...rolloutRows(report),
    ...rows('audience', '', audienceCells(report.audience)),
    ...reasons('exclusions', report.exclusions),
    ...rows('deliveries', '', numbers(report.deliveries)),
    ...rows('total', '', [
      ...numbers({ ...report.counts }),
      ...rates({ ...report.rates }),
      ...amounts('cost', report.cost),
      ...amounts('revenue', report.revenue),
      ['revenueSource', report.revenueSource],
      ...returnCells(report),
    ]),
    ...incrementalRows(report.incremental),
  ]
}

function rolloutRows({ rollout }: CampaignReport): ReportRow[] {
  if (rollout === null) return []
  const { arm, at, decidedBy, outcome } = rollout
  return rows('rollout', arm, [
    ['at', toIso(at)],
    ['decidedBy', decidedBy],
    ['outcome', outcome],
  ])
}

function breakdownRows(report: CampaignReport): ReportRow[] {
  return [
    ...report.channels.flatMap(({ channel, impressionSource, counts, rates: all, cost, costPerClick }) =>
      rows('channels', channel, [
        ['impressionSource', impressionSource],
        ...numbers({ ...counts }),
        ...rates({ ...all }),
        ...amounts('cost', cost),
        ...moneyRatio('costPerClickMicros', costPerClick),
      ]),
    ),
    ...report.arms.flatMap(({ arm, role, rate, interval, counts, rates: all }) =>
      rows('arms', arm, [
        ['role', role],
        ...rates({ rate }),
        ...estimate('rate', interval),
        ...numbers({ ...counts }),
        ...rates({ ...all }),
        ...amounts('conversionRevenue', counts.conversionRevenue),
        ...amounts('redemptionRevenue', counts.redemptionRevenue),
      ]),
    ),
    ...report.verdict.comparisons.flatMap(
      ({ arm, against, difference, lift, z, pValue, adjustedPValue, method, anytime }) =>
        rows('comparisons', `${arm} - ${against}`, [
          ['difference', difference.value],
          ...estimate('difference', difference),
          ['lift', lift?.value ?? null],
          ...estimate('lift', lift),
          ['z', z],
          ['pValue', pValue],
          ['adjustedPValue', adjustedPValue],
          ['method', method],
          ...estimate('anytimeDifference', anytime.difference),
          ['anytimePValue', anytime.pValue],
          ['anytimeAdjustedPValue', anytime.adjustedPValue],
        ]),
    ),
    ...strataRows(report.verdict.strata),
    ...report.segments.flatMap(({ segment, members, counts, rates: all }) =>
      rows('segments', segment, [['members', members], ...numbers({ ...counts }), ...rates({ ...all })]),
    ),
    ...report.runs.flatMap(({ occurrence, audience, deliveries, conversions, redemptions }) =>
      rows('runs', occurrence, [
        ...audienceCells(audience),
        ...numbers(deliveries),
        ['conversions', conversions],
        ['redemptions', redemptions],
      ]),
    ),
  ]
}

function detailRows({ responseTimes, timeline, failures, skips }: CampaignReport): ReportRow[] {
  return [
    ...responseTimes.times.flatMap(({ type, ...figures }) => rows('responseTimes', type, numbers(figures))),
    ...timeline.flatMap(({ day, ...figures }) => rows('timeline', day, numbers(figures))),
    ...reasons('failures', failures),
    ...reasons('skips', skips),
  ]
}
