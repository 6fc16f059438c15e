import { countText, percentText } from '../../model/metrics.js'
import type { CampaignReport } from '../../model/report.js'
import { html, type Markup } from './markup.js'
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
  readonly name: string
  readonly count: number
  readonly kind: 'main' | 'good' | 'muted'
}

function stepsOf({ audience, counts, rates, exclusions }: CampaignReport): readonly Step[] {
  const left = exclusions.reduce((sum, { count }) => sum + count, 0)
  const optional = (name: string, count: number, isThere: boolean, kind: Step['kind'] = 'main'): Step[] =>
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
    ...optional('Conversions', counts.conversions, true, 'good'),
    ...optional('Coupons redeemed', counts.redemptions, rates.redemptionRate.value !== null, 'good'),
  ]
}

/** From the customers who matched to what they did, and who was left out on the way. */
export function funnel(report: CampaignReport): Markup {
  const { audience, exclusions } = report
  const steps = stepsOf(report)
  const most = Math.max(1, ...steps.map(({ count }) => count))
  const rows = steps.map(({ name, count, kind }) => {
    const share = audience.matched === 0 ? '' : percentText(count / audience.matched)
    return [name, bar(count / most, kind), countText(count), share] as const
  })
  return section('From audience to response', [
    table('Customers and what they did, as a share of those who matched', columnsUnder('Step'), rows),
    exclusions.length === 0
      ? html`<p class="note">Nobody who matched was left out.</p>`
      : exclusionTable(report),
  ])
}

function exclusionTable({ exclusions, audience }: CampaignReport): Markup {
  const most = Math.max(...exclusions.map(({ count }) => count))
  const rows = exclusions.map(
    ({ words, count }) =>
      [
        capitalized(words),
        bar(count / most, 'muted'),
        countText(count),
        percentText(count / Math.max(1, audience.matched)),
      ] as const,
  )
  return table('Who was left out and why, as a share of those who matched', columnsUnder('Reason'), rows)
}
