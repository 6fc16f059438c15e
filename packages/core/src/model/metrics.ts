import type { CampaignId, RunId } from '../base/ids.js'
import type { ChannelKind } from './channel-kind.js'
import type { Arm } from './experiment.js'

/** One cell of the counts. `channel` and `segment` are null in the cells that count across all of them. */
export interface Counter {
  readonly campaignId: CampaignId
  readonly runId: RunId
  readonly arm: Arm
  readonly channel: ChannelKind | null
  readonly segment: string | null
  readonly type: string
  readonly currency: string | null
  /** Events. */
  readonly total: number
  /** Members with at least one such event in this cell (of the same currency). */
  readonly members: number
  /** Members with at least one such event that no machine made; the ones to count opens and clicks by. */
  readonly humanMembers: number
  /** Events that a machine made. */
  readonly machine: number
  readonly amountMinor: number
  /**
   * The squares of what each member's events came to together, added up, in squared minor units: with `amountMinor` the
   * variance of revenue a member. The double that is nearest to the exact sum.
   */
  readonly amountSquares: number
  readonly costMicros: number
}

/** A share with what it was made of; `value` is null when the denominator is 0. */
export interface Rate {
  readonly numerator: number
  readonly denominator: number
  /** Fraction from 0 to 1 (above 1 where events outnumber their base). */
  readonly value: number | null
}

/** Makes a {@link Rate}. */
export function rate(numerator: number, denominator: number): Rate {
  return { numerator, denominator, value: denominator === 0 ? null : numerator / denominator }
}

const tenthsOfPercent = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})
const twoDigitsOfPercent = new Intl.NumberFormat('en', { style: 'percent', maximumSignificantDigits: 2 })
const wholePercent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 })
const wholeNumber = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/**
 * A fraction as people read it: `6.1%`; below 1 % with two significant digits, `0.42%`; 0 and 1 without decimals. A
 * fraction that is not 1 never reads as one, nor does one above 0 as 0.
 */
export function percentText(fraction: number): string {
  const size = Math.abs(fraction)
  if (size === 0 || size === 1) return wholePercent.format(fraction === 0 ? 0 : fraction)
  return size < 0.00995 ? twoDigitsOfPercent.format(fraction) : tenthsOfPercent.format(fraction)
}

/** A whole number with thousands apart: `2,000`. */
export function countText(count: number): string {
  return wholeNumber.format(count)
}
