import { createRankKeys } from '../assignment/rank.js'
import { CampaignKitError } from '../base/error.js'
import { type CampaignContent, channelOrder } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Customer } from '../model/customer.js'
import { channelsOf } from '../model/message.js'
import { type Placement, placementId } from '../model/placement.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'

/** Whether a channel of the kit reaches nobody in particular. */
export function isPublic({ channels }: EngineContext, channel: ChannelKind): boolean {
  return channels[channel]?.capabilities.addressing === 'public'
}

/**
 * Where a campaign over a public channel is put: each placement that its message names, or one under the name of the
 * channel. Null for a campaign to customers.
 *
 * @throws PUBLIC_CHANNEL_ALONE with the path of what needs customers: other channels, an audience, an experiment, a
 *   coupon, an exclusion group, fallback, texts by locale; INVALID_INPUT when a message to customers names several
 *   placements
 */
export function placementsOf(
  context: EngineContext,
  content: CampaignContent,
): readonly Placement[] | null {
  const channels = channelOrder(content)
  const [channel] = channels.filter((kind) => isPublic(context, kind))
  if (channel === undefined) {
    for (const kind of channels) if (namesOf(content, kind).length > 1) throw severalPlacements(kind)
    return null
  }
  const path = whatNeedsCustomers(content, channel)
  if (path !== null) {
    throw new CampaignKitError('PUBLIC_CHANNEL_ALONE', `${path}: ${channel} is public and has no customers`, {
      path,
      details: { channel },
    })
  }
  const names = namesOf(content, channel)
  return (names.length === 0 ? [channel] : names).map((name) => ({ channel, name }))
}

function namesOf({ messages }: CampaignContent, channel: ChannelKind): readonly string[] {
  const { placement = [] } = (messages[channel] ?? {}) as { readonly placement?: string | readonly string[] }
  return typeof placement === 'string' ? [placement] : placement
}

function whatNeedsCustomers(content: CampaignContent, channel: ChannelKind): string | null {
  const other = channelsOf(content.messages).find((kind) => kind !== channel)
  const { locales } = (content.messages[channel] ?? {}) as { readonly locales?: object }
  const needs: readonly (readonly [path: string, isThere: boolean])[] = [
    [`messages.${other ?? ''}`, other !== undefined],
    [`messages.${channel}.locales`, locales !== undefined],
    ['audience', content.audience.type !== 'everyone'],
    ['delivery', content.delivery !== 'each'],
    ['experiment', content.experiment !== undefined],
    ['exclusionGroup', content.exclusionGroup !== undefined],
    ['coupon', content.coupon !== undefined],
  ]
  return needs.find(([, isThere]) => isThere)?.[0] ?? null
}

function severalPlacements(channel: ChannelKind): CampaignKitError {
  const path = `messages.${channel}.placement`
  return new CampaignKitError('INVALID_INPUT', `${path}: a customer is shown a message in one place`, { path })
}

/** What is planned and rendered in the place of a customer. */
export function standInOf(placement: Placement): Customer {
  return { id: placementId(placement), addresses: {}, tags: [], facts: {}, attributes: {} }
}

/** The members of a public run: one a placement, all of them reached. */
export function placementPlanner({ tenant }: Scope, salt: string, placements: readonly Placement[]) {
  const rankKeyOf = createRankKeys({ tenant, salt })
  const channelOf = new Map(placements.map((placement) => [placementId(placement), placement.channel]))
  return {
    match: async () => ({ customers: placements.map(standInOf), next: null }),
    plan: async (matched: readonly Customer[]) =>
      matched.map((customer) => ({
        customer,
        rankKey: rankKeyOf(customer.id),
        channels: [channelOf.get(customer.id)].filter((channel) => channel !== undefined),
        exclusion: null,
        segments: [],
        stratum: null,
      })),
  }
}
