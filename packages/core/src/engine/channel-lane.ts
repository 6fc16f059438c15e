import type { WorkerId } from '../base/ids.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Run } from '../model/run.js'
import type { Channel } from '../ports/channel.js'

/** One channel of a run, as a worker serves it. */
export interface ChannelLane {
  readonly campaign: Campaign
  readonly run: Run
  readonly kind: ChannelKind
  readonly channel: Channel
  readonly worker: WorkerId
}
