import type { ResponseCounts, ResponseRates } from '../model/report.js'
import type { MessageFigures } from './message-figures.js'
import { reportRate, UNMEASURED } from './report-rate.js'
import type { Slice, Tally } from './tally.js'

/** What people did in the end, on whichever channel. */
export function responseCounts(tally: Tally, slice: Omit<Slice, 'channel'>): ResponseCounts {
  const across: Slice = { ...slice, channel: null }
  const total = (type: string) => tally.figures(across, type).total
  return {
    reached: tally.figures(across, 'sent').members,
    conversions: total('conversion'),
    redemptions: total('redemption') - total('redemption-reversed'),
    conversionRevenue: tally.amounts(across, ['conversion']),
    redemptionRevenue: tally.amounts(across, ['redemption', 'redemption-reversed']),
  }
}

/**
 * Rates of what people did.
 *
 * @param hasCoupon - without one, redemptions are not measured
 */
export function responseRates(
  { reached, conversions, redemptions }: ResponseCounts,
  { counts, rates }: MessageFigures,
  hasCoupon: boolean,
): ResponseRates {
  const clicksAreMeasured = rates.clickRate.denominator > 0
  return {
    conversionRate: clicksAreMeasured ? reportRate(conversions, counts.clicks) : UNMEASURED,
    redemptionRate: hasCoupon ? reportRate(redemptions, reached) : UNMEASURED,
  }
}
