import { type Campaign, isPersonalOrder } from '../model/campaign.js'
import type { Criteria } from '../model/criteria.js'
import { personalChannels } from '../model/placed.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { AudienceRequest } from './plan-audience.js'
import { stratificationOf } from './stratify.js'

/** The remainder was matched when it was frozen; it is not asked again, only the gates are. */
const ALREADY_MATCHED: Criteria = { type: 'everyone' }

/** What the audience of a run is planned from; its addresses are settled once all are planned. */
export function runAudience(campaign: Campaign, run: Run): AudienceRequest {
  const { content } = campaign
  return {
    criteria: isRolloutRun(run) ? ALREADY_MATCHED : (campaign.pinnedAudience ?? content.audience),
    channels: personalChannels(campaign),
    isPersonalOrder: isPersonalOrder(content),
    gates: { purpose: content.purpose, topic: content.topic },
    exclusionGroup: content.exclusionGroup,
    strata: isRolloutRun(run) ? undefined : stratificationOf(campaign)?.strata,
    plan: null,
    salt: campaign.salt,
    asOf: run.scheduledFor,
  }
}
