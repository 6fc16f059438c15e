import * as z from 'zod'
import { authorize } from '../access/policy.js'
import type { CampaignId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import { CAMPAIGN_STATUSES, type CampaignStatus } from '../model/campaign-status.js'
import { storableSchema } from '../model/fields.js'
import type { JournalEntry } from '../model/journal.js'
import { type Page, type PageRequestInput, pageRequestSchema } from '../model/page.js'
import { parseInput } from '../model/parse.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'

/** A campaign. @throws CAMPAIGN_NOT_FOUND */
export async function getCampaign(context: EngineContext, scope: Scope, id: CampaignId): Promise<Campaign> {
  authorize(context.access, scope, 'campaign.read')
  return requireCampaign(context, scope, id)
}

/** Which campaigns a listing holds. */
export interface CampaignFilter {
  readonly statuses?: readonly CampaignStatus[]
  /** Whether archived ones are listed too. @default false */
  readonly archived?: boolean
}

const campaignFilterSchema = z.strictObject({
  statuses: z.array(z.enum(CAMPAIGN_STATUSES)).exactOptional(),
  archived: z.boolean().exactOptional(),
})

/** Campaigns, newest first. @throws INVALID_INPUT, UNKNOWN_FIELD */
export async function listCampaigns(
  context: EngineContext,
  scope: Scope,
  filter: CampaignFilter = {},
  page: PageRequestInput = {},
): Promise<Page<Campaign>> {
  authorize(context.access, scope, 'campaign.read')
  const wanted = parseInput(campaignFilterSchema, filter)
  return context.storage.campaigns.list(scope, wanted, parseInput(pageRequestSchema, page))
}

/** Runs of a campaign, first scheduled first. @throws CAMPAIGN_NOT_FOUND */
export async function runsOfCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
): Promise<readonly Run[]> {
  authorize(context.access, scope, 'campaign.read')
  await requireCampaign(context, scope, id)
  return context.storage.campaigns.runsOf(scope, id)
}

const journalFilterSchema = z.strictObject({
  subject: z.strictObject({ type: storableSchema(1_000), id: storableSchema(1_000) }).exactOptional(),
})

/**
 * What was changed by whom, in the order in which it was written; all of it, or about one subject.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD
 */
export async function listJournal(
  context: EngineContext,
  scope: Scope,
  filter: { readonly subject?: { readonly type: string; readonly id: string } } = {},
  page: PageRequestInput = {},
): Promise<Page<JournalEntry>> {
  authorize(context.access, scope, 'journal.read')
  const wanted = parseInput(journalFilterSchema, filter)
  return context.storage.journal.list(scope, wanted, parseInput(pageRequestSchema, page))
}
