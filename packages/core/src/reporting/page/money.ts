import { countText } from '../../model/metrics.js'
import type { CampaignReport } from '../../model/report.js'
import { html, type Markup, type Part } from './markup.js'
import { section, table } from './table.js'
import { changeText, moneysText, NOTHING, timesText, unitCostText } from './texts.js'

/** What was spent and what came back, each figure with what it was made of. */
export function money(report: CampaignReport): Markup {
  const { cost, revenue, revenueSource, roiPercent, roas, costPerClick, costPerConversion, counts } = report
  const spent = moneysText(cost)
  const earned = moneysText(revenue)
  const each = (count: number, what: string) => `${spent} ÷ ${countText(count)} ${what}`
  const rows: readonly (readonly [Part, Part, Part])[] = [
    ['Cost of messages', spent, `${countText(counts.sent)} messages sent`],
    ['Cost per click', unitCostText(costPerClick), each(counts.clicks, 'clicks')],
    ['Cost per conversion', unitCostText(costPerConversion), each(counts.conversions, 'conversions')],
    ['Revenue', earned, revenueSource === 'none' ? 'no amounts were recorded' : `from ${revenueSource}`],
    [
      'Revenue on cost',
      roas.value === null ? NOTHING : timesText(roas.value),
      `revenue ÷ cost: ${earned} ÷ ${spent}`,
    ],
    [
      'Return on cost',
      roiPercent === null ? NOTHING : changeText(roiPercent / 100),
      `(revenue − cost) ÷ cost: (${earned} − ${spent}) ÷ ${spent}`,
    ],
  ]
  const columns = [{ heading: 'What' }, { heading: 'Amount', isFigure: true }, { heading: 'How' }]
  return section('Cost and return', [
    table('Gross amounts over all channels and variants', columns, rows),
    html`<p class="note">The value of the coupons and what would have been bought anyway are not taken off.</p>`,
  ])
}
