import { authorize } from '../access/policy.js'
import { toHex, utf8 } from '../base/bytes.js'
import { canonicalJson } from '../base/canonical-json.js'
import { sha256 } from '../base/digest.js'
import { CampaignKitError } from '../base/error.js'
import type { CampaignId, RunId } from '../base/ids.js'
import { type Instant, toIso } from '../base/time.js'
import type { Campaign, CampaignContent } from '../model/campaign.js'
import type { Criteria } from '../model/criteria.js'
import type { Stratum } from '../model/experiment.js'
import { type Placed, usedChannels } from '../model/placed.js'
import type { PublicPlacement } from '../model/public-placement.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import { externalRulesOf } from '../model/segment.js'
import { changeCampaign, requireCampaign, requireTransition } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { requireFreeSlots } from './hash-gates.js'
import { requireEligibility, resolveAudience } from './load-segments.js'
import { firstStart } from './occurrences.js'
import { requirePublicContent } from './refuse-public.js'
import { refuseSealedContent, resolveStrata } from './resolve-strata.js'

/**
 * Sets a campaign going and returns at once: from now on the worker prepares and sends it. A campaign whose start or
 * schedule lies ahead becomes `scheduled`.
 *
 * @throws CAMPAIGN_NOT_FOUND, TRANSITION_NOT_ALLOWED, CAMPAIGN_START_IN_PAST, CAMPAIGN_ENDED, SCHEDULE_INVALID,
 *   STORAGE_NOT_DURABLE, CRITERIA_SEALED, SEGMENT_NOT_FOUND, SEGMENT_CYCLE, ELIGIBILITY_NOT_CONFIGURED,
 *   ELIGIBILITY_MISPLACED, EXCLUSION_GROUP_UNKNOWN, EXCLUSION_GROUP_TAKEN, PUBLIC_HAS_NO_CUSTOMER, PUBLIC_HAS_NO_COUPON,
 *   PUBLIC_HAS_NO_EXPERIMENT, VERSION_CONFLICT
 */
export async function launchCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
): Promise<Campaign> {
  const campaign = await requireLaunchable(context, scope, id)
  const now = context.clock.now()
  return activate(context, scope, campaign, firstStart(context, scope, campaign.content, now))
}

/** Like {@link launchCampaign}, but begins now whatever start was set; a schedule goes on from there. */
export async function launchCampaignNow(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
): Promise<Campaign> {
  const campaign = await requireLaunchable(context, scope, id)
  return activate(context, scope, campaign, context.clock.now())
}

/**
 * Like {@link launchCampaign}, but only when the campaign begins later than now.
 *
 * @throws those of {@link launchCampaign}; SCHEDULE_INVALID when it would begin at once
 */
export async function scheduleCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
): Promise<Campaign> {
  const campaign = await requireLaunchable(context, scope, id)
  requireTransition(campaign, 'schedule')
  const start = firstStart(context, scope, campaign.content, context.clock.now())
  if (start <= context.clock.now()) {
    throw new CampaignKitError('SCHEDULE_INVALID', 'schedule: the campaign has no start ahead of now', {
      path: 'schedule',
    })
  }
  return activate(context, scope, campaign, start)
}

async function requireLaunchable(context: EngineContext, scope: Scope, id: CampaignId): Promise<Campaign> {
  authorize(context.access, scope, 'campaign.launch')
  const campaign = await requireCampaign(context, scope, id)
  requireTransition(campaign, 'launch')
  if (campaign.archivedAt !== null) {
    throw new CampaignKitError('TRANSITION_NOT_ALLOWED', 'Cannot launch a campaign that is archived')
  }
  return campaign
}

