import { gateBeforeConsent } from '../consent/gates.js'
import type { Campaign } from '../model/campaign.js'
import { isRolloutRun } from '../model/rollout.js'
import type { FreezeState, Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type {
  AudiencePlan,
  Contact,
  ReachableContact,
  SelfContainedPlan,
  Standing,
  Way,
} from '../ports/storage/database-planner.js'
import { splitEligibility } from '../segmentation/split-eligibility.js'
import { customerAddressKeys } from './address-keys.js'
import type { EngineContext } from './context.js'
import { createHashGates, type HashGates } from './hash-gates.js'
import { keptForRun } from './kept-for-run.js'
import { loadCountedSegments, resolveAudience } from './load-segments.js'
import { mapInTurns } from './map-in-turns.js'
import type { AudienceRequest } from './plan-audience.js'
import { runAudience } from './run-audience.js'
import { sideBySide } from './side-by-side.js'
import { commonStanding, createStandings, type StandingOf } from './standings.js'

/** Where the storage could not plan a stretch alone, the engine is asked of so many: the next are mostly no other. */
const ASKED_ON = 20

/** Customers of a stretch. */
const STRETCH = 2_000
/** Customers of a stretch that the storage may plan alone: fewer statements, and none of them passes this process. */
const STRETCH_ALONE = 4_000

/** The audience of a run that the storage plans by itself, a stretch of the customers who match at a time. */
export interface Stretches {
  /** @throws VERSION_CONFLICT when another worker moved the run */
  divide(run: Run): Promise<Run>
  /**
   * @returns how many customers the stretch has; null when there is no such stretch
   * @throws VERSION_CONFLICT when another worker moved the run
   */
  plan(run: Run, number: number): Promise<number | null>
}

const kept = keptForRun<Promise<Stretches | null>>()

/**
 * How the storage plans a run by itself; null where the engine plans it page by page: where the storage cannot, where it
 * plans other customers than those of the host, and where more is asked of a customer than a storage knows to answer.
 * Kept from step to step, since it reads every named segment.
 *
 * @throws SEGMENT_NOT_FOUND, SEGMENT_CYCLE, CRITERIA_SEALED, EXCLUSION_GROUP_UNKNOWN
 */
export function stretchesOf(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Promise<Stretches | null> {
  return kept(context, scope, run, () => createStretches(context, scope, campaign, run))
}

async function createStretches(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Promise<Stretches | null> {
  const { databasePlanner: planner, customers } = context.storage
  const request = runAudience(campaign, run)
  if (planner?.customers !== customers || isRolloutRun(run) || !isPlain(request)) return null
  const plan = await audiencePlan(context, scope, request)
  if (plan === null) return null
  const hashGates = createHashGates(context, scope, request.exclusionGroup)
  const standings = createStandings(context, scope, campaign, run)
  const standing = customers.keepAddressKeys && (await commonStanding(context, scope, campaign, run))
  const alone = standing && selfContained(context, plan, { standing, hashGates })
  // the stretch from which on the storage is asked to plan alone
  let aloneFrom = 0
  return {
    divide: async (current) => {
      const moved = { ...current, freeze: PLANNING, version: current.version + 1 }
      await planner.divide(scope, moved, plan, alone === null ? STRETCH : STRETCH_ALONE)
      return moved
    },
    plan: async (current, number) => {
      const stretch = await planner.stretch(scope, current.id, number)
      if (stretch === null) return null
      if (alone !== null && number >= aloneFrom) {
        const planned = await planner.planAlone(scope, current, alone, stretch)
        if (planned !== null) return planned
        aloneFrom = number + ASKED_ON
      }
      const contacts = await planner.contacts(scope, plan, stretch)
      if (contacts.length > 0) {
        const standingOf = await standings(contacts)
        const reachable = await passFirstGates(context, scope, plan, contacts, { hashGates, standingOf })
        await planner.planStretch(scope, current, plan, stretch, reachable)
      }
      return contacts.length
    },
  }
}

const PLANNING: FreezeState = { phase: 'planning', planned: 0, scanned: 0 }

function isPlain({ channels, isPersonalOrder, strata }: AudienceRequest): boolean {
  return channels.length > 0 && isPersonalOrder !== true && (strata ?? []).length === 0
}

/** The plan as a storage takes it; null where the host's own rules are asked. */
async function audiencePlan(
  context: EngineContext,
  scope: Scope,
  { criteria, channels, gates: { purpose, topic }, salt, asOf }: AudienceRequest,
): Promise<AudiencePlan | null> {
  const split = splitEligibility(await resolveAudience(context, scope, criteria))
  if (split.rules.length > 0) return null
  const segments = await loadCountedSegments(context, scope)
  const asked = purpose === 'transactional' ? null : topic
  return { criteria: split.criteria, asOf, channels, topic: asked, salt, segments }
}

/** The plan of a run in which all stand alike. */
function selfContained(
  { settings }: EngineContext,
  plan: AudiencePlan,
  { standing, hashGates }: { readonly standing: Standing; readonly hashGates: HashGates },
): SelfContainedPlan {
  const [current, ...older] = settings.secrets
  return {
    ...plan,
    standing,
    hashGates: hashGates.gates,
    secretIds: [current.id, ...older.map(({ id }) => id)],
  }
}

interface Knowledge {
  readonly hashGates: HashGates
  readonly standingOf: StandingOf
}

/** Asks the gates that need the host's secrets or a hash; whether an address is suppressed the storage finds by its keys. */
function passFirstGates(
  context: EngineContext,
  scope: Scope,
  { channels }: AudiencePlan,
  contacts: readonly Contact[],
  { hashGates: { globallyHeldOut, outsideSlots }, standingOf }: Knowledge,
): Promise<readonly ReachableContact[]> {
  return mapInTurns(context, contacts, (contact) => {
    const facts = {
      customer: contact,
      suppressedOn: () => false,
      globallyHeldOut: globallyHeldOut(contact.id),
      outsideSlots: outsideSlots(contact.id),
      eligibility: 'yes',
    } as const
    const ways = channels.map((channel): Way => {
      const exclusion = gateBeforeConsent(channel, facts)
      const addressKeys = exclusion === null ? customerAddressKeys(context, scope, contact, channel) : []
      return { exclusion, addressKeys }
    })
    return { customerId: contact.id, ways, standing: standingOf(contact, null) }
  })
}

/** Stretches that are planned at once: while the storage works on one, this process does on another. */
const LANES = 3
/** Stretches that are planned before the run is moved on. */
const STRETCHES_A_STEP = 40

/**
 * Plans the next stretches of a run.
 *
 * @returns how far the freezing has come then
 * @throws VERSION_CONFLICT when another worker moved the run
 */
export async function planStretches(
  stretches: Stretches,
  run: Run,
  { planned, scanned }: Extract<FreezeState, { phase: 'planning' }>,
): Promise<FreezeState> {
  const next = planned + STRETCHES_A_STEP
  let found = 0
  let isLast = false
  await sideBySide({ from: planned, to: next, atOnce: LANES }, async (number) => {
    const size = await stretches.plan(run, number)
    isLast ||= size === null
    found += size ?? 0
    return size !== null
  })
  return isLast ? { phase: 'settling' } : { phase: 'planning', planned: next, scanned: scanned + found }
}
