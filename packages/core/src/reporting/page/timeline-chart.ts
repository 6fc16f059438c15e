import { DAY_MS, type DurationMs } from '../../base/time.js'
import { countText } from '../../model/metrics.js'
import type { CampaignReport, TimelineDay } from '../../model/report.js'
import { dayOf } from '../timeline.js'
import { html, type Markup } from './markup.js'
import { cssShare } from './scale.js'
import { section, table } from './table.js'
import { dayText } from './texts.js'

/** Columns that fit on a phone. */
const MOST_COLUMNS = 45

/** Some days in a row, drawn as one column. */
interface Bucket {
  readonly firstDay: string
  readonly redemptions: number
}

const startOf = (day: string) => Date.parse(`${day}T00:00:00Z`)

/** Buckets of equal length over all days between the first and the last, empty ones among them. */
function bucketsOf(
  timeline: readonly TimelineDay[],
  first: string,
  last: string,
  lengthMs: DurationMs,
): readonly Bucket[] {
  const counts = new Map<number, number>()
  for (let at = startOf(first); at <= startOf(last); at += lengthMs) counts.set(at, 0)
  for (const { day, redemptions } of timeline) {
    const at = startOf(day) - ((startOf(day) - startOf(first)) % lengthMs)
    counts.set(at, Number(counts.get(at)) + redemptions)
  }
  return [...counts].map(([at, redemptions]) => ({ firstDay: dayOf(at), redemptions }))
}

/** When coupons were redeemed: columns, and the figures behind them; nothing without redemptions. */
export function timelineChart({ timeline }: CampaignReport): Markup | null {
  const [first, last] = [timeline.at(0)?.day, timeline.at(-1)?.day]
  if (first === undefined || last === undefined) return null
  const daysEach = Math.ceil(((startOf(last) - startOf(first)) / DAY_MS + 1) / MOST_COLUMNS)
  const buckets = bucketsOf(timeline, first, last, daysEach * DAY_MS)
  const peak = buckets.reduce((best, each) => (each.redemptions > best.redemptions ? each : best))
  const unit = daysEach === 1 ? 'day' : `${daysEach} days`
  const columns = buckets.map(
    ({ firstDay, redemptions }) =>
      html`<i style="height:${cssShare(redemptions / Math.max(1, peak.redemptions))}" title="${dayText(firstDay)}: ${countText(redemptions)}"></i>`,
  )
  const summary = `Redemptions by ${unit}; most from ${dayText(peak.firstDay)}: ${countText(peak.redemptions)}`
  return section('When coupons were redeemed', [
    html`<figure style="max-width:${Math.max(16, 4 * columns.length)}rem">
<figcaption>Redemptions by ${unit} (UTC); the tallest column is ${countText(peak.redemptions)}</figcaption>
<div class="columns" role="img" aria-label="${summary}">${columns}</div>
<p class="axis"><span>${dayText(first)}</span><span>${dayText(last)}</span></p>
</figure>
<details><summary>Figures by day</summary>
${dayTable(timeline)}
</details>`,
  ])
}

function dayTable(timeline: readonly TimelineDay[]): Markup {
  const columns = [
    { heading: 'Day' },
    { heading: 'Redeemed', isFigure: true },
    { heading: 'Given back', isFigure: true },
  ]
  const rows = timeline.map(
    ({ day, redemptions, reversals }) =>
      [dayText(day), countText(redemptions), countText(reversals)] as const,
  )
  return table('Redemptions by day', columns, rows)
}
