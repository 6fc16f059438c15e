import type { CampaignKitError } from '../base/error.js'
import type { CampaignId, DeliveryId, RunId } from '../base/ids.js'
import type { CampaignStatus } from '../model/campaign-status.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { CampaignEvent } from '../model/event.js'
import type { Progress } from '../model/progress.js'
import type { AudienceCounts } from '../model/run.js'
import type { Scope } from '../model/scope.js'

/** What the kit tells its listeners, each only after it is committed. `kit.on(name, listener)`. */
export interface KitEvents {
  /** A campaign changed its status. */
  'campaign.status': {
    readonly scope: Scope
    readonly campaignId: CampaignId
    readonly from: CampaignStatus | null
    readonly to: CampaignStatus
    readonly reason: string | null
  }
  /** A run was frozen: its audience is fixed. */
  'run.frozen': {
    readonly scope: Scope
    readonly campaignId: CampaignId
    readonly runId: RunId
    readonly counts: AudienceCounts
  }
  /** A chunk of deliveries was settled. */
  'campaign.progress': { readonly scope: Scope; readonly progress: Progress }
  /** A try failed and another will follow. */
  'delivery.retried': {
    readonly scope: Scope
    readonly campaignId: CampaignId
    readonly deliveryId: DeliveryId
    readonly channel: ChannelKind
    readonly code: string
    readonly tries: number
    readonly nextAt: number
  }
  /** A delivery waits for a person: nobody knows whether it was sent, and the campaign's policy is `hold`. */
  'delivery.held': { readonly scope: Scope; readonly campaignId: CampaignId; readonly deliveryId: DeliveryId }
  /** The provider told an account to slow down. */
  'channel.throttled': { readonly scope: Scope; readonly channel: ChannelKind; readonly until: number }
  /** Events were recorded: receipts, conversions, redemptions. Repetitions are not among them. */
  'events.recorded': { readonly scope: Scope; readonly events: readonly CampaignEvent[] }
  /** A sink did not take events; they come again, when it has rested. */
  'sink.failed': { readonly sink: string; readonly failures: number; readonly restsUntil: number }
  /** Something failed in the background; the work is tried again. */
  'worker.failed': {
    readonly scope: Scope | null
    readonly runId: RunId | null
    readonly error: CampaignKitError
  }
}

/** Through this the engine tells the client what was committed. */
export interface Observer {
  emit<Name extends keyof KitEvents>(name: Name, event: KitEvents[Name]): void
}
