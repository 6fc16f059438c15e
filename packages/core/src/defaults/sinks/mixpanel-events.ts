import { toHex } from '../../base/bytes.js'
import { digestOf } from '../../base/digest.js'
import type { TenantId } from '../../base/ids.js'
import type { CampaignEvent } from '../../model/event.js'
import { hmacUnder, type Secret } from '../../model/secret.js'

/** An event as Mixpanel's import takes it. */
export interface MixpanelEvent {
  readonly event: string
  readonly properties: Readonly<Record<string, unknown>>
}

/**
 * An event in the words of Mixpanel's import. The customer becomes a pseudonym that means nothing without the secret, and
 * what was said or where it led (`reason`, `url`) stays here. `$insert_id` is the same whenever the event comes again.
 */
export function mixpanelEvent(tenant: TenantId, event: CampaignEvent, secret: Secret): MixpanelEvent {
  const { customerId, attributions, currency, amountMinor, costMicros } = event
  const lists = {
    campaign_ids: attributions.map(({ campaignId }) => campaignId),
    run_ids: attributions.map(({ runId }) => runId),
    arms: attributions.map(({ arm }) => arm),
    channels: attributions.flatMap(({ channel }) => channel ?? []),
  }
  return {
    event: event.type,
    properties: {
      time: event.at,
      distinct_id: customerId === null ? '' : pseudonymOf(secret, tenant, customerId),
      $insert_id: digestOf('campaignkit.event', tenant, event.key).slice(0, 36),
      tenant,
      ...lists,
      ...(currency === null ? {} : { currency, amount_minor: amountMinor, cost_micros: costMicros }),
      machine: event.machine,
    },
  }
}

/** The same for one customer of a tenant at all times; 128 bits. */
function pseudonymOf(secret: Secret, tenant: TenantId, customerId: string): string {
  return toHex(hmacUnder(secret, 'campaignkit.pseudonym', tenant, customerId)).slice(0, 32)
}
