import { countText } from '../../model/metrics.js'
import type { ReportRate } from '../../model/report.js'
import type { Estimate } from '../../model/verdict.js'
import { html, type Markup, type Part } from './markup.js'
import { rateText } from './texts.js'

/** A column: its heading, and whether it holds figures. */
export interface Column {
  readonly heading: string
  readonly isFigure?: boolean
}

/** Cells of one row; the first is the heading of the row. */
export type Row = readonly [Part, ...Part[]]

/** What a table becomes on a phone: the same, a card for each row, or its bars beneath their names. */
export type OnPhone = 'table' | 'cards' | 'bars'

/** A table that scrolls sideways on its own where the page is too narrow for it, unless it turns into something else. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly Row[],
  onPhone: OnPhone = 'table',
): Markup {
  const classOf = (index: number) => (columns[index]?.isFigure === true ? 'figure' : 'text')
  const head = columns.map(({ heading }, index) =>
    heading === '' ? html`<td></td>` : html`<th scope="col" class="${classOf(index)}">${heading}</th>`,
  )
  const body = rows.map(([name, ...cells]) => {
    const figures = cells.map((cell, at) => {
      const heading = onPhone === 'cards' ? html` data-heading="${columns[at + 1]?.heading ?? ''}"` : null
      return html`<td class="${classOf(at + 1)}"${heading}>${cell}</td>`
    })
    return html`<tr><th scope="row">${name}</th>${figures}</tr>
`
  })
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table class="${onPhone}">
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>`
}

/** Text of the outside: whatever its direction, it does not turn ours. */
export function outside(text: string): Markup {
  return html`<bdi>${text}</bdi>`
}

/** A rate with what it was made of. */
export function rateCell(rate: ReportRate): Markup {
  if (rate.value === null) return html`<span class="none">${rateText(rate)}</span>`
  return html`${rateText(rate)} <small>${countText(rate.numerator)} of ${countText(rate.denominator)}</small>`
}

/** A figure with the interval that it stands in. */
export function spanCell({ value, low, high }: Estimate, text: (value: number) => string): Markup {
  return html`${text(value)} <small>${text(low)} to ${text(high)}</small>`
}

/** A part of the page with its heading; nothing when there is nothing in it. */
export function section(heading: string, parts: readonly Part[]): Markup {
  return html`<section>
<h2>${heading}</h2>
${parts}
</section>
`
}
