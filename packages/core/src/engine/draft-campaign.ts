import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { toHex } from '../base/bytes.js'
import { CampaignKitError } from '../base/error.js'
import type { ErrorCode } from '../base/error-code.js'
import type { CampaignId } from '../base/ids.js'
import {
  type Campaign,
  type CampaignContent,
  type CampaignInput,
  type CampaignPatch,
  campaignDraftSchema,
  channelOrder,
} from '../model/campaign.js'
import { allowsTransition } from '../model/campaign-status.js'
import { checkInput, parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import { CAMPAIGN_HANDLE_LETTERS, makeHandle } from '../qr/token.js'
import { changeCampaign, requireCampaign, requireVersion } from './change-campaign.js'
import { compileAllMessages } from './compile-messages.js'
import type { EngineContext } from './context.js'
import { checkExclusionGroup } from './hash-gates.js'
import { journalEntry } from './journal-entry.js'
import { checkSchedule } from './occurrences.js'
import { refuseSealedContent } from './resolve-strata.js'

const SALT_BYTES = 16

/**
 * Creates a campaign as a draft. Its content is checked as far as it can be without customers: schema, schedule,
 * channels, templates.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD, CRITERIA_INVALID, CRITERIA_SEALED, CAMPAIGN_TARGETING_REQUIRED, CAMPAIGN_CHANNEL_REQUIRED,
 *   CAMPAIGN_CHANNEL_NOT_CONFIGURED, CAMPAIGN_NAME_TAKEN, EXPERIMENT_INVALID, SCHEDULE_INVALID, TIME_ZONE_UNKNOWN,
 *   TEMPLATE_INVALID, LINK_NOT_ALLOWED, COUPON_NOT_CONFIGURED, EXCLUSION_GROUP_UNKNOWN, ELIGIBILITY_MISPLACED
 */
export async function createCampaign(
  context: EngineContext,
  scope: Scope,
  input: CampaignInput,
): Promise<Campaign> {
  authorize(context.access, scope, 'campaign.write')
  const content = checkContent(context, scope, input)
  await refuseSealedContent(context, scope, content)
  const now = context.clock.now()
  const campaign: Campaign = {
    id: context.ids.next('campaign') as CampaignId,
    handle: makeHandle(context.random, CAMPAIGN_HANDLE_LETTERS),
    salt: toHex(context.random.bytes(SALT_BYTES)),
    content,
    status: 'draft',
    version: 1,
    digest: null,
    pinnedAudience: null,
    pinnedStrata: null,
    placements: [],
    createdAt: now,
    updatedAt: now,
    startsAt: content.startsAt ?? null,
    launchedAt: null,
    endedAt: null,
    statusReason: null,
    archivedAt: null,
    rollout: null,
  }
  const entry = journalEntry(context, scope, {
    action: 'campaign.create',
    subject: { type: 'campaign', id: campaign.id },
    after: content,
  })
  await context.storage.campaigns.insert(scope, campaign, entry)
  context.observer.emit('campaign.status', {
    scope,
    campaignId: campaign.id,
    from: null,
    to: 'draft',
    reason: null,
  })
  return campaign
}

function checkContent(context: EngineContext, scope: Scope, input: unknown): CampaignContent {
  if (typeof input === 'object' && input !== null) {
    requireField(input, 'audience', 'CAMPAIGN_TARGETING_REQUIRED', 'at least one targeting rule')
    requireField(input, 'messages', 'CAMPAIGN_CHANNEL_REQUIRED', 'a message for at least one channel')
  }
  const content = parseInput(campaignDraftSchema, input)
  for (const channel of channelOrder(content)) {
    if (context.channels[channel] === undefined) {
      throw new CampaignKitError('CAMPAIGN_CHANNEL_NOT_CONFIGURED', `The kit has no adapter for ${channel}`, {
        path: `messages.${channel}`,
      })
    }
  }
  checkSchedule(context, scope, content)
  checkExclusionGroup(context, scope, content)
  compileAllMessages(context, content)
  return content
}

/** The schema would say only that an object was expected. */
function requireField(input: object, field: string, code: ErrorCode, needed: string): void {
  const value: unknown = Reflect.get(input, field)
  if (value !== undefined && value !== null) return
  throw new CampaignKitError(code, `${field}: a campaign needs ${needed}`, { path: field })
}

const patchSchema = z.record(z.string(), z.unknown())

/**
 * Changes a draft. Fields of the patch replace those of the draft; `null` removes an optional one.
 *
 * @param expectedVersion - the version that the caller saw
 * @throws those of {@link createCampaign}; CAMPAIGN_NOT_FOUND, VERSION_CONFLICT, CAMPAIGN_IMMUTABLE when it is no draft
 */
export async function editCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  patch: CampaignPatch,
  expectedVersion: number,
): Promise<Campaign> {
  authorize(context.access, scope, 'campaign.write')
  const campaign = await requireCampaign(context, scope, id)
  if (!allowsTransition(campaign.status, 'edit')) {
    throw new CampaignKitError(
      'CAMPAIGN_IMMUTABLE',
      `A campaign that is ${campaign.status} cannot be edited`,
      {
        details: { status: campaign.status },
      },
    )
  }
  requireVersion(campaign, expectedVersion)
  const changes = checkInput(patchSchema, patch, 'patch')
  const merged = Object.entries({ ...campaign.content, ...changes }).filter(([, value]) => value !== null)
  const content = checkContent(context, scope, Object.fromEntries(merged))
  await refuseSealedContent(context, scope, content)
  return changeCampaign(context, scope, campaign, {
    action: 'edit',
    fields: { content, startsAt: content.startsAt ?? null },
  })
}

/**
 * A new draft with the content of a campaign, under another name and a salt of its own. Its dates are left out: start
 * and end, a schedule of one time, the end of a recurring one.
 *
 * @throws those of {@link createCampaign}; CAMPAIGN_NOT_FOUND
 */
export async function cloneCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  name: string,
): Promise<Campaign> {
  authorize(context.access, scope, 'campaign.write')
  const {
    startsAt: _start,
    endsAt: _end,
    schedule,
    ...content
  } = (await requireCampaign(context, scope, id)).content
  if (schedule?.type !== 'recurring') return createCampaign(context, scope, { ...content, name })
  const { until: _until, ...recurring } = schedule
  return createCampaign(context, scope, { ...content, name, schedule: recurring })
}
