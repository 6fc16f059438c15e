import { CampaignKitError, isCampaignKitError } from '../base/error.js'
import type { ErrorCode } from '../base/error-code.js'
import type { Criteria } from '../model/criteria.js'
import type { Scope } from '../model/scope.js'
import type { SealablePath } from '../model/sealed.js'
import { externalRulesOf, type Segment, segmentsReferredTo } from '../model/segment.js'
import type { NamedCriteria } from '../ports/storage/database-planner.js'
import { refuseSealed } from '../segmentation/refuse-sealed.js'
import { resolveSegments } from '../segmentation/resolve.js'
import type { EngineContext } from './context.js'

/** Rules of every named segment that can be reached from criteria; unknown names are left out. */
export async function loadReferred(
  context: EngineContext,
  scope: Scope,
  criteria: Criteria,
): Promise<ReadonlyMap<string, Criteria>> {
  const segments = await loadReferredSegments(context, scope, criteria)
  return new Map(segments.map((segment) => [segment.name, segment.criteria]))
}

/** The segments themselves, each once. */
export async function loadReferredSegments(
  context: EngineContext,
  scope: Scope,
  criteria: Criteria,
): Promise<readonly Segment[]> {
  const known = new Map<string, Segment>()
  let wanted = segmentsReferredTo(criteria)
  while (wanted.length > 0) {
    const found = await context.storage.segments.get(scope, wanted)
    for (const segment of found) known.set(segment.name, segment)
    const referred = new Set(found.flatMap((segment) => segmentsReferredTo(segment.criteria)))
    wanted = [...referred].filter((name) => !known.has(name))
  }
  return [...known.values()]
}

/**
 * The same criteria with every named segment replaced by its rule.
 *
 * @param path - where the criteria stand, as a prefix of the reported path
 * @throws SEGMENT_NOT_FOUND, SEGMENT_CYCLE, CRITERIA_TOO_DEEP, ELIGIBILITY_MISPLACED, CRITERIA_SEALED
 */
export async function resolveAudience(
  context: EngineContext,
  scope: Scope,
  criteria: Criteria,
  path = '',
): Promise<Criteria> {
  const rules = await loadReferred(context, scope, criteria)
  const resolved = resolveSegments(criteria, rules, path)
  refuseSealed(criteria, sealedOf(context, scope), rules, path)
  return resolved
}

function sealedOf({ settings }: EngineContext, scope: Scope): readonly SealablePath[] {
  return settings.tenant(scope.tenant).sealed
}

/**
 * Refuses criteria that read what the tenant seals, themselves or through segments that are there.
 *
 * @param path - where the criteria stand, as a prefix of the reported path
 * @throws CRITERIA_SEALED
 */
export async function refuseSealedCriteria(
  context: EngineContext,
  scope: Scope,
  criteria: Criteria,
  path: string,
): Promise<void> {
  const sealed = sealedOf(context, scope)
  if (sealed.length > 0) refuseSealed(criteria, sealed, await loadReferred(context, scope, criteria), path)
}

/** More named segments than these are not counted by: each is asked for every customer. */
const MOST_COUNTED_SEGMENTS = 100

/**
 * The named segments of a tenant that members are counted by, by name: those that need no external rule. One that no
 * longer resolves, because another was changed, or that reads what is sealed by now, is left out: a campaign that does
 * not name it must not fail for it.
 */
export async function loadCountedSegments(
  context: EngineContext,
  scope: Scope,
): Promise<readonly NamedCriteria[]> {
  const { items } = await context.storage.segments.list(scope, { cursor: null, limit: MOST_COUNTED_SEGMENTS })
  const counted: NamedCriteria[] = []
  for (const { name, criteria } of items) {
    const resolved = await resolveIfSound(context, scope, criteria)
    if (resolved !== null && externalRulesOf(resolved).length === 0)
      counted.push({ name, criteria: resolved })
  }
  return counted
}

const UNSOUND: readonly ErrorCode[] = [
  'CRITERIA_SEALED',
  'CRITERIA_TOO_DEEP',
  'ELIGIBILITY_MISPLACED',
  'SEGMENT_CYCLE',
  'SEGMENT_NOT_FOUND',
]

async function resolveIfSound(
  context: EngineContext,
  scope: Scope,
  criteria: Criteria,
): Promise<Criteria | null> {
  try {
    return await resolveAudience(context, scope, criteria)
  } catch (thrown) {
    if (!isCampaignKitError(thrown) || !UNSOUND.includes(thrown.code)) throw thrown
    return null
  }
}

/** @throws ELIGIBILITY_NOT_CONFIGURED when the criteria ask an external rule and the host gave no port for it */
export function requireEligibility(context: EngineContext, rules: readonly string[]): void {
  if (rules.length === 0 || context.eligibility !== null) return
  throw new CampaignKitError(
    'ELIGIBILITY_NOT_CONFIGURED',
    `No eligibility port answers the rule ${rules[0]}`,
    {
      details: { rules },
    },
  )
}
