import type { IncrementalArm, IncrementalReport, IncrementalView } from '../../model/incremental.js'
import { countText } from '../../model/metrics.js'
import type { CampaignReport } from '../../model/report.js'
import type { Estimate } from '../../model/verdict.js'
import { html, type Markup } from './markup.js'
import { outside, section, table } from './table.js'
import { changeText, confidenceText, moneyText, NOTHING } from './texts.js'
import { NOT_MEASURED_WORDS } from './words.js'

type Measured = Extract<IncrementalReport, { outcome: 'measured' }>

/** What the campaign earned beyond what would have been bought anyway, or why nobody knows. */
export function incremental({ incremental: report }: CampaignReport): Markup {
  const heading = 'What the campaign earned by itself'
  if (report.outcome === 'not-measured') {
    return section(heading, [html`<p class="note">Nobody knows: ${NOT_MEASURED_WORDS[report.reason]}</p>`])
  }
  return section(heading, [
    html`<p>${leadOf(report)}</p>
`,
    armTable(report),
    html`<p class="note">${noteOf(report)}</p>`,
  ])
}

/** The view that the experiment goes by. */
function viewOf({ fixed, anytime }: IncrementalArm, { decision }: Measured): IncrementalView | null {
  return decision === 'anytime' ? anytime : fixed
}

function amount(value: number, { currency }: Measured): string {
  return moneyText({ amountMinor: Math.round(value), currency })
}

function span({ low, high }: Estimate, report: Measured): string {
  return `${amount(low, report)} to ${amount(high, report)}`
}

/** What it comes to, and what the interval says, in two or three sentences. */
function leadOf(report: Measured): string {
  const { together } = report
  const size = amount(Math.abs(together.revenue), report)
  const more = together.revenue < 0 ? 'less' : 'more'
  const found = `The ${countText(together.members)} people who got the campaign brought ${size} ${more} than as many of those who got nothing`
  const view = viewOf(together, report)
  if (view === null) return `${found}. There are too few people to say how much of that is chance.`
  const level = confidenceText(view.revenue.confidence)
  return `${found}: ${span(view.revenue, report)} (${level} interval). ${earnedWords(view)} ${paidWords(view, report)}`
}

function earnedWords({ revenue }: IncrementalView): string {
  if (revenue.low > 0) return 'The interval leaves out 0: the campaign did earn something by itself.'
  if (revenue.high < 0) return 'The interval leaves out 0: people bought less because of the campaign.'
  return 'The interval contains 0: people may have bought just as much without the campaign. That does not show that it earned nothing; more people, above all among those who get nothing, would tell.'
}

function paidWords({ net }: IncrementalView, report: Measured): string {
  const { cost } = report.together
  if (cost === 0) return 'No cost is known.'
  const less = `Less ${amount(cost, report)} of messages that is ${span(net, report)}:`
  if (net.low > 0) return `${less} it paid for its messages.`
  if (net.high < 0) return `${less} it did not pay for its messages.`
  return `${less} whether it paid for its messages is not certain.`
}

function armTable(report: Measured): Markup {
  const { together, variants } = report
  const columns = [
    { heading: 'Who got it' },
    { heading: 'People', isFigure: true },
    { heading: 'Revenue a person', isFigure: true },
    { heading: 'Earned by itself', isFigure: true },
    { heading: 'Cost', isFigure: true },
    { heading: 'Less the cost', isFigure: true },
    { heading: 'Return on cost', isFigure: true },
  ]
  const shown = variants.length > 1 ? [...variants, together] : variants
  const rows = shown.map((each) => [nameOf(each), ...cellsOf(each, report)] as const)
  return table('Revenue against those who got nothing', columns, rows, 'cards')
}

function nameOf({ arm }: IncrementalArm): Markup {
  return arm === null ? html`All variants` : outside(arm)
}

function cellsOf(arm: IncrementalArm, report: Measured): readonly Markup[] {
  const view = viewOf(arm, report)
  const small = (text: string | null) => (text === null ? null : html` <small>${text}</small>`)
  const interval = (of: Estimate | undefined) => small(of === undefined ? null : span(of, report))
  const roi = view?.roiPercent ?? null
  const roiSpan = roi && `${changeText(roi.low / 100)} to ${changeText(roi.high / 100)}`
  return [
    html`${countText(arm.members)}`,
    html`${amount(arm.treatedMean, report)}${small(`${amount(arm.holdoutMean, report)} with nothing`)}`,
    html`${amount(arm.revenue, report)}${interval(view?.revenue)}${small(otherView(arm, report))}`,
    html`${amount(arm.cost, report)}`,
    html`${amount(arm.net, report)}${interval(view?.net)}`,
    html`${arm.roiPercent === null ? NOTHING : changeText(arm.roiPercent / 100)}${small(roiSpan)}`,
  ]
}

/** The interval that does not decide, for information. */
function otherView({ fixed, anytime }: IncrementalArm, report: Measured): string | null {
  const [words, other] =
    report.decision === 'anytime' ? (['looked at once', fixed] as const) : (['at any look', anytime] as const)
  return other && `${words}: ${span(other.revenue, report)}`
}

function noteOf({ together, variants, revenueSource, isFinal, decision }: Measured): string {
  const holds =
    decision === 'anytime' ? 'hold however often one looks' : 'hold for one look, when the results are in'
  const parts = [
    `Measured against ${countText(together.heldOut)} people who got nothing, chosen by chance; their revenue a person stands for what would have been bought anyway.`,
    `Intervals ${holds}${variants.length > 1 ? '; those of single variants are not corrected for their number' : ''}.`,
    ...(isFinal ? [] : ['Revenue can still come in: these are the figures so far.']),
    ...(revenueSource === 'redemptions'
      ? [
          'Only redeemed coupons have amounts, and who got nothing had none: this counts also what would have been bought anyway.',
        ]
      : []),
    'The value of the coupons is not taken off.',
  ]
  return parts.join(' ')
}
