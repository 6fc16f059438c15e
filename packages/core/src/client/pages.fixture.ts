import { createEndpoints } from '../endpoints/create-endpoints.js'
import type { CampaignKit } from './create-campaign-kit.js'
import type { TenantKit } from './kit.js'

/** The endpoints of a kit; what fails in them fails the test. */
export function pagesOf({ links }: Pick<CampaignKit, 'links'>): (request: Request) => Promise<Response> {
  return createEndpoints({
    links,
    onError: (thrown) => {
      throw thrown
    },
  })
}

/** The customer c-0 calls and wants no more mail of any topic. */
export function refuseByPhone(kit: Pick<TenantKit, 'consents'>, obtainedAt: number) {
  return kit.consents.record([
    { customerId: 'c-0', channel: 'email', topic: '*', decision: 'denied', basis: 'phone call', obtainedAt },
  ])
}
