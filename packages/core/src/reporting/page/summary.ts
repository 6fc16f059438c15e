import { countText } from '../../model/metrics.js'
import type { CampaignReport, ReportRate } from '../../model/report.js'
import { joinRates } from '../report-rate.js'
import { html, type Markup } from './markup.js'
import { outside } from './table.js'
import { changeText, instantText, moneysText, NOTHING, rateText, timesText } from './texts.js'
import { METRIC_WORDS, OUTCOME_WORDS } from './words.js'

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
  const outcome = OUTCOME_WORDS[verdict.outcome]
  const heading = verdict.sentence.startsWith(outcome) ? null : html`<p class="outcome">${outcome}</p>\n`
  return html`<aside class="verdict ${verdict.outcome}" aria-label="Verdict">
${heading}<p class="sentence">${outside(verdict.sentence)}</p>
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

/** Above it a percent of return is read as an error, so the headline gives revenue as a multiple of the cost. */
const LARGEST_ROI_PERCENT = 1_000

function returnTile({ cost, roiPercent }: CampaignReport): Tile {
  const label = 'Return on cost'
  if (roiPercent === null) {
    return { label, value: NOTHING, note: 'needs a cost, in the currency of the revenue' }
  }
  const spent = `${moneysText(cost)} of messages`
  if (roiPercent <= LARGEST_ROI_PERCENT)
    return { label, value: changeText(roiPercent / 100), note: `on ${spent}` }
  return { label, value: timesText(roiPercent / 100 + 1), note: `revenue ÷ ${spent}` }
}

function revenueTile({ revenue, revenueSource }: CampaignReport): Tile {
  const source = revenueSource === 'none' ? 'no amounts were recorded' : `from ${revenueSource}`
  return { label: 'Revenue', value: moneysText(revenue), note: source }
}

/** Of everyone in a variant, as most who buy never click. */
function convertedTile({ arms, metric }: CampaignReport): Tile {
  const variants = arms.filter(({ role }) => role === 'variant')
  return rateTile(METRIC_WORDS[metric], joinRates(variants.map(({ rate }) => rate)), 'recipients')
}

/** The figures that people ask for first. */
export function tiles(report: CampaignReport): Markup {
  const { counts, rates, deliveries } = report
  const all: readonly Tile[] = [
    { label: 'Messages sent', value: countText(counts.sent), note: `${countText(deliveries.failed)} failed` },
    rateTile('Delivered', rates.deliveryRate, 'sent'),
    rateTile('Opened', rates.openRate, 'seen'),
    rateTile('Click rate', rates.clickRate, 'seen'),
    convertedTile(report),
    rateTile('Coupons redeemed', rates.redemptionRate, 'people'),
    revenueTile(report),
    returnTile(report),
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
