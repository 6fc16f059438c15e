import { createSlots, slotsGate } from '../assignment/exclusion-group.js'
import { createGlobalHoldout, globalHoldoutGate } from '../assignment/global-holdout.js'
import { CampaignKitError } from '../base/error.js'
import type { Campaign, CampaignContent } from '../model/campaign.js'
import type { CampaignStatus } from '../model/campaign-status.js'
import { type ExclusionGroupClaim, slotsCollide } from '../model/exclusion-group.js'
import type { Page } from '../model/page.js'
import type { Scope } from '../model/scope.js'
import type { HashGate } from '../ports/storage/database-planner.js'
import type { EngineContext } from './context.js'

/** Who is left out by a hash of the customer id alone, whatever the campaign says. */
export interface HashGates {
  globallyHeldOut(customerId: string): boolean
  outsideSlots(customerId: string): boolean
  /** The same, for a storage that asks them itself. */
  readonly gates: readonly HashGate[]
}

/**
 * The gates of the tenant's global holdout and of a campaign's slots in an exclusion group.
 *
 * @throws EXCLUSION_GROUP_UNKNOWN
 */
export function createHashGates(
  context: EngineContext,
  scope: Scope,
  claim: ExclusionGroupClaim | undefined,
): HashGates {
  const { tenant } = scope
  const { globalHoldout } = context.settings.tenant(tenant)
  const holdout = globalHoldout === null ? null : { tenant, ...globalHoldout }
  const globallyHeldOut = holdout === null ? () => false : createGlobalHoldout(holdout)
  const gates = holdout === null ? [] : [globalHoldoutGate(holdout)]
  if (claim === undefined) return { globallyHeldOut, outsideSlots: () => false, gates }
  const group = { tenant, salt: saltOf(context, scope, claim) }
  const slot = createSlots(group)
  const { from, to } = claim.slots
  return {
    globallyHeldOut,
    outsideSlots: (customerId) => slot(customerId) < from || slot(customerId) >= to,
    gates: [...gates, slotsGate(group, claim.slots)],
  }
}

function saltOf(context: EngineContext, scope: Scope, { name }: ExclusionGroupClaim): string {
  const { exclusionGroups } = context.settings.tenant(scope.tenant)
  const group = Object.hasOwn(exclusionGroups, name) ? exclusionGroups[name] : undefined
  if (group !== undefined) return group.salt
  throw new CampaignKitError(
    'EXCLUSION_GROUP_UNKNOWN',
    `exclusionGroup.name: the host names no exclusion group ${name}`,
    { path: 'exclusionGroup.name' },
  )
}

/** Statuses in which a campaign holds its slots. */
const HOLDING: readonly CampaignStatus[] = ['scheduled', 'preparing', 'active', 'paused']
const CAMPAIGN_PAGE = 100

/**
 * Checks that a campaign's exclusion group is one of the tenant's.
 *
 * @throws EXCLUSION_GROUP_UNKNOWN
 */
export function checkExclusionGroup(
  context: EngineContext,
  scope: Scope,
  { exclusionGroup }: CampaignContent,
): void {
  if (exclusionGroup !== undefined) saltOf(context, scope, exclusionGroup)
}

/**
 * Checks that no campaign that is scheduled or under way holds one of the slots.
 *
 * @throws EXCLUSION_GROUP_TAKEN, EXCLUSION_GROUP_UNKNOWN
 */
export async function requireFreeSlots(
  context: EngineContext,
  scope: Scope,
  { id, content }: Campaign,
): Promise<void> {
  const claim = content.exclusionGroup
  if (claim === undefined) return
  checkExclusionGroup(context, scope, content)
  let cursor: string | null = null
  do {
    const page: Page<Campaign> = await context.storage.campaigns.list(
      scope,
      { statuses: HOLDING },
      { cursor, limit: CAMPAIGN_PAGE },
    )
    const holder = page.items.find(
      (other) =>
        other.id !== id &&
        other.content.exclusionGroup !== undefined &&
        slotsCollide(claim, other.content.exclusionGroup),
    )
    if (holder !== undefined) {
      throw new CampaignKitError(
        'EXCLUSION_GROUP_TAKEN',
        'exclusionGroup.slots: another campaign holds some of them',
        { path: 'exclusionGroup.slots', details: { campaignId: holder.id } },
      )
    }
    cursor = page.nextCursor
  } while (cursor !== null)
}
