import { CampaignKitError, isCampaignKitError } from '../base/error.js'
import type { CampaignId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import { allowsTransition, type CampaignAction } from '../model/campaign-status.js'
import { hostIdSchema } from '../model/fields.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { journalEntry } from './journal-entry.js'

/** @throws CAMPAIGN_NOT_FOUND */
export async function requireCampaign(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
): Promise<Campaign> {
  const campaign = hostIdSchema.safeParse(id).success ? await context.storage.campaigns.get(scope, id) : null
  if (campaign === null) throw new CampaignKitError('CAMPAIGN_NOT_FOUND', 'No campaign has this id')
  return campaign
}

/** @throws TRANSITION_NOT_ALLOWED when the table does not allow the action in the campaign's status */
export function requireTransition(campaign: Campaign, action: CampaignAction): void {
  if (allowsTransition(campaign.status, action)) return
  throw new CampaignKitError(
    'TRANSITION_NOT_ALLOWED',
    `Cannot ${action} a campaign that is ${campaign.status}`,
    {
      details: { action, status: campaign.status },
    },
  )
}

/** @throws VERSION_CONFLICT when the campaign is not in the version that the caller saw */
export function requireVersion(campaign: Campaign, expectedVersion: number): void {
  if (expectedVersion === campaign.version) return
  throw new CampaignKitError('VERSION_CONFLICT', `The campaign is in version ${campaign.version}`, {
    details: { expected: expectedVersion, actual: campaign.version },
    retry: 'later',
  })
}

/** Tries of a person's decision when the worker moves the campaign at the same time. */
const MOST_TRIES = 5

/**
 * Reads, decides and writes again when another write came between: for decisions that hold whatever version they meet.
 *
 * @throws VERSION_CONFLICT when others were faster each time, and whatever the act throws
 */
export async function retryOnConflict<Result>(act: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act()
    } catch (thrown) {
      if (tries === MOST_TRIES || !isCampaignKitError(thrown, 'VERSION_CONFLICT')) throw thrown
    }
  }
}

/** What of a campaign changes, and how the journal names it. */
export interface CampaignChange {
  readonly action: CampaignAction | 'recur' | 'await-verdict'
  readonly fields: Partial<Omit<Campaign, 'id' | 'handle' | 'salt' | 'version' | 'createdAt' | 'updatedAt'>>
  readonly reason?: string | undefined
  /** A new run, or the next version of one. */
  readonly run?: Run
}

/**
 * Writes the next version of a campaign with its journal entry, and tells the listeners when the status changed.
 *
 * @throws VERSION_CONFLICT, CAMPAIGN_NAME_TAKEN
 */
export async function changeCampaign(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  change: CampaignChange,
): Promise<Campaign> {
  const changed: Campaign = {
    ...campaign,
    ...change.fields,
    version: campaign.version + 1,
    updatedAt: context.clock.now(),
  }
  const entry = journalEntry(context, scope, {
    action: `campaign.${change.action}`,
    subject: { type: 'campaign', id: campaign.id },
    reason: change.reason,
    before: changedFields(campaign, changed),
    after: changedFields(changed, campaign),
  })
  await context.storage.campaigns.update(scope, changed, campaign.version, entry, change.run)
  if (changed.status !== campaign.status) {
    context.observer.emit('campaign.status', {
      scope,
      campaignId: campaign.id,
      from: campaign.status,
      to: changed.status,
      reason: changed.statusReason,
    })
  }
  return changed
}

/** The fields of one state that differ in another: what a journal entry tells. */
function changedFields(campaign: Campaign, other: Campaign): Record<string, unknown> {
  const fields = Object.entries(campaign) as [keyof Campaign, unknown][]
  return Object.fromEntries(fields.filter(([name, value]) => value !== other[name] && name !== 'updatedAt'))
}
