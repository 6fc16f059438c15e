import type { Money } from '../base/money.js'
import { MICROS_PER_MINOR } from '../base/money.js'
import type { CampaignReport, MoneyRatio, ResponseCounts } from '../model/report.js'

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
 * ROAS: revenue / cost.
 *
 * @param costMicros - by currency, in millionths of a minor unit
 */
export function returnOnCost(revenue: readonly Money[], costMicros: ReadonlyMap<string, number>): MoneyRatio {
  const [currency = null, ...others] = new Set([
    ...revenue.map((money) => money.currency),
    ...costMicros.keys(),
  ])
  if (others.length > 0) return { numerator: null, denominator: null, value: null, currency: null }
  const numerator = revenue.reduce((sum, { amountMinor }) => sum + amountMinor, 0) * MICROS_PER_MINOR
  const [denominator = 0] = costMicros.values()
  return { numerator, denominator, value: denominator === 0 ? null : numerator / denominator, currency }
}

/**
 * Return on investment: (revenue - cost) / cost in percent.
 *
 * @param ratio - {@link returnOnCost}
 * @returns null when nothing was spent, or when cost and revenue are not all of one currency
 */
export function roiPercent({ numerator, denominator, value }: MoneyRatio): number | null {
  if (numerator === null || denominator === null || value === null) return null
  return ((numerator - denominator) * 100) / denominator
}

/**
 * What one of so many events cost, such as CPC and CPA, to the nearest millionth of a minor unit.
 *
 * @param costMicros - by currency, in millionths of a minor unit
 */
export function costPer(costMicros: ReadonlyMap<string, number>, count: number): MoneyRatio {
  const [[currency, numerator] = [null, 0], ...others] = costMicros
  if (others.length > 0) return { numerator: null, denominator: count, value: null, currency: null }
  const hasValue = numerator !== 0 && count !== 0
  return { numerator, denominator: count, value: hasValue ? Math.round(numerator / count) : null, currency }
}
