import type { CustomerId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import { type Arm, REMAINDER } from '../model/experiment.js'
import { RETURNING_LABEL } from '../model/member-label.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import { RECIPIENT_ZONE } from '../model/schedule.js'
import type { Scope } from '../model/scope.js'
import type { Standing } from '../ports/storage/database-planner.js'
import type { EngineContext } from './context.js'
import { ONLY_LANE } from './newcomer-arms.js'
import { createDueInstants } from './occurrences.js'
import { mayReturn, returningCustomers } from './returning-customers.js'
import { stratificationOf } from './stratify.js'

/** A customer as far as its standing goes. */
interface Stander {
  readonly id: CustomerId
  readonly timeZone?: string
}

const ANYBODY: Stander = { id: '' as CustomerId }

/** Where a customer of a declared stratum (null where none is declared) stands in a run. */
export type StandingOf = (customer: Stander, stratum: string | null) => Standing

/**
 * Where all customers of a run stand, where no two stand in ways of their own: none in a declared stratum, in no time
 * zone of its own, and none who comes back. Null where that is not known.
 */
export async function commonStanding(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Promise<Standing | null> {
  const { content } = campaign
  const isCommon = !isRolloutRun(run) && !mayReturn(content) && content.schedule?.zone !== RECIPIENT_ZONE
  if (!isCommon) return null
  const standingOf = await createStandings(context, scope, campaign, run)([])
  return standingOf(ANYBODY, null)
}

/**
 * Where customers of a run stand: when they are due, in which line for their arm, and what they are counted under. Those
 * who come back keep their arm and are compared no more, in no stratum; so do those who waited for the verdict. Two
 * who stand alike are given the same object.
 */
export function createStandings(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): (customers: readonly Stander[]) => Promise<StandingOf> {
  const dueAt = createDueInstants(context, scope, campaign.content, run)
  const stratification = stratificationOf(campaign)
  // by the label, the arm or nothing, and by the instant: few of each
  const known = new Map<string, Map<Instant, Standing>>()
  const shared = (key: string, due: Instant, make: () => Omit<Standing, 'dueAt'>): Standing => {
    const alike = known.get(key) ?? new Map<Instant, Standing>()
    known.set(key, alike)
    const standing = alike.get(due) ?? { dueAt: due, ...make() }
    alike.set(due, standing)
    return standing
  }
  const keeping = (due: Instant, arm: Arm, labels: readonly string[]) =>
    shared(`kept ${arm}`, due, () => ({ arm, lane: null, labels }))
  const newcomer = (due: Instant, stratum: string | null) => {
    if (stratification === null)
      return shared('newcomer', due, () => ({ arm: null, lane: ONLY_LANE, labels: [] }))
    const label = stratification.labelOf(stratum, due)
    return shared(`newcomer ${label}`, due, () => ({ arm: null, lane: label, labels: [label] }))
  }
  if (isRolloutRun(run))
    return async () =>
      ({ timeZone }) =>
        keeping(dueAt(timeZone), REMAINDER, [])
  return async (customers) => {
    const returning = await returningCustomers(context, scope, campaign, run, customers)
    return ({ id, timeZone }, stratum) => {
      const arm = returning.get(id)
      const due = dueAt(timeZone)
      return arm === undefined ? newcomer(due, stratum) : keeping(due, arm, [RETURNING_LABEL])
    }
  }
}
