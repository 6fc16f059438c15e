import { countText, percentText } from '../../model/metrics.js'
import type { CampaignReport, ReportRate } from '../../model/report.js'
import { html, type Markup, type Part } from './markup.js'
import { bar } from './scale.js'
import { type Column, section, table } from './table.js'
import { capitalized } from './texts.js'

function columnsUnder(heading: string): readonly Column[] {
  return [
    { heading },
    { heading: '' },
    { heading: 'Count', isFigure: true },
    { heading: 'Share', isFigure: true },
  ]
}

interface Step {
  readonly name: Part
  readonly count: number
  readonly kind: 'main' | 'good' | 'muted'
}

function stepsOf({ audience, counts, rates, exclusions }: CampaignReport): readonly Step[] {
  const left = exclusions.reduce((sum, { count }) => sum + count, 0)
  const optional = (name: Part, count: number, isThere: boolean, kind: Step['kind'] = 'main'): Step[] =>
    isThere ? [{ name, count, kind }] : []
  return [
    { name: 'Customers who matched', count: audience.matched, kind: 'main' },
    ...optional('Left out', left, left > 0, 'muted'),
    ...optional('Held out, to measure the effect', audience.holdout, audience.holdout > 0, 'muted'),
    ...optional('Wait for the verdict', audience.remainder, audience.remainder > 0, 'muted'),
    { name: 'Recipients', count: audience.recipients, kind: 'main' },
    { name: 'Recipients who were sent a message', count: counts.reached, kind: 'main' },
    ...optional('People who opened', counts.opened, rates.openRate.value !== null),
    ...optional('Clicks', counts.clicks, rates.clickRate.value !== null),
    ...optional(conversionsName(rates.conversionRate), counts.conversions, true, 'good'),
    ...optional('Coupons redeemed', counts.redemptions, rates.redemptionRate.value !== null, 'good'),
  ]
}

/** Conversions count purchases without a click as well, so their rate among clicks stands here and in no headline. */
function conversionsName({ value, numerator, denominator }: ReportRate): Part {
  if (value === null) return 'Conversions'
  const words = `${percentText(value)} of clicks: ${countText(numerator)} of ${countText(denominator)}`
  return html`Conversions <small>conversion rate ${words}</small>`
}

/** From the customers who matched to what they did, and who was left out on the way. */
export function funnel(report: CampaignReport): Markup {
  const { audience, exclusions } = report
  const steps = stepsOf(report)
  const whole = Math.max(1, audience.matched)
  const rows = steps.map(({ name, count, kind }) => {
    const share = audience.matched === 0 ? '' : percentText(count / audience.matched)
    return [name, bar(count / whole, kind), countText(count), share] as const
  })
  return section('From audience to response', [
    table('Customers and what they did, as a share of those who matched', columnsUnder('Step'), rows, 'bars'),
    exclusions.length === 0
      ? html`<p class="note">Nobody who matched was left out.</p>`
      : exclusionTable(report),
  ])
}

function exclusionTable({ exclusions, audience }: CampaignReport): Markup {
  const whole = Math.max(1, audience.matched)
  const rows = exclusions.map(
    ({ words, count }) =>
      [
        capitalized(words),
        bar(count / whole, 'muted'),
        countText(count),
        percentText(count / whole),
      ] as const,
  )
  return table(
    'Who was left out and why, as a share of those who matched',
    columnsUnder('Reason'),
    rows,
    'bars',
  )
}
