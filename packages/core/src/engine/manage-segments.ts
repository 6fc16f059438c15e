import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import { criteriaOf } from '../model/campaign.js'
import { CAMPAIGN_STATUSES, hasEnded } from '../model/campaign-status.js'
import { type Criteria, segmentNameSchema } from '../model/criteria.js'
import { type Page, type PageRequestInput, pageRequestSchema } from '../model/page.js'
import { checkInput, parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import { type Segment, type SegmentInput, segmentDraftSchema, segmentsReferredTo } from '../model/segment.js'
import type { SeenSegment } from '../ports/storage/segment-store.js'
import { resolveSegments } from '../segmentation/resolve.js'
import { retryOnConflict } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { journalEntry } from './journal-entry.js'
import { loadReferredSegments, refuseSealedCriteria } from './load-segments.js'

const versionSchema = z.int().min(1).nullable()

/**
 * Writes a named segment.
 *
 * @param expectedVersion - null when the segment must not exist yet
 * @throws INVALID_INPUT, CRITERIA_INVALID, CRITERIA_SEALED, SEGMENT_NOT_FOUND, SEGMENT_CYCLE, SEGMENT_NAME_TAKEN, VERSION_CONFLICT
 */
export async function saveSegment(
  context: EngineContext,
  scope: Scope,
  input: SegmentInput,
  expectedVersion: number | null,
): Promise<Segment> {
  authorize(context.access, scope, 'segment.write')
  const draft = parseInput(segmentDraftSchema, input)
  checkInput(versionSchema, expectedVersion, 'expectedVersion')
  await refuseSealedCriteria(context, scope, draft.criteria, 'criteria')
  // a conflict about another segment is asked again: what it has become may close a circle
  return retryOnConflict(() => writeSegment(context, scope, draft, expectedVersion))
}

async function writeSegment(
  context: EngineContext,
  scope: Scope,
  draft: Pick<Segment, 'name' | 'criteria'>,
  expectedVersion: number | null,
): Promise<Segment> {
  const referred = await refuseCycle(context, scope, draft.name, draft.criteria)
  const [before] = await context.storage.segments.get(scope, [draft.name])
  const segment: Segment = { ...draft, version: (expectedVersion ?? 0) + 1, updatedAt: context.clock.now() }
  const entry = journalEntry(context, scope, {
    action: 'segment.save',
    subject: { type: 'segment', id: draft.name },
    before: before?.criteria,
    after: draft.criteria,
  })
  await context.storage.segments.put(scope, segment, expectedVersion, entry, referred)
  return segment
}

/** @returns the segments that the rule leads to, as they were when no circle was found */
async function refuseCycle(
  context: EngineContext,
  scope: Scope,
  name: string,
  criteria: Criteria,
): Promise<readonly SeenSegment[]> {
  const referred = await loadReferredSegments(context, scope, criteria)
  const rules = referred.map((segment): [string, Criteria] => [segment.name, segment.criteria])
  resolveSegments({ type: 'segment', name }, new Map([...rules, [name, criteria]]))
  return referred.map((segment) => ({ name: segment.name, version: segment.version }))
}

/** A named segment. @throws SEGMENT_NOT_FOUND */
export async function getSegment(context: EngineContext, scope: Scope, name: string): Promise<Segment> {
  authorize(context.access, scope, 'segment.read')
  const known = segmentNameSchema.safeParse(name).success
  const [segment] = known ? await context.storage.segments.get(scope, [name]) : []
  if (segment === undefined) throw segmentNotFound(name)
  return segment
}

/** Segments in order of their names. */
export async function listSegments(
  context: EngineContext,
  scope: Scope,
  page: PageRequestInput = {},
): Promise<Page<Segment>> {
  authorize(context.access, scope, 'segment.read')
  return context.storage.segments.list(scope, parseInput(pageRequestSchema, page))
}

/**
 * Deletes a named segment.
 *
 * @throws SEGMENT_NOT_FOUND, SEGMENT_IN_USE when another segment or a campaign that has not ended refers to it,
 *   VERSION_CONFLICT
 */
export async function deleteSegment(
  context: EngineContext,
  scope: Scope,
  name: string,
  expectedVersion: number,
): Promise<void> {
  authorize(context.access, scope, 'segment.write')
  const segment = await getSegment(context, scope, name)
  const user = await userOf(context, scope, name)
  if (user !== null) {
    throw new CampaignKitError(
      'SEGMENT_IN_USE',
      `The segment is referred to by the ${user.type} ${user.id}`,
      {
        details: user,
      },
    )
  }
  const entry = journalEntry(context, scope, {
    action: 'segment.delete',
    subject: { type: 'segment', id: name },
    before: segment.criteria,
  })
  await context.storage.segments.delete(scope, name, expectedVersion, entry)
}

const NOT_ENDED = CAMPAIGN_STATUSES.filter((status) => !hasEnded(status))

async function userOf(
  context: EngineContext,
  scope: Scope,
  name: string,
): Promise<{ type: string; id: string } | null> {
  let cursor: string | null = null
  do {
    const page: Page<Segment> = await context.storage.segments.list(scope, { cursor, limit: 1_000 })
    const user = page.items.find(({ criteria }) => segmentsReferredTo(criteria).includes(name))
    if (user !== undefined) return { type: 'segment', id: user.name }
    cursor = page.nextCursor
  } while (cursor !== null)
  do {
    const page = await context.storage.campaigns.list(
      scope,
      { statuses: NOT_ENDED },
      { cursor, limit: 1_000 },
    )
    const user = page.items.find(({ content }) =>
      criteriaOf(content).some((rule) => segmentsReferredTo(rule).includes(name)),
    )
    if (user !== undefined) return { type: 'campaign', id: user.id }
    cursor = page.nextCursor
  } while (cursor !== null)
  return null
}

function segmentNotFound(name: string): CampaignKitError {
  return new CampaignKitError('SEGMENT_NOT_FOUND', 'No segment has this name', {
    details: { name },
  })
}
