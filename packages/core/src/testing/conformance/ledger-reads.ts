import type { Delivery } from '../../model/delivery.js'
import type { CampaignEvent } from '../../model/event.js'
import type { Scope } from '../../model/scope.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId } from '../as-id.js'
import { sampleRun } from '../samples.js'
import { allPages, expectPresent } from './expectations.js'

const CAMPAIGN = sampleRun().campaignId

/** The delivery with this id, which must be there. */
export const deliveryOf = async (storage: Storage, scope: Scope, id: string): Promise<Delivery> => {
  const [delivery] = await storage.deliveries.get(scope, [asId(id)])
  return expectPresent(delivery, `delivery ${id}`)
}

/** Every event of the sample campaign. */
export const eventsOf = (storage: Storage, scope: Scope): Promise<readonly CampaignEvent[]> =>
  allPages((page) => storage.events.list(scope, CAMPAIGN, {}, page))
