import type { Money } from '../base/money.js'
import { MICROS_PER_MINOR } from '../base/money.js'
import type { CampaignReport, ResponseCounts } from '../model/report.js'

/** What a campaign earned, and by which of its events. */
export function revenueOf({
  conversionRevenue,
  redemptionRevenue,
}: ResponseCounts): Pick<CampaignReport, 'revenue' | 'revenueSource'> {
  if (conversionRevenue.length > 0) return { revenue: conversionRevenue, revenueSource: 'conversions' }
  if (redemptionRevenue.length > 0) return { revenue: redemptionRevenue, revenueSource: 'redemptions' }
  return { revenue: [], revenueSource: 'none' }
}

/**
 * Return on investment: (revenue - cost) / cost in percent.
 *
 * @param costMicros - by currency, in millionths of a minor unit
 * @returns null when nothing was spent, or when cost and revenue are not all of one currency
 */
export function roiPercent(
  revenue: readonly Money[],
  costMicros: ReadonlyMap<string, number>,
): number | null {
  const [[currency, micros] = ['', 0], ...others] = costMicros
  if (micros === 0 || others.length > 0 || revenue.some((money) => money.currency !== currency)) return null
  const earned = revenue.reduce((sum, { amountMinor }) => sum + amountMinor, 0) * MICROS_PER_MINOR
  return ((earned - micros) * 100) / micros
}
