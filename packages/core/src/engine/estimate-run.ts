import { createArmSequence } from '../assignment/arm-sequence.js'
import { armWeights } from '../assignment/arms.js'
import { type Money, minorFromMicros } from '../base/money.js'
import type { DurationMs } from '../base/time.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { type Arm, HOLDOUT, REMAINDER } from '../model/experiment.js'
import { type Placed, personalChannels } from '../model/placed.js'
import type { PublicPlacement } from '../model/public-placement.js'
import type { AudienceCounts } from '../model/run.js'
import type { Scope } from '../model/scope.js'
import { spacingMsOf } from '../throttling/spacing.js'
import type { EngineContext } from './context.js'
import { paceOf, weighed } from './lane-pace.js'
import { placedOf } from './public-messages.js'
import type { Reach } from './reach.js'
import { listCost } from './settlements.js'

type MessageNumbers = MessageEstimate['messages']

/** What some members of a run would get, cost and take. */
export interface MessageEstimate {
  /** Messages by channel, as many as there would be if each first one works. */
  readonly messages: Readonly<Partial<Record<ChannelKind, number>>>
  /** By currency, at the channels' list prices; each message as heavy as the heaviest form is for the sample. */
  readonly cost: readonly Money[]
  /** By channel, at the set pace. */
  readonly durationMs: Readonly<Partial<Record<ChannelKind, DurationMs>>>
}

/** Members of each arm, in each stratum by its label. */
export type StrataArms = ReadonlyMap<string, ReadonlyMap<Arm, number>>

/**
 * The funnel of a first run with this reach: its arms are those that freezing would give.
 *
 * @param strata - the arms in the strata of the campaign; null where it has none
 */
export function funnelOf(campaign: Campaign, reached: Reach, strata: StrataArms | null): AudienceCounts {
  const counts = strata === null ? countInTurn(campaign, reached.reachable) : sumStrata(strata)
  const holdout = counts.get(HOLDOUT) ?? 0
  const remainder = counts.get(REMAINDER) ?? 0
  return {
    matched: reached.matched,
    recipients: reached.reachable - holdout - remainder,
    holdout,
    remainder,
    excluded: reached.excluded,
  }
}

function countInTurn({ content }: Campaign, members: number): ReadonlyMap<Arm, number> {
  const weights = armWeights(content.experiment)
  const period = weights.reduce((sum, { weight }) => sum + weight, 0)
  const sequence = createArmSequence(weights)
  const counts = new Map(weights.map(({ arm, weight }) => [arm, weight * Math.floor(members / period)]))
  for (let rank = 0; rank < members % period; rank += 1) {
    const arm = sequence.at(rank)
    counts.set(arm, (counts.get(arm) ?? 0) + 1)
  }
  return counts
}

function sumStrata(strata: StrataArms): ReadonlyMap<Arm, number> {
  const sums = new Map<Arm, number>()
  for (const counts of strata.values())
    for (const [arm, count] of counts) sums.set(arm, (sums.get(arm) ?? 0) + count)
  return sums
}

type Weights = Readonly<Partial<Record<ChannelKind, number>>>

/** Who is written to, and what is put in public beside. */
interface Planned {
  readonly members: number
  readonly posts: readonly PublicPlacement[]
}

/**
 * What so many members of a run would get: its recipients, or its remainder; and what it puts in public.
 *
 * @param weights - what a message counts as, by channel
 * @default weights 1
 */
export function estimateMessages(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  reached: Reach,
  { members, posts }: Planned,
  weights: Weights = {},
): MessageEstimate {
  const placed = placedOf(context, campaign)
  const messages = { ...expectedMessages(placed, reached, members), ...countPosts(posts) }
  return {
    messages,
    cost: costOf(context, messages, weights),
    durationMs: durationsOf(context, scope, campaign, messages, weights),
  }
}

/** Arms are drawn at random, so each channel has the same share of them. */
function expectedMessages(placed: Placed, reached: Reach, members: number): MessageNumbers {
  const share = reached.reachable === 0 ? 0 : members / reached.reachable
  const messages: Partial<Record<ChannelKind, number>> = {}
  const byChannel = placed.content.delivery === 'each' ? reached.byChannel : reached.byFirstChannel
  for (const channel of personalChannels(placed))
    messages[channel] = Math.round((byChannel[channel] ?? 0) * share)
  return messages
}

function countPosts(placements: readonly PublicPlacement[]): MessageNumbers {
  const posts: Partial<Record<ChannelKind, number>> = {}
  for (const { channel } of placements) posts[channel] = (posts[channel] ?? 0) + 1
  return posts
}

/** What messages cost by currency, at the list prices of the channels. */
function costOf(context: EngineContext, messages: MessageNumbers, weights: Weights): readonly Money[] {
  const micros = new Map<string, number>()
  for (const [kind, count] of Object.entries(messages)) {
    const channel = kind as ChannelKind
    const price = context.channels[channel]?.capabilities.price ?? null
    if (price === null) continue
    const each = listCost(price, weights[channel])
    micros.set(price.currency, (micros.get(price.currency) ?? 0) + count * each)
  }
  return [...micros].map(([currency, amount]) => ({ amountMinor: minorFromMicros(amount), currency }))
}

/** How long the messages of each channel take at the slowest of the paces that they stand under. */
function durationsOf(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  messages: MessageNumbers,
  weights: Weights,
): Partial<Record<ChannelKind, DurationMs>> {
  const tenantPaces = context.settings.tenant(scope.tenant).pace
  const durations: Partial<Record<ChannelKind, DurationMs>> = {}
  for (const [name, count] of Object.entries(messages)) {
    const kind = name as ChannelKind
    const accountPace = context.channels[kind]?.capabilities.accountPace
    const paces = [paceOf({ campaign, kind }), tenantPaces[kind] ?? null, accountPace ?? null]
    const weight = weights[kind] ?? 1
    const spacing = Math.max(
      ...paces.map((pace) => (pace === null ? 0 : spacingMsOf(weighed(pace, weight, weight)))),
    )
    durations[kind] = Math.round(Math.max(0, count - 1) * spacing)
  }
  return durations
}
