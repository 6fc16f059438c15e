import type { CustomerId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { Customer } from '../model/customer.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { Standing } from '../ports/storage/database-planner.js'
import type { PlannedMembership } from '../ports/storage/freezing-store.js'
import type { EngineContext } from './context.js'
import { keptForRun } from './kept-for-run.js'
import { lookingAhead } from './looking-ahead.js'
import { type AudiencePlanner, createPlanner, type PlannedMember } from './plan-audience.js'
import { rolloutCandidates } from './rollout-candidates.js'
import { runAudience } from './run-audience.js'
import { FREEZE_PAGE } from './scan-customers.js'
import { createStandings } from './standings.js'

/** Members of a run as they are planned, a page of the customers who match at a time. */
export interface PlannedPage {
  readonly members: readonly PlannedMembership[]
  /** Behind whom the next page begins; null when there is none. */
  readonly next: CustomerId | null
  /** Customers of the page who match. */
  readonly scanned: number
}

/** Goes through the customers whom a run may be for. */
export interface PlannedPages {
  /** @param goesOn - whether the next page is asked for soon */
  take(after: CustomerId | null, goesOn: boolean): Promise<PlannedPage>
}

/** Plans the pages of a run: the next one is read and planned while the one before it is written. */
export function createPlannedPages(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): PlannedPages {
  const matched = lookingAhead(async (after: CustomerId | null) => {
    const planner = await plannerOf(context, scope, campaign, run)
    return planner.match({ after, limit: FREEZE_PAGE })
  })
  const standings = createStandings(context, scope, campaign, run)
  const planned = lookingAhead(async (after: CustomerId | null, goesOn): Promise<PlannedPage> => {
    const { customers, next } = await matched.take(after, goesOn)
    const planner = await plannerOf(context, scope, campaign, run)
    const candidates = await candidatesOf(context, scope, campaign, run, customers)
    const standingOf = await standings(candidates)
    const members = (await planner.plan(candidates)).map((member) =>
      membershipOf(run, member, standingOf(member.customer, member.stratum)),
    )
    return { members, next, scanned: customers.length }
  })
  return planned
}

/** Whom a run may be for: all, or for the rollout those whose arm waits for the verdict. */
async function candidatesOf(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  customers: readonly Customer[],
): Promise<readonly Customer[]> {
  return isRolloutRun(run) ? rolloutCandidates(context, scope, campaign, run, customers) : customers
}

const planners = keptForRun<Promise<AudiencePlanner>>()

/** The planner of a run; kept from page to page, since it reads and compiles every named segment. */
function plannerOf(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Promise<AudiencePlanner> {
  return planners(context, scope, run, () => createPlanner(context, scope, runAudience(campaign, run)))
}

function membershipOf(
  run: Run,
  { customer, rankKey, exclusion, channels, addressKeys, segments }: PlannedMember,
  { dueAt, arm, lane, labels }: Standing,
): PlannedMembership {
  const isMember = exclusion === null
  return {
    runId: run.id,
    customerId: customer.id,
    rankKey,
    dueAt,
    arm: isMember ? arm : null,
    lane: isMember ? lane : null,
    exclusion,
    channels,
    addressKeys,
    tags: customer.tags,
    segments: labels.length === 0 ? segments : [...segments, ...labels],
  }
}
