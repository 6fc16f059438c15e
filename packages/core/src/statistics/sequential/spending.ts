import { normalUpperQuantile } from '../special/normal-quantile.js'
import { normalUpperTail } from '../special/normal-tail.js'

/**
 * How much of the error may be spent by which share of the information: `obrien-fleming` hardly any early,
 * 2 - 2 Phi(z(alpha / 2) / sqrt(t)); `pocock` about evenly, alpha ln(1 + (e - 1) t) (Lan and DeMets 1983, "Discrete
 * sequential boundaries for clinical trials", alpha1* and alpha2*).
 */
export type Spending = 'obrien-fleming' | 'pocock'

/** What is spent, in one direction, when a share `fraction` of the information is in. */
export function spentAlpha(spending: Spending, alpha: number, fraction: number): number {
  if (spending === 'pocock') return alpha * Math.log1p((Math.E - 1) * fraction)
  return 2 * normalUpperTail(normalUpperQuantile(alpha / 2) / Math.sqrt(fraction))
}
