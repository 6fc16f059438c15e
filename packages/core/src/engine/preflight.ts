import { authorize } from '../access/policy.js'
import { isCampaignKitError } from '../base/error.js'
import type { CampaignId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import { type Campaign, isPersonalOrder } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { attributeNames, type Customer } from '../model/customer.js'
import { comparesArms, type Experiment } from '../model/experiment.js'
import { type Placed, personalChannels } from '../model/placed.js'
import type { AudienceCounts } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import { checkActivation } from './activate-campaign.js'
import type { CallOptions } from './call-options.js'
import { requireCampaign } from './change-campaign.js'
import type { EngineContext } from './context.js'
import { estimateMessages, funnelOf, type MessageEstimate } from './estimate-run.js'
import { fallbackFindings } from './fallback-findings.js'
import {
  findUnknownVariables,
  type MessageSize,
  measureMessages,
  type PreflightFinding,
} from './inspect-messages.js'
import { firstStart } from './occurrences.js'
import { hasRemainder } from './place-members.js'
import type { PlannedMember } from './plan-audience.js'
import { createStratumTally, type StratumSize, stratumFindings, stratumSizes } from './preflight-strata.js'
import { type PostPreview, previewPosts } from './preview-posts.js'
import { placedOf } from './public-messages.js'
import { countAudience } from './reach.js'
import { publicRefusals } from './refuse-public.js'
import { rolloutFindings } from './rollout-findings.js'
import { stratificationOf } from './stratify.js'

/** What a launch would do, before it does it. Messages, cost and duration are those of the first run. */
export interface Preflight extends MessageEstimate {
  /** Whether there is no finding of severity `error`. */
  readonly ready: boolean
  readonly funnel: AudienceCounts
  /** The strata of the experiment and its waves, in code-unit order; empty where it has none. */
  readonly strata: readonly StratumSize[]
  /** Matched customers in each named segment. */
  readonly segments: Readonly<Record<string, number>>
  /**
   * What comes on top for the remainder of the first run, which is written to once the experiment is decided; null when the
   * campaign has none.
   */
  readonly remainder: MessageEstimate | null
  /** What the run puts in public: each placement, and the message as it will be shown there. */
  readonly posts: readonly PostPreview[]
  readonly sizes: readonly MessageSize[]
  readonly findings: readonly PreflightFinding[]
}

/**
 * Checks a campaign without sending anything: the audience by the planner that freezes runs, cost and duration,
 * variables that nobody supplies, size of the messages, and for a draft whether it could be launched now.
 *
 * @throws CAMPAIGN_NOT_FOUND, CRITERIA_SEALED, SEGMENT_NOT_FOUND, SEGMENT_CYCLE, ELIGIBILITY_NOT_CONFIGURED,
 *   ELIGIBILITY_MISPLACED, EXCLUSION_GROUP_UNKNOWN, ABORTED
 */
export async function preflight(
  context: EngineContext,
  scope: Scope,
  id: CampaignId,
  call: CallOptions = {},
): Promise<Preflight> {
  authorize(context.access, scope, 'campaign.read')
  const campaign = await requireCampaign(context, scope, id)
  const { content } = campaign
  const placed = placedOf(context, campaign)
  const people = createAcquaintance()
  const start = startOf(context, scope, campaign)
  const tally = createStratumTally(context, scope, campaign, start)
  const reached = await countAudience(
    context,
    scope,
    {
      criteria: campaign.pinnedAudience ?? content.audience,
      channels: personalChannels(placed),
      isPersonalOrder: isPersonalOrder(content),
      gates: { purpose: content.purpose, topic: content.topic },
      exclusionGroup: content.exclusionGroup,
      strata: stratificationOf(campaign)?.strata,
      salt: campaign.salt,
      asOf: context.clock.now(),
    },
    call,
    (member) => {
      people.meet(member)
      tally?.meet(member)
    },
  )
  const strata = tally?.arms() ?? null
  const funnel = funnelOf(campaign, reached, strata)
  const measured = await measureMessages(context, scope, campaign, people.sample())
  const estimate = (members: number, posts: Placed['placements']) =>
    estimateMessages(context, scope, campaign, reached, { members, posts }, heaviestOf(measured.sizes))
  const first = estimate(funnel.recipients, placed.placements)
  const remainder = hasRemainder(campaign) ? estimate(funnel.remainder, []) : null
  const findings = [
    ...joined(await findObstacle(context, scope, campaign), publicFindings(placed)),
    ...(personalChannels(placed).length === 0 ? [] : audienceFindings(funnel)),
    ...fallbackFindings(context, campaign),
    ...experimentFindings(content.experiment, funnel),
    ...(strata === null ? [] : stratumFindings(campaign, strata)),
    ...rolloutFindings(context, scope, campaign, start, first, remainder),
    ...findUnknownVariables(context, campaign, people.attributes()),
    ...measured.findings,
  ]
  return {
    ready: findings.every(({ severity }) => severity !== 'error'),
    funnel,
    strata: strata === null ? [] : stratumSizes(strata),
    segments: reached.segments,
    ...first,
    remainder,
    posts: previewPosts(context, scope, campaign),
    sizes: measured.sizes,
    findings,
  }
}

/** By channel what its heaviest form counts as, filled in for the sample. */
function heaviestOf(sizes: readonly MessageSize[]): Readonly<Partial<Record<ChannelKind, number>>> {
  const weights: Partial<Record<ChannelKind, number>> = {}
  for (const { channel, weight } of sizes) weights[channel] = Math.max(weights[channel] ?? 1, weight)
  return weights
}

/** Remembers of the matched customers what messages are checked by: which attributes there are, and one of them. */
function createAcquaintance() {
  const attributes = new Set<string>()
  let first: Customer | null = null
  let reachable: Customer | null = null
  return {
    meet({ customer, exclusion }: PlannedMember): void {
      for (const name of attributeNames(customer)) attributes.add(name)
      first ??= customer
      if (exclusion === null) reachable ??= customer
    },
    sample: (): Customer | null => reachable ?? first,
    attributes: (): readonly string[] | null => (first === null ? null : [...attributes]),
  }
}

async function findObstacle(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
): Promise<readonly PreflightFinding[]> {
  if (campaign.status !== 'draft') return []
  try {
    await checkActivation(context, scope, campaign)
    return []
  } catch (thrown) {
    if (!isCampaignKitError(thrown)) throw thrown
    const { code, path = '', message } = thrown
    return [{ severity: 'error', code, path, message }]
  }
}

/** The obstacle may be the first of what is refused in public. */
function joined(
  obstacle: readonly PreflightFinding[],
  others: readonly PreflightFinding[],
): readonly PreflightFinding[] {
  const isOther = ({ code, path }: PreflightFinding) =>
    !obstacle.some((each) => each.code === code && each.path === path)
  return [...obstacle, ...others.filter(isOther)]
}

/** When the first run begins; now where the start is an obstacle of its own. */
function startOf(context: EngineContext, scope: Scope, { status, startsAt, content }: Campaign): Instant {
  const now = context.clock.now()
  if (status !== 'draft') return startsAt ?? now
  try {
    return firstStart(context, scope, content, now)
  } catch (thrown) {
    if (isCampaignKitError(thrown)) return now
    throw thrown
  }
}

/** What is said in public and can only be said to a customer, and that those who are held out see what is public. */
function publicFindings(placed: Placed): readonly PreflightFinding[] {
  const refused = publicRefusals(placed).map(
    ({ code, path = '', message }): PreflightFinding => ({ severity: 'error', code, path, message }),
  )
  const { experiment } = placed.content
  if (placed.placements.length === 0 || experiment === undefined || experiment.holdout === 0) return refused
  const message = 'What is put in public is seen by those who are held out: the effect is of the rest alone'
  return [...refused, { severity: 'warning', code: 'heldOutSeePublic', path: 'experiment.holdout', message }]
}

function audienceFindings(funnel: AudienceCounts): readonly PreflightFinding[] {
  if (funnel.recipients > 0) return []
  const message =
    funnel.matched === 0 ? 'The audience matches nobody' : 'Nobody who is matched can be reached'
  return [{ severity: 'error', code: 'nobodyReached', path: 'audience', message }]
}

/** An experiment too small to show anything, as freezing its first run would find it. */
function experimentFindings(
  experiment: Experiment | undefined,
  { recipients, holdout }: AudienceCounts,
): readonly PreflightFinding[] {
  if (experiment === undefined || !comparesArms(experiment)) return []
  const { minContacts } = experiment
  const contacts = recipients + holdout
  if (contacts >= minContacts) return []
  return [
    {
      severity: 'error',
      code: 'EXPERIMENT_TOO_SMALL',
      path: 'experiment.minContacts',
      message: `The experiment has ${contacts} of the ${minContacts} contacts that it needs`,
    },
  ]
}
