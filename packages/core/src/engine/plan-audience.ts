import { createRankKeys } from '../assignment/rank.js'
import { elementAt } from '../base/element-at.js'
import type { AddressKey, CustomerId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import { type GateRules, passGates } from '../consent/gates.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Criteria } from '../model/criteria.js'
import type { Customer } from '../model/customer.js'
import type { ExclusionCode } from '../model/exclusion.js'
import type { ExclusionGroupClaim } from '../model/exclusion-group.js'
import type { Stratum } from '../model/experiment.js'
import type { Scope } from '../model/scope.js'
import { OTHER_STRATUM } from '../model/stratum.js'
import type { AddressClaim } from '../ports/storage/audience-store.js'
import type { NamedCriteria } from '../ports/storage/database-planner.js'
import { type EventNeed, eventNeeds } from '../segmentation/event-needs.js'
import { compileCriteria, type Matcher } from '../segmentation/matcher.js'
import { splitEligibility } from '../segmentation/split-eligibility.js'
import { askEligibility, type EligibilityAnswer } from './ask-eligibility.js'
import { type ChannelOrders, channelOrders } from './channel-orders.js'
import type { EngineContext } from './context.js'
import { countEvents } from './count-events.js'
import { createHashGates, type HashGates } from './hash-gates.js'
import { loadPermissions, type Permissions } from './load-permissions.js'
import { loadCountedSegments, requireEligibility, resolveAudience } from './load-segments.js'
import { mapInTurns } from './map-in-turns.js'
import { createMatch, type MatchPage } from './match-customers.js'
import { resolveStrata } from './resolve-strata.js'

/** What an audience is planned from: the same for reach, preflight, preview and freezing. */
export interface AudienceRequest {
  readonly criteria: Criteria
  /** To customers; nobody is planned where there are none. */
  readonly channels: readonly ChannelKind[]
  /** Whether each customer's own order goes before that of `channels`. @default false */
  readonly isPersonalOrder?: boolean
  readonly gates: GateRules
  /** The campaign's part of an exclusion group. */
  readonly exclusionGroup?: ExclusionGroupClaim | undefined
  /** In which the members are told apart. @default none */
  readonly strata?: readonly Stratum[] | undefined
  /** Under which addresses are claimed for a count; null where they are settled once all are planned. */
  readonly plan: string | null
  /** Under which customers are ranked. */
  readonly salt: string
  /** The instant that relative windows count back from. */
  readonly asOf: Instant
}

/** A matched customer, and what became of it. */
export interface PlannedMember {
  readonly customer: Customer
  readonly rankKey: string
  readonly channels: readonly ChannelKind[]
  /** Of the addresses that `channels` write to, in their order. */
  readonly addressKeys: readonly (AddressKey | null)[]
  readonly exclusion: ExclusionCode | null
  readonly segments: readonly string[]
  /** The first stratum whose criteria hold, else `other`; null when the request has none. */
  readonly stratum: string | null
}

/** Finds the customers whom a request is for, and plans them. */
export interface AudiencePlanner {
  readonly match: MatchPage
  /** Plans customers who match. */
  plan(matched: readonly Customer[]): Promise<readonly PlannedMember[]>
}

interface NamedMatcher {
  readonly name: string
  readonly matches: Matcher
}

interface Matching {
  readonly criteria: Criteria
  readonly rules: readonly string[]
  readonly segments: readonly NamedMatcher[]
  readonly strata: readonly NamedMatcher[]
  readonly needs: readonly EventNeed[]
}

/** Of a campaign that is put in public alone. */
const NOBODY: AudiencePlanner = {
  match: async () => ({ customers: [], next: null }),
  plan: async () => [],
}

/**
 * Prepares the one planner: matching, external rules, gates, one message per address, in this order.
 *
 * @throws SEGMENT_NOT_FOUND, SEGMENT_CYCLE, CRITERIA_SEALED, ELIGIBILITY_NOT_CONFIGURED, ELIGIBILITY_MISPLACED,
 *   EXCLUSION_GROUP_UNKNOWN
 */
export async function createPlanner(
  context: EngineContext,
  scope: Scope,
  request: AudienceRequest,
): Promise<AudiencePlanner> {
  if (request.channels.length === 0) return NOBODY
  const criteria = await resolveAudience(context, scope, request.criteria)
  const strata = await resolveStrata(context, scope, request.strata ?? [])
  const segments = await loadCountedSegments(context, scope)
  const matching = prepareMatching(criteria, { segments, strata }, request.asOf)
  requireEligibility(context, matching.rules)
  const hashGates = createHashGates(context, scope, request.exclusionGroup)
  const rankKeyOf = createRankKeys({ tenant: scope.tenant, salt: request.salt })
  const plan = async (matched: readonly Customer[]) => {
    if (matched.length === 0) return []
    const counts = await countEvents(context, scope, matching.needs, request.asOf, matched)
    const answers = await askEligibility(context, scope, matching.rules, matched)
    const permissions = await loadPermissions(context, scope, request.channels, matched)
    const orderOf = await channelOrders(context, scope, request, matched)
    const gated = await passAllGates(context, request, matched, { answers, permissions, hashGates, orderOf })
    const planned = await claimAddresses(context, scope, request, gated)
    return mapInTurns(context, planned, (member) => {
      const { customer } = member
      const holds = ({ matches }: NamedMatcher) => matches(customer, counts.get(customer.id))
      return {
        rankKey: rankKeyOf(customer.id),
        segments: matching.segments.filter(holds).map(({ name }) => name),
        stratum: stratumNameIn(matching.strata, holds),
        ...member,
      }
    })
  }
  const rule = { criteria: matching.criteria, asOf: request.asOf }
  return { match: createMatch(context, scope, rule), plan }
}

function stratumNameIn(
  strata: readonly NamedMatcher[],
  holds: (stratum: NamedMatcher) => boolean,
): string | null {
  return strata.length === 0 ? null : (strata.find(holds)?.name ?? OTHER_STRATUM)
}

/** Rules beside that of the audience, under which members are told apart. */
interface NamedRules {
  readonly segments: readonly NamedCriteria[]
  readonly strata: readonly Stratum[]
}

function prepareMatching(criteria: Criteria, { segments, strata }: NamedRules, asOf: Instant): Matching {
  const split = splitEligibility(criteria)
  const needs = [...segments, ...strata].flatMap((each) => eventNeeds(each.criteria, asOf))
  const compile = (each: NamedCriteria): NamedMatcher => ({
    name: each.name,
    matches: compileCriteria(each.criteria, { now: asOf }),
  })
  return {
    criteria: split.criteria,
    rules: split.rules,
    segments: segments.map(compile),
    strata: strata.map(compile),
    needs: [...new Map(needs.map((need) => [need.key, need])).values()],
  }
}

type Gated = Omit<PlannedMember, 'rankKey' | 'segments' | 'stratum'>

/** What is known of a page of customers when they come to the gates. */
interface GateKnowledge {
  readonly answers: ReadonlyMap<CustomerId, EligibilityAnswer>
  readonly permissions: Permissions
  readonly hashGates: HashGates
  readonly orderOf: ChannelOrders
}

function passAllGates(
  context: EngineContext,
  request: AudienceRequest,
  matched: readonly Customer[],
  { answers, permissions, hashGates: { globallyHeldOut, outsideSlots }, orderOf }: GateKnowledge,
): Promise<readonly Gated[]> {
  return mapInTurns(context, matched, (customer) => {
    const { channels, exclusion } = passGates(request.gates, orderOf(customer), {
      customer,
      consents: permissions.consentsOf(customer.id),
      suppressedOn: (channel) => permissions.suppressedOn(customer, channel),
      globallyHeldOut: globallyHeldOut(customer.id),
      outsideSlots: outsideSlots(customer.id),
      eligibility: answers.get(customer.id) ?? 'yes',
    })
    const addressKeys = channels.map((channel) => permissions.keyOf(customer, channel))
    return { customer, channels, addressKeys, exclusion }
  })
}

/** One address, one message: a channel on which another customer has the address is taken away. */
async function claimAddresses(
  context: EngineContext,
  scope: Scope,
  { plan }: AudienceRequest,
  gated: readonly Gated[],
): Promise<readonly Gated[]> {
  if (plan === null) return gated
  const claims = gated.flatMap(({ customer, channels, addressKeys }): AddressClaim[] =>
    channels.flatMap((channel, at) => {
      const addressKey = addressKeys[at] ?? null
      return addressKey === null ? [] : [{ customerId: customer.id, channel, addressKey }]
    }),
  )
  const lost = await context.storage.audience.claimAddresses(scope, plan, claims)
  if (lost.length === 0) return gated
  const lostBy = new Set(lost.map(({ customerId, channel }) => `${channel} ${customerId}`))
  return gated.map((member) => {
    const isLeft = (channel: ChannelKind) => !lostBy.has(`${channel} ${member.customer.id}`)
    const channels = member.channels.filter(isLeft)
    if (channels.length === member.channels.length) return member
    const addressKeys = member.addressKeys.filter((_, at) => isLeft(elementAt(member.channels, at)))
    return { ...member, channels, addressKeys, exclusion: channels.length === 0 ? 'duplicateAddress' : null }
  })
}
