import { CampaignKitError } from '../base/error.js'
import type { CustomerId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { Customer } from '../model/customer.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'

/** What the host supplies for its customers under `data.` */
export type HostData = ReadonlyMap<CustomerId, Readonly<Record<string, unknown>>>

/**
 * Asks the host for what templates find under `data.`; nobody is asked when it supplies nothing.
 *
 * @throws TEMPLATE_DATA_FAILED
 */
export async function templateData(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  customers: readonly Customer[],
): Promise<HostData> {
  const { templateData: supply } = context.settings
  if (supply === null || customers.length === 0) return new Map()
  const ids = customers.map(({ id }) => id)
  try {
    const data: unknown = await supply(scope, campaign, ids)
    if (data instanceof Map) return data
  } catch (cause) {
    throw dataFailed(campaign, cause)
  }
  throw dataFailed(campaign)
}

/** The host's fault, not the customers': they are written to when it is mended. */
function dataFailed({ id }: Campaign, cause?: unknown): CampaignKitError {
  const details = { campaignId: id }
  return new CampaignKitError('TEMPLATE_DATA_FAILED', 'templateData must resolve to a Map', {
    cause,
    details,
    retry: 'later',
  })
}
