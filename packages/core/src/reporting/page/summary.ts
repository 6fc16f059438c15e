import { countText } from '../../model/metrics.js'
import type { CampaignReport, ReportRate } from '../../model/report.js'
import { html, type Markup } from './markup.js'
import { outside } from './table.js'
import { changeText, instantText, moneysText, rateText } from './texts.js'
import { OUTCOME_WORDS } from './words.js'

/** Name, kind, state and dates. */
export function head({ campaign, generatedAt }: CampaignReport): Markup {
  const { name, type, status, launchedAt, endedAt } = campaign
  const dates = [
    launchedAt === null ? 'not launched yet' : `launched ${instantText(launchedAt)}`,
    ...(endedAt === null ? [] : [`ended ${instantText(endedAt)}`]),
    `report of ${instantText(generatedAt)}`,
  ]
  return html`<header>
<p class="kind">Campaign report · ${type} · <span class="status">${status}</span></p>
<h1>${outside(name)}</h1>
<p class="dates">${dates.join(' · ')}</p>
</header>
`
}

/** The verdict in one sentence, before all else. */
export function verdictBox({ verdict }: CampaignReport): Markup {
  return html`<aside class="verdict ${verdict.outcome}" aria-label="Verdict">
<p class="outcome">${OUTCOME_WORDS[verdict.outcome]}</p>
<p class="sentence">${outside(verdict.sentence)}</p>
</aside>
`
}

interface Tile {
  readonly label: string
  readonly value: string
  readonly note: string
}

function rateTile(label: string, rate: ReportRate, of: string): Tile {
  const note =
    rate.value === null
      ? 'not measured'
      : `${countText(rate.numerator)} of ${countText(rate.denominator)} ${of}`
  return { label, value: rateText(rate), note }
}

function moneyTiles({ revenue, revenueSource, cost, roiPercent }: CampaignReport): readonly Tile[] {
  const earned = revenueSource === 'none' ? 'no amounts were recorded' : `from ${revenueSource}`
  const returned =
    roiPercent === null
      ? 'needs a cost, in the currency of the revenue'
      : `on ${moneysText(cost)} of messages`
  return [
    { label: 'Revenue', value: moneysText(revenue), note: earned },
    {
      label: 'Return on cost',
      value: roiPercent === null ? '–' : changeText(roiPercent / 100),
      note: returned,
    },
  ]
}

/** The figures that people ask for first. */
export function tiles(report: CampaignReport): Markup {
  const { counts, rates, deliveries } = report
  const all: readonly Tile[] = [
    { label: 'Messages sent', value: countText(counts.sent), note: `${countText(deliveries.failed)} failed` },
    rateTile('Delivered', rates.deliveryRate, 'sent'),
    rateTile('Opened', rates.openRate, 'seen'),
    rateTile('Click rate', rates.clickRate, 'seen'),
    rateTile('Conversion rate', rates.conversionRate, 'clicks'),
    rateTile('Coupons redeemed', rates.redemptionRate, 'people'),
    ...moneyTiles(report),
  ]
  const shown = all.map(
    ({
      label,
      value,
      note,
    }) => html`<div><dt>${label}</dt> <dd><strong>${value}</strong> <small>${note}</small></dd></div>
`,
  )
  return html`<dl class="tiles" aria-label="Key figures">
${shown}</dl>
`
}
