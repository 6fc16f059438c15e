import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import type { CampaignId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import {
  type Attribution,
  type CampaignEvent,
  type TrackedEvent,
  type TrackedEventInput,
  trackedEventSchema,
} from '../model/event.js'
import { REMAINDER } from '../model/experiment.js'
import type { Member } from '../model/member.js'
import { RETURNING_LABEL } from '../model/member-label.js'
import { parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import type { ConversionRule } from './conversion-rule.js'
import { conversionRulesOf } from './conversion-rules.js'
import { publishEvents } from './publish-events.js'

const MOST_EVENTS = 10_000

/** Of so many events at once it is found in which runs they count: a customer may be a member of a thousand. */
const FOUND_AT_ONCE = 1_000

const trackedEventsSchema = z.array(trackedEventSchema).max(MOST_EVENTS)

/** What came of tracking. */
export interface TrackOutcome {
  readonly recorded: number
  /** Events whose key was known: they changed nothing. */
  readonly repeated: number
}

/**
 * Records what customers did, conversions among them. An event counts once in each campaign (or in the named one
 * alone) in whose conversion window it falls: in the latest run by then of which the customer is a member, the holdout
 * among them. So the runs of a recurring campaign share a purchase among them and do not each claim it. Where there is an
 * experiment, the customer's first run comes before all later ones, since the arms are compared by it: a later run, which
 * those who have bought may not be in, would cut the window short for the others.
 *
 * @throws INVALID_INPUT, CAMPAIGN_NOT_FOUND with the path of the event, such as `[3].amountMinor`; nothing is recorded
 *   then
 */
export async function trackEvents(
  context: EngineContext,
  scope: Scope,
  inputs: readonly TrackedEventInput[],
): Promise<TrackOutcome> {
  authorize(context.access, scope, 'event.track')
  const tracked = parseTracked(inputs)
  const fresh = await recordTracked(context, scope, tracked)
  return { recorded: fresh.length, repeated: tracked.length - fresh.length }
}

/** @throws INVALID_INPUT with the path of the event */
function parseTracked(inputs: readonly TrackedEventInput[]): readonly TrackedEvent[] {
  return parseInput(trackedEventsSchema, inputs)
}

/** Reads an event that comes alone. @throws INVALID_INPUT with the path of the event */
export function parseOneTracked(input: TrackedEventInput): TrackedEvent {
  return parseInput(trackedEventSchema, input, '[0]')
}

/**
 * Records events that were parsed, and tells of them.
 *
 * @returns those that were new
 * @throws CAMPAIGN_NOT_FOUND with the path of the event; nothing is recorded then
 */
export async function recordTracked(
  context: EngineContext,
  scope: Scope,
  tracked: readonly TrackedEvent[],
): Promise<readonly CampaignEvent[]> {
  const now = context.clock.now()
  const events: CampaignEvent[] = []
  while (events.length < tracked.length) {
    const first = events.length
    const some = tracked.slice(first, first + FOUND_AT_ONCE)
    const attribute = await createAttribution(context, scope, some, first)
    events.push(...some.map((event) => eventOf(event, attribute, now)))
  }
  const fresh = await context.storage.events.append(scope, events)
  await publishEvents(context, scope, fresh)
  return fresh
}

type Attribute = (event: TrackedEvent, at: Instant) => readonly Attribution[]

function eventOf(event: TrackedEvent, attribute: Attribute, now: Instant): CampaignEvent {
  const at = event.at ?? now
  return {
    key: `tracked:${event.key}`,
    type: event.type,
    at,
    recordedAt: now,
    customerId: event.customerId,
    deliveryId: null,
    attributions: attribute(event, at),
    amountMinor: event.amountMinor ?? 0,
    costMicros: 0,
    currency: event.currency ?? null,
    reason: null,
    url: null,
    machine: false,
    interaction: null,
  }
}

/**
 * Finds the runs in which events count; reads all that they need at once.
 *
 * @param first - the place of the first of them in the batch
 */
async function createAttribution(
  context: EngineContext,
  scope: Scope,
  events: readonly TrackedEvent[],
  first: number,
): Promise<Attribute> {
  const customerIds = [...new Set(events.map(({ customerId }) => customerId))]
  const memberships = await context.storage.audience.membershipsOf(scope, customerIds)
  const joined = [...memberships.values()].flatMap((list) => list.map(({ campaignId }) => campaignId))
  const named = events.flatMap(({ campaignId }) => (campaignId === undefined ? [] : [campaignId]))
  const rules = await conversionRulesOf(context, scope, { counted: joined, named })
  events.forEach(({ campaignId }, index) => {
    if (campaignId === undefined || rules.has(campaignId)) return
    const path = `[${first + index}].campaignId`
    throw new CampaignKitError('CAMPAIGN_NOT_FOUND', `${path}: no campaign has this id`, { path })
  })
  return ({ customerId, campaignId: only }, at) => {
    const memberOf = memberships.get(customerId) ?? []
    const counted = new Map<CampaignId, Attribution>()
    for (const { campaignId, member } of memberOf) {
      const rule = rules.get(campaignId)
      if (rule === undefined || (only !== undefined && only !== campaignId)) continue
      if (!isWithinWindow(rule, member, at)) continue
      if (counted.has(campaignId) && !isFirstRun(rule, member)) continue
      counted.set(campaignId, attributionOfMember(campaignId, member))
    }
    return [...counted.values()]
  }
}

function isWithinWindow(
  { windowMs }: ConversionRule,
  { dueAt }: Pick<Member, 'dueAt'>,
  at: Instant,
): boolean {
  return at >= dueAt && at < dueAt + windowMs
}

/** Whether the arms of the campaign are compared by this run of the member. */
function isFirstRun(
  { isExperiment }: ConversionRule,
  { arm, segments }: Pick<Member, 'arm' | 'segments'>,
): boolean {
  return isExperiment && arm !== REMAINDER && !segments.includes(RETURNING_LABEL)
}

/** Where what a member does counts, outside of any channel. */
export function attributionOfMember(
  campaignId: CampaignId,
  { runId, arm, segments }: Pick<Member, 'runId' | 'arm' | 'segments'>,
): Attribution {
  return { campaignId, runId, arm: arm ?? '', channel: null, segments }
}
