import type { Instant } from '../base/time.js'
import { type Campaign, variantsOf } from '../model/campaign.js'
import type { Criteria } from '../model/criteria.js'
import type { Customer } from '../model/customer.js'
import { REMAINDER } from '../model/experiment.js'
import type { Member } from '../model/member.js'
import { RETURNING_LABEL } from '../model/member-label.js'
import { personalChannels } from '../model/placed.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { FirstDeliveries } from '../ports/storage/audience-store.js'
import type { EngineContext } from './context.js'
import { armOfRemainder, hasRemainder, meantArms } from './give-arms.js'
import { firstRanking, newcomerArms } from './newcomer-arms.js'
import { createDueInstants } from './occurrences.js'
import { createPlanner, type PlannedMember } from './plan-audience.js'
import { requireContacts } from './require-contacts.js'
import { returningCustomers } from './returning-customers.js'
import { rolloutCandidates } from './rollout-candidates.js'
import { PLAN_PAGE } from './scan-customers.js'
import { stratificationOf } from './stratify.js'

/**
 * Takes the freezing of a run one page further and returns the run as it then stands. Every page is written before
 * the cursor moves and can be written again, so that a freezing that was killed goes on where it was.
 *
 * @throws VERSION_CONFLICT when another worker moved the run; EXPERIMENT_TOO_SMALL before anybody has an arm
 */
export async function freezeStep(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Promise<Run> {
  const { freeze } = run
  if (freeze.phase === 'matching') return matchPage(context, scope, campaign, run, freeze)
  if (freeze.phase === 'ranking') return rankPage(context, scope, campaign, run, freeze)
  return run
}

type Phase<Name extends Run['freeze']['phase']> = Extract<Run['freeze'], { phase: Name }>

async function matchPage(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  at: Phase<'matching'>,
): Promise<Run> {
  const planner = await plannerOf(context, scope, campaign, run)
  const { customers, next } = await planner.match({ after: at.after, limit: PLAN_PAGE })
  const planned = await planner.plan(await candidatesOf(context, scope, campaign, run, customers))
  const dueAt = createDueInstants(context, scope, campaign.content, run)
  const labelsOf = await memberLabels(
    context,
    scope,
    campaign,
    run,
    planned.map(({ customer }) => customer),
  )
  await context.storage.audience.append(
    scope,
    run.id,
    planned.map((member) => memberOf(run, member, dueAt(member.customer.timeZone), labelsOf)),
  )
  return moveTo(context, scope, run, {
    freeze:
      next === null
        ? await firstRanking(context, scope, campaign, run)
        : { phase: 'matching', after: next, scanned: at.scanned + customers.length },
  })
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
  { readonly key: string; readonly planner: ReturnType<typeof createPlanner> }
>()

/** The planner of a run; kept from page to page, since it reads and compiles every named segment. */
function plannerOf(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): ReturnType<typeof createPlanner> {
  const key = `${scope.tenant} ${run.id}`
  const kept = planners.get(context)
  if (kept?.key === key) return kept.planner
  const { content } = campaign
  const planner = createPlanner(context, scope, {
    criteria: isRolloutRun(run) ? ALREADY_MATCHED : (campaign.pinnedAudience ?? content.audience),
    channels: personalChannels(campaign),
    gates: { purpose: content.purpose, topic: content.topic },
    exclusionGroup: content.exclusionGroup,
    strata: isRolloutRun(run) ? undefined : stratificationOf(campaign)?.strata,
    plan: run.id,
    salt: campaign.salt,
    asOf: run.scheduledFor,
  })
  planners.set(context, { key, planner })
  planner.catch(() => planners.delete(context))
  return planner
}

/** What a member is counted under beside the segments that people named. */
type MemberLabels = (planned: PlannedMember, dueAt: Instant) => readonly string[]

/** A customer who comes back is compared no more, in no stratum. */
async function memberLabels(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  customers: readonly Customer[],
): Promise<MemberLabels> {
  const returning = await returningCustomers(context, scope, campaign, run, customers)
  const stratification = isRolloutRun(run) ? null : stratificationOf(campaign)
  return ({ customer, stratum }, dueAt) => {
    if (returning.has(customer.id)) return [RETURNING_LABEL]
    return stratification === null ? [] : [stratification.labelOf(stratum, dueAt)]
  }
}

function memberOf(run: Run, planned: PlannedMember, dueAt: Instant, labelsOf: MemberLabels): Member {
  const { customer } = planned
  return {
    runId: run.id,
    customerId: customer.id,
    rankKey: planned.rankKey,
    rank: null,
    dueAt,
    arm: null,
    exclusion: planned.exclusion,
    channels: planned.channels,
    tags: customer.tags,
    segments: [...planned.segments, ...labelsOf(planned, dueAt)],
  }
}

async function rankPage(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
  at: Phase<'ranking'>,
): Promise<Run> {
  const { audience } = context.storage
  if (at.nextRank === 0) await requireContacts(context, scope, campaign, run, at)
  const members = await audience.byRank(scope, run.id, { after: at.after, limit: PLAN_PAGE })
  const ids = members.map(({ customerId }) => customerId)
  const earlier = await audience.armsOf(scope, campaign.id, run.id, ids)
  const remainderArm = hasRemainder(campaign) ? await armOfRemainder(context, scope, campaign) : REMAINDER
  const newcomers = newcomerArms(context, scope, campaign, run, at)
  const { assignments, next } = meantArms(members, at, newcomers, { earlier, remainderArm })
  await context.clock.turn()
  await audience.assign(scope, run.id, assignments, firstDeliveries(context, campaign))
  if (members.length === PLAN_PAGE) return moveTo(context, scope, run, { freeze: next })
  await audience.releaseAddresses(scope, run.id)
  const frozen = await moveTo(context, scope, run, {
    freeze: { phase: 'frozen', at: context.clock.now(), newcomers: next.newcomers },
  })
  const counts = await audience.counts(scope, run.id)
  context.observer.emit('run.frozen', { scope, campaignId: campaign.id, runId: run.id, counts })
  return frozen
}

function firstDeliveries(context: EngineContext, { id, content }: Campaign): FirstDeliveries {
  return {
    campaignId: id,
    arms: variantsOf(content).map(({ name }) => name),
    channels: content.delivery === 'each' ? 'all' : 'first',
    idPrefix: context.ids.next('delivery'),
  }
}

async function moveTo(
  context: EngineContext,
  scope: Scope,
  run: Run,
  fields: Pick<Run, 'freeze'>,
): Promise<Run> {
  const moved: Run = { ...run, ...fields, version: run.version + 1 }
  await context.storage.campaigns.updateRun(scope, moved, run.version)
  return moved
}
