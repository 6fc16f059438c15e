import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import type { CampaignId } from '../base/ids.js'
import { type ChannelKind, channelKindSchema } from '../model/channel-kind.js'
import type { Delivery } from '../model/delivery.js'
import { wordSchema } from '../model/fields.js'
import { parseInput } from '../model/parse.js'
import { type PublicPlacement, postId } from '../model/public-placement.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { campaignStep, deliverySteps } from './explain-steps.js'
import { placementsOf } from './public-messages.js'
import { type TraceStep, traceStep } from './trace-step.js'

const choiceSchema = z.strictObject({ channel: channelKindSchema, placement: wordSchema.exactOptional() })

/** Which placement: by default the first of the channel. */
export type PlacementChoice = z.input<typeof choiceSchema>

/** "Why was this not put up?" */
export interface PostTrace {
  readonly campaignId: CampaignId
  readonly channel: ChannelKind
  readonly placement: string
  /** Whether some run has put it up. */
  readonly sent: boolean
  readonly steps: readonly TraceStep[]
}

/**
 * The ordered trace of what a campaign puts in public in one place, run by run: the gates, of which none of a customer's
 * applies, the permit, every attempt and every receipt.
 *
 * @throws CAMPAIGN_NOT_FOUND; INVALID_INPUT with the path `channel` or `placement` when the campaign puts nothing there
 */
export async function explainPost(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  choice: PlacementChoice,
): Promise<PostTrace> {
  authorize(context.access, scope, 'campaign.read')
  const { channel, placement } = parseInput(choiceSchema, choice)
  const campaign = await requireCampaign(context, scope, id)
  const chosen = choosePlacement(placementsOf(context, campaign), channel, placement)
  const steps = [campaignStep(campaign)]
  const sent: boolean[] = []
  for (const run of await context.storage.campaigns.runsOf(scope, id)) {
    if (isRolloutRun(run)) continue
    const [delivery] = await context.storage.deliveries.get(scope, [postId(run.id, chosen)])
    if (delivery === undefined) steps.push(waitingStep(run, channel))
    else steps.push(gateStep(delivery, run), ...(await deliverySteps(context, scope, campaign, delivery)))
    sent.push(delivery?.status === 'sent')
  }
  return { campaignId: id, channel, placement: chosen.name, sent: sent.includes(true), steps }
}

function choosePlacement(
  placements: readonly PublicPlacement[],
  channel: ChannelKind,
  name: string | undefined,
): PublicPlacement {
  const ofChannel = placements.filter((each) => each.channel === channel)
  const chosen = name === undefined ? ofChannel[0] : ofChannel.find((each) => each.name === name)
  if (chosen !== undefined) return chosen
  const path = ofChannel.length === 0 ? 'channel' : 'placement'
  throw new CampaignKitError('INVALID_INPUT', `${path}: the campaign puts nothing there`, { path })
}

function gateStep({ channel }: Delivery, { scheduledFor: at }: Run): TraceStep {
  const words = 'In public: consent, suppression, holdout and one message an address are of customers'
  return traceStep({ stage: 'gate', at, channel, passed: 'yes', code: 'notApplicable', words })
}

function waitingStep({ scheduledFor: at }: Run, channel: ChannelKind): TraceStep {
  const words = 'The run has not begun'
  return traceStep({ stage: 'gate', at, channel, passed: 'unknown', code: 'notYetDue', words })
}
