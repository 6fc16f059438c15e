import { countText } from '../../model/metrics.js'
import type { CampaignReport, MessageRates } from '../../model/report.js'
import { isRolloutRun } from '../../model/rollout.js'
import { html, type Markup } from './markup.js'
import { outside, rateCell, section, table } from './table.js'
import { durationText, instantText, moneysText, unitCostText } from './texts.js'
import { CHANNEL_WORDS, RESPONSE_WORDS } from './words.js'

const figure = (heading: string) => ({ heading, isFigure: true })

const MESSAGE_RATES: readonly (readonly [heading: string, rate: keyof MessageRates])[] = [
  ['Delivered', 'deliveryRate'],
  ['Bounced', 'bounceRate'],
  ['Opened', 'openRate'],
  ['With machines', 'openRateWithMachines'],
  ['Click rate', 'clickRate'],
  ['Clicks with machines', 'clickRateWithMachines'],
  ['Unsubscribed', 'unsubscribeRate'],
  ['Complained', 'complaintRate'],
]

/** Rates of each channel; opens and clicks with those of machines only where machines did any. */
export function channels({ channels: all }: CampaignReport): Markup {
  const opens = all.some(({ counts }) => counts.openedWithMachines !== counts.opened)
  const clicks = all.some(({ counts }) => counts.clicksWithMachines !== counts.clicks)
  const shown = MESSAGE_RATES.filter(
    ([, rate]) => (opens || rate !== 'openRateWithMachines') && (clicks || rate !== 'clickRateWithMachines'),
  )
  const columns = [
    { heading: 'Channel' },
    figure('Sent'),
    ...shown.map(([heading]) => figure(heading)),
    figure('Cost'),
    figure('Cost per click'),
  ]
  const rows = all.map(({ channel, counts, rates, cost, costPerClick }) => {
    const cells = shown.map(([, rate]) => rateCell(rates[rate]))
    return [
      CHANNEL_WORDS[channel],
      countText(counts.sent),
      ...cells,
      moneysText(cost),
      unitCostText(costPerClick),
    ] as const
  })
  return section('Channels', [table('Messages by channel', columns, rows, 'cards')])
}

/** Rates of each segment; nothing when the report has none. */
export function segments({ segments: all }: CampaignReport): Markup | null {
  if (all.length === 0) return null
  const columns = [
    { heading: 'Segment' },
    ...['Members', 'Sent', 'Opened', 'Click rate', 'Conversions', 'Conversion rate', 'Redeemed'].map(figure),
  ]
  const rows = all.map(
    ({ segment, members, counts, rates }) =>
      [
        outside(segment),
        countText(members),
        countText(counts.sent),
        rateCell(rates.openRate),
        rateCell(rates.clickRate),
        countText(counts.conversions),
        rateCell(rates.conversionRate),
        rateCell(rates.redemptionRate),
      ] as const,
  )
  return section('Segments', [table('People by segment; one can be in several', columns, rows, 'cards')])
}

/** How long people took; nothing when nobody did anything yet. */
export function responseTimes({ responseTimes: { times, sampledShare } }: CampaignReport): Markup | null {
  if (times.length === 0) return null
  const columns = [
    { heading: 'Response' },
    figure('People'),
    figure('Half within'),
    figure('Nine in ten within'),
  ]
  const rows = times.map(
    ({ type, members, medianMs, p90Ms }) =>
      [RESPONSE_WORDS[type], countText(members), durationText(medianMs), durationText(p90Ms)] as const,
  )
  const note =
    sampledShare === 1
      ? null
      : html`<p class="note">Measured on one in ${countText(1 / sampledShare)} of the people, chosen at random.</p>`
  return section('How fast people responded', [
    table('From the message to the response', columns, rows),
    note,
  ])
}

/** Runs of a campaign that ran more than once. */
export function runs({ runs: all }: CampaignReport): Markup | null {
  if (all.length < 2) return null
  const columns = [
    { heading: 'Run' },
    ...['Matched', 'Recipients', 'Sent', 'Failed', 'Conversions', 'Redeemed'].map(figure),
  ]
  const rows = all.map(
    ({ occurrence, scheduledFor, audience, deliveries, conversions, redemptions }) =>
      [
        isRolloutRun({ occurrence })
          ? html`${instantText(scheduledFor)} <small>whoever waited for the verdict</small>`
          : instantText(scheduledFor),
        countText(audience.matched),
        countText(audience.recipients),
        countText(deliveries.sent),
        countText(deliveries.failed),
        countText(conversions),
        countText(redemptions),
      ] as const,
  )
  return section('Runs', [table('Each run of the campaign', columns, rows, 'cards')])
}