async function activate(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  start: Instant,
): Promise<Campaign> {
  const { content } = campaign
  const now = context.clock.now()
  const scheduled = start > now
  requireTransition(campaign, scheduled ? 'schedule' : 'launch')
  const { audience, strata, placements } = await checkContent(context, scope, campaign, start)
  const run = await placedRun(context, scope, campaign, start)
  const launched = await changeCampaign(context, scope, campaign, {
    action: scheduled ? 'schedule' : 'launch',
    fields: {
      status: scheduled ? 'scheduled' : 'preparing',
      startsAt: start,
      digest: contentDigest(content, audience, strata),
      pinnedAudience: audience,
      pinnedStrata: strata,
      placements,
      launchedAt: scheduled ? null : now,
      statusReason: null,
    },
    run,
  })
  const runs = await context.storage.campaigns.runsOf(scope, campaign.id)
  for (const run of runs) await context.queue.ring(scope, run.id, start, content.priority)
  return launched
}

/**
 * Checks whether a campaign could be launched now, and changes nothing.
 *
 * @throws those of {@link launchCampaign} that are about its content
 */
export async function checkActivation(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
): Promise<void> {
  const start = firstStart(context, scope, campaign.content, context.clock.now())
  await checkContent(context, scope, campaign, start)
}

/** What a campaign tells customers apart by, with the segments resolved, and where of it is public. */
interface PinnedRules {
  readonly audience: Criteria
  /** Null where none are declared. */
  readonly strata: readonly Stratum[] | null
  readonly placements: readonly PublicPlacement[]
}

/** What stands in the way of a campaign that begins at an instant; gives its rules with the segments resolved. */
async function checkContent(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  start: Instant,
): Promise<PinnedRules> {
  const { content } = campaign
  const { strata } = content.experiment ?? {}
  if (content.endsAt !== undefined && content.endsAt <= Math.max(start, context.clock.now())) {
    throw new CampaignKitError('CAMPAIGN_ENDED', 'endsAt: the campaign would begin after its end', {
      path: 'endsAt',
    })
  }
  const placements = requirePublicContent(context, content)
  requireDurability(context, { content, placements })
  await refuseSealedContent(context, scope, content)
  const audience = await resolveAudience(context, scope, content.audience)
  requireEligibility(context, externalRulesOf(audience))
  const resolved = strata === undefined ? null : await resolveStrata(context, scope, strata)
  await requireFreeSlots(context, scope, campaign)
  return { audience, strata: resolved, placements }
}

/**
 * The run of the first occurrence. When the campaign was scheduled before it is that which never began, moved: two runs
 * would write to everybody twice.
 */
async function placedRun(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  start: Instant,
): Promise<Run> {
  const run = startRun(context, campaign, start)
  const [earlier] = await context.storage.campaigns.runsOf(scope, campaign.id)
  return earlier === undefined ? run : { ...run, id: earlier.id, version: earlier.version + 1 }
}

/** The run of an occurrence. */
export function startRun(context: EngineContext, campaign: Campaign, start: Instant): Run {
  return {
    id: context.ids.next('run') as RunId,
    campaignId: campaign.id,
    occurrence: toIso(start),
    scheduledFor: start,
    freeze: { phase: 'matching', after: null, scanned: 0 },
    status: 'open',
    version: 1,
    createdAt: context.clock.now(),
    endedAt: null,
    firstEndedAt: null,
  }
}

function requireDurability(context: EngineContext, placed: Placed): void {
  if (context.storage.capabilities.durable || context.settings.acceptVolatileStorage) return
  for (const channel of usedChannels(placed)) {
    if (context.channels[channel]?.capabilities.reachesPeople === true) {
      throw new CampaignKitError(
        'STORAGE_NOT_DURABLE',
        `The ${channel} channel reaches people, but a restart would forget who was written to. Use a durable storage, or ` +
          'create the kit with acceptVolatileStorage: true',
        { path: `messages.${channel}`, details: { channel } },
      )
    }
  }
}

/**
 * SHA-256 over the canonical JSON of what is sent, to whom and when, every reference resolved. Name, type and metadata
 * are in it because templates can say them.
 */
function contentDigest(
  { audience: _named, objective: _objective, ...said }: CampaignContent,
  audience: Criteria,
  strata: readonly Stratum[] | null,
): string {
  const experiment = strata === null ? {} : { experiment: { ...said.experiment, strata } }
  return toHex(sha256(utf8(canonicalJson({ ...said, ...experiment, audience }))))
}
