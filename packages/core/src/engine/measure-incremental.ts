import { MICROS_PER_MINOR } from '../base/money.js'
import type { Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import type { Arm } from '../model/experiment.js'
import type { IncrementalReport } from '../model/incremental.js'
import type { Counter } from '../model/metrics.js'
import type { ExperimentArm } from '../reporting/experiment-arms.js'
import { firstRunCounters } from '../reporting/first-runs.js'
import { momentsFromSums } from '../statistics/means/moments-from-sums.js'
import { incrementalRevenue } from '../statistics/money/incremental-revenue.js'
import { armsOf, experimentRuns, type RunArms } from './experiment-verdict.js'

type Measured = Extract<IncrementalReport, { outcome: 'measured' }>
type RevenueSource = Measured['revenueSource']

/** The events of a source, with what the squares of their amounts add to those of the members' revenue. */
const SIGNS: Readonly<Record<RevenueSource, ReadonlyMap<string, number>>> = {
  conversions: new Map([['conversion', 1]]),
  /*
   * A member's revenue is R - V, redeemed less given back, and only R^2 and V^2 are counted. Whoever gave something
   * back had redeemed it, so V <= R and (R - V)^2 <= R^2 - V^2: the same where all of it was given back, as with every
   * coupon that is good for one purchase, else a little more, so that the interval is too wide rather than too narrow.
   */
  redemptions: new Map([
    ['redemption', 1],
    ['redemption-reversed', -1],
  ]),
}

/**
 * Measures what a campaign earned by itself: revenue of its variants against that of the holdout, by the runs that the
 * verdict goes by. A customer in several of them is one member: what the first run brought counts.
 */
export function measureIncremental(
  campaign: Campaign,
  runs: readonly RunArms[],
  counters: readonly Counter[],
  now: Instant,
): IncrementalReport {
  const { counted, compared, areMature } = experimentRuns(campaign, runs, now)
  const arms = armsOf(campaign, compared, counters)
  const isThere = ({ assigned }: ExperimentArm) => assigned > 0
  const holdout = arms.find(({ role }) => role === 'holdout')
  const variants = arms.filter(({ role }) => role === 'variant').filter(isThere)
  const { experiment } = campaign.content
  if (experiment === undefined || holdout === undefined)
    return { outcome: 'not-measured', reason: 'no-holdout' }
  if (!isThere(holdout) || variants.length === 0) return { outcome: 'not-measured', reason: 'no-members' }

  const cells = cellsOf(compared, [...variants, holdout], counters)
  const revenueSource = sourceOf(cells)
  if (revenueSource === null) return { outcome: 'not-measured', reason: 'no-revenue' }
  const [currency, ...others] = currenciesOf(cells, revenueSource)
  if (typeof currency !== 'string' || others.length > 0)
    return { outcome: 'not-measured', reason: 'several-currencies' }

  const heldOut = revenueMoments([holdout], cells, revenueSource)
  const measure = (arm: Arm | null, treated: readonly ExperimentArm[]) => ({
    arm,
    ...incrementalRevenue(revenueMoments(treated, cells, revenueSource), heldOut, {
      cost: costMinorOf(treated, cells),
      confidence: 1 - experiment.alpha,
      mixture: { plannedMembers: plannedMembers(campaign, counted, [...treated, holdout]) },
    }),
  })
  return {
    outcome: 'measured',
    currency,
    revenueSource,
    isFinal: areMature,
    decision: experiment.decision,
    together: measure(null, variants),
    variants: variants.map((variant) => measure(variant.arm, [variant])),
  }
}

/** The cells across channels and segments of the arms in the runs. */
function cellsOf(
  runs: readonly RunArms[],
  arms: readonly ExperimentArm[],
  counters: readonly Counter[],
): readonly Counter[] {
  const ids = new Set(runs.map(({ run }) => run.id))
  const names = new Set(arms.map(({ arm }) => arm))
  const ofArms = counters.filter(
    ({ runId, arm, channel }) => channel === null && ids.has(runId) && names.has(arm),
  )
  return firstRunCounters(ofArms).filter(({ segment }) => segment === null)
}

function hasAmount({ amountMinor, amountSquares }: Counter): boolean {
  return amountMinor !== 0 || amountSquares !== 0
}

function sourceOf(cells: readonly Counter[]): RevenueSource | null {
  const isEarned = (source: RevenueSource) =>
    cells.some((cell) => hasAmount(cell) && SIGNS[source].has(cell.type))
  if (isEarned('conversions')) return 'conversions'
  return isEarned('redemptions') ? 'redemptions' : null
}

function currenciesOf(cells: readonly Counter[], source: RevenueSource): ReadonlySet<string | null> {
  const counts = (cell: Counter) => cell.costMicros !== 0 || (hasAmount(cell) && SIGNS[source].has(cell.type))
  return new Set(cells.filter(counts).map(({ currency }) => currency))
}

/** Revenue of a member of the arms, all of them taken together. */
function revenueMoments(arms: readonly ExperimentArm[], cells: readonly Counter[], source: RevenueSource) {
  const names = new Set(arms.map(({ arm }) => arm))
  const count = arms.reduce((members, { assigned }) => members + assigned, 0)
  let sum = 0
  let squares = 0
  for (const { arm, type, amountMinor, amountSquares } of cells) {
    const sign = SIGNS[source].get(type)
    if (sign === undefined || !names.has(arm)) continue
    sum += amountMinor
    squares += sign * amountSquares
  }
  return momentsFromSums({ count, sum, squares })
}

function costMinorOf(arms: readonly ExperimentArm[], cells: readonly Counter[]): number {
  const names = new Set(arms.map(({ arm }) => arm))
  return (
    cells.reduce((sum, { arm, costMicros }) => sum + (names.has(arm) ? costMicros : 0), 0) / MICROS_PER_MINOR
  )
}

/** Members of the first run of the experiment: known before anybody was written to. */
function plannedMembers(
  campaign: Campaign,
  counted: readonly RunArms[],
  compared: readonly ExperimentArm[],
): number {
  const names = new Set(compared.map(({ arm }) => arm))
  const first = armsOf(campaign, counted.slice(0, 1), []).filter(({ arm }) => names.has(arm))
  return Math.max(
    1,
    first.reduce((members, { assigned }) => members + assigned, 0),
  )
}
