import { html, type Markup } from './markup.js'

/** A share of a bar or an axis as a CSS length: 0 % to 100 %, three decimals. */
export function cssShare(share: number): string {
  const within = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0
  return `${Math.round(within * 100_000) / 1_000}%`
}

/** A bar as long as its share; decoration beside the figure itself. */
export function bar(share: number, kind: 'main' | 'good' | 'muted'): Markup {
  // the style sheet gives every bar a pixel, which would show something where there is nothing
  const drawn = share > 0 ? html`<i class="${kind}" style="width:${cssShare(share)}"></i>` : null
  return html`<span class="bar" aria-hidden="true">${drawn}</span>`
}

/** A stretch of numbers on which intervals are drawn. */
export interface Axis {
  readonly from: number
  readonly to: number
}

/** Narrower than this, an axis is a point. */
const NARROWEST = 1e-9

/** Ends with a round step, so that everything fits: a step is 1, 2 or 5 times a power of ten. */
export function axisFor(values: readonly number[]): Axis {
  const low = Math.min(...values)
  const high = Math.max(...values)
  const width = Math.max(high - low, NARROWEST)
  const power = 10 ** Math.floor(Math.log10(width))
  const step = ([1, 2].find((times) => width / (times * power) <= 4) ?? 5) * power
  return { from: Math.floor(low / step) * step, to: Math.ceil(high / step) * step }
}

/** Where a value stands on an axis, 0 to 1. */
function place(value: number, { from, to }: Axis): number {
  return (value - from) / (to - from)
}

/**
 * An interval with its estimate on an axis; decoration beside the figures themselves.
 *
 * @param mark - a value to draw a line at, such as 0
 */
export function intervalBar(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high: number },
  axis: Axis,
  kind: 'main' | 'good' | 'muted',
  mark: number | null = null,
): Markup {
  const start = place(low, axis)
  const line = mark === null ? null : html`<b style="left:${cssShare(place(mark, axis))}"></b>`
  return html`<span class="interval" aria-hidden="true">${line}<i class="${kind}" style="left:${cssShare(start)};width:${cssShare(place(high, axis) - start)}"></i><u class="${kind}" style="left:${cssShare(place(value, axis))}"></u></span>`
}
