import type { CustomerId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import { type Campaign, isPersonalOrder } from '../model/campaign.js'
import type { Criteria } from '../model/criteria.js'
import type { Customer } from '../model/customer.js'
import { type Arm, REMAINDER } from '../model/experiment.js'
import { RETURNING_LABEL } from '../model/member-label.js'
import { personalChannels } from '../model/placed.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { PlannedMembership } from '../ports/storage/freezing-store.js'
import type { EngineContext } from './context.js'
import { lookingAhead } from './looking-ahead.js'
import { ONLY_LANE } from './newcomer-arms.js'
import { createDueInstants } from './occurrences.js'
import { type AudiencePlanner, createPlanner, type PlannedMember } from './plan-audience.js'
import { returningCustomers } from './returning-customers.js'
import { rolloutCandidates } from './rollout-candidates.js'
import { FREEZE_PAGE } from './scan-customers.js'
import { stratificationOf } from './stratify.js'

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
  const dueAt = createDueInstants(context, scope, campaign.content, run)
  const planned = lookingAhead(async (after: CustomerId | null, goesOn): Promise<PlannedPage> => {
    const { customers, next } = await matched.take(after, goesOn)
    const planner = await plannerOf(context, scope, campaign, run)
    const candidates = await candidatesOf(context, scope, campaign, run, customers)
    const placeOf = await placesOf(context, scope, campaign, run, candidates)
    const members = (await planner.plan(candidates)).map((member) => {
      const due = dueAt(member.customer.timeZone)
      return membershipOf(run, member, due, placeOf(member, due))
    })
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

/** The remainder was matched when it was frozen; it is not asked again, only the gates are. */
const ALREADY_MATCHED: Criteria = { type: 'everyone' }

const planners = new WeakMap<
  EngineContext,
  { readonly key: string; readonly planner: Promise<AudiencePlanner> }
>()

/** The planner of a run; kept from page to page, since it reads and compiles every named segment. */
function plannerOf(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Promise<AudiencePlanner> {
  const key = `${scope.tenant} ${run.id}`
  const kept = planners.get(context)
  if (kept?.key === key) return kept.planner
  const { content } = campaign
  const planner = createPlanner(context, scope, {
    criteria: isRolloutRun(run) ? ALREADY_MATCHED : (campaign.pinnedAudience ?? content.audience),
    channels: personalChannels(campaign),
    isPersonalOrder: isPersonalOrder(content),
    gates: { purpose: content.purpose, topic: content.topic },
    exclusionGroup: content.exclusionGroup,
    strata: isRolloutRun(run) ? undefined : stratificationOf(campaign)?.strata,
    plan: null,
    salt: campaign.salt,
    asOf: run.scheduledFor,
  })
  planners.set(context, { key, planner })
  planner.catch(() => planners.delete(context))
  return planner
}

/** Where a member stands in line for its arm, and what it is counted under beside the segments that people named. */
interface Place extends Pick<PlannedMembership, 'arm' | 'lane'> {
  readonly labels: readonly string[]
}

/** Those who come back keep their arm and are compared no more, in no stratum; so do those who waited for the verdict. */
async function placesOf(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  customers: readonly Customer[],
): Promise<(planned: PlannedMember, dueAt: Instant) => Place> {
  if (isRolloutRun(run)) return () => keeping(REMAINDER, [])
  const returning = await returningCustomers(context, scope, campaign, run, customers)
  const stratification = stratificationOf(campaign)
  return ({ customer, stratum }, dueAt) => {
    const arm = returning.get(customer.id)
    if (arm !== undefined) return keeping(arm, [RETURNING_LABEL])
    if (stratification === null) return IN_LINE
    const label = stratification.labelOf(stratum, dueAt)
    return { arm: null, lane: label, labels: [label] }
  }
}

const IN_LINE: Place = { arm: null, lane: ONLY_LANE, labels: [] }

const keeping = (arm: Arm, labels: readonly string[]): Place => ({ arm, lane: null, labels })

function membershipOf(
  run: Run,
  { customer, rankKey, exclusion, channels, addressKeys, segments }: PlannedMember,
  dueAt: Instant,
  { arm, lane, labels }: Place,
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
