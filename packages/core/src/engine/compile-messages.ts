import { type Campaign, type CampaignContent, variantsOf } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { type Arm, PUBLIC_ARM } from '../model/experiment.js'
import { type MessageParts, messageParts, messageSettings, templateTexts } from '../model/message.js'
import { type Placed, usedChannels } from '../model/placed.js'
import { isPublicIn } from '../model/public-placement.js'
import type { Scope } from '../model/scope.js'
import { type CompiledMessage, compileMessage } from '../rendering/compile-message.js'
import type { UtmParameters } from '../rendering/utm.js'
import type { EngineContext } from './context.js'
import { placementsIn } from './public-messages.js'

/** Compiled messages kept in a process; the oldest goes first. */
const MOST_KEPT = 500

const kept = new WeakMap<EngineContext, Map<string, CompiledMessage>>()

/** The compiled messages of a campaign that is at hand, by its written forms: their keys need not be made for each customer. */
const atHand = new WeakMap<EngineContext, WeakMap<Campaign, Map<string, CompiledMessage>>>()

function ofCampaign(context: EngineContext, campaign: Campaign): Map<string, CompiledMessage> {
  const campaigns = atHand.get(context) ?? new WeakMap<Campaign, Map<string, CompiledMessage>>()
  atHand.set(context, campaigns)
  const messages = campaigns.get(campaign) ?? new Map<string, CompiledMessage>()
  campaigns.set(campaign, messages)
  return messages
}

/** The template parts that a member of an arm with a locale gets on a channel. */
export function partsFor(
  content: CampaignContent,
  channel: ChannelKind,
  arm: Arm,
  locale: string | undefined,
): MessageParts {
  const variant = variantsOf(content).find(({ name }) => name === arm)
  return messageParts(content.messages, variant?.messages, channel, locale)
}

function compile(
  context: EngineContext,
  content: CampaignContent,
  { channel, arm, parts, pathOf }: Omit<MessageForm, 'locale'>,
): CompiledMessage {
  const variant = variantsOf(content).find(({ name }) => name === arm)
  return compileMessage(channel, parts, {
    pathOf,
    settings: messageSettings(content.messages, variant?.messages, channel),
    html: context.html,
    marketing: content.purpose === 'marketing',
    trackClicks: content.tracking.clicks,
    trackOpens: content.tracking.opens,
    utm: utmParameters(content, channel, arm),
    qrEmbedding: content.qrEmbedding,
    hasCoupon: content.coupon !== undefined,
  })
}

/** What the campaign says of its links: by default the channel, its own name, and the variant where there are several. */
function utmParameters(content: CampaignContent, channel: ChannelKind, arm: Arm): UtmParameters | null {
  const { utm } = content.tracking
  if (utm === undefined) return null
  const { source, medium = channel, campaign = content.name, term } = utm
  const variant = content.experiment === undefined ? undefined : arm
  const given = Object.entries({ source, medium, campaign, term, content: utm.content ?? variant })
  return Object.fromEntries(
    given.flatMap(([name, value]) => (value === undefined ? [] : [[`utm_${name}`, value]])),
  )
}

/** The compiled message of a campaign for a channel, arm and locale; compiled once a process, tenant and version. */
export function compiledMessage(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  channel: ChannelKind,
  arm: Arm,
  locale: string | undefined,
): CompiledMessage {
  const messages = ofCampaign(context, campaign)
  const form: WrittenForm = { channel, arm, locales: spokenIn(campaign.content, channel, locale) }
  const place = `${channel}/${form.locales}/${arm}`
  const known = messages.get(place) ?? fromKept(context, scope, campaign, form)
  messages.set(place, known)
  return known
}

/** One of the texts that a campaign has, however many locales its audience has. */
interface WrittenForm {
  readonly channel: ChannelKind
  readonly arm: Arm
  /** Those of a customer's language and locale in which something is written; the locale last. */
  readonly locales: readonly string[]
}

const writtenLocales = new WeakMap<CampaignContent, Map<ChannelKind, ReadonlySet<string>>>()

function spokenIn(
  content: CampaignContent,
  channel: ChannelKind,
  locale: string | undefined,
): readonly string[] {
  if (locale === undefined) return []
  const byChannel = writtenLocales.get(content) ?? new Map<ChannelKind, ReadonlySet<string>>()
  writtenLocales.set(content, byChannel)
  const written = byChannel.get(channel) ?? localesOf(content, channel)
  byChannel.set(channel, written)
  const [language = locale] = locale.split('-')
  return [...new Set([language, locale])].filter((each) => written.has(each))
}

function fromKept(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  { channel, arm, locales }: WrittenForm,
): CompiledMessage {
  const { content } = campaign
  const version = campaign.digest ?? campaign.version
  const key = JSON.stringify([scope.tenant, campaign.id, version, channel, arm, locales])
  const cache = kept.get(context) ?? new Map<string, CompiledMessage>()
  kept.set(context, cache)
  const found = cache.get(key)
  if (found !== undefined) return found
  const locale = locales.at(-1)
  const parts = partsFor(content, channel, arm, locale)
  const pathOf = (part: string) => writtenAt(content, channel, arm, locale, part)
  const compiled = compile(context, content, { channel, arm, parts, pathOf })
  const oldest = cache.size < MOST_KEPT ? undefined : cache.keys().next().value
  if (oldest !== undefined) cache.delete(oldest)
  cache.set(key, compiled)
  return compiled
}

/** Locales for which a channel has a text of its own, in the message or in a variant. */
export function localesOf(content: CampaignContent, channel: ChannelKind): ReadonlySet<string> {
  const messages = [
    content.messages[channel],
    ...variantsOf(content).map((variant) => variant.messages?.[channel]),
  ]
  return new Set(messages.flatMap((message) => Object.keys(message?.locales ?? {})))
}

/** Where the text of a part was written: the path of the topmost layer of `messageParts` that has it. */
function writtenAt(
  content: CampaignContent,
  channel: ChannelKind,
  arm: Arm,
  locale: string | undefined,
  part: string,
): string {
  const index = variantsOf(content).findIndex(({ name }) => name === arm)
  const override = content.experiment?.variants[index]?.messages?.[channel]
  const layers = [
    ...pathsOf(override, `experiment.variants[${index}].messages.${channel}`, locale),
    ...pathsOf(content.messages[channel], `messages.${channel}`, locale),
  ]
  const top = layers.find(({ texts }) => texts[part] !== undefined)
  return `${top?.path ?? `messages.${channel}`}.${part}`
}

interface Layer {
  readonly path: string
  readonly texts: MessageParts
}

function pathsOf(message: object | undefined, path: string, locale: string | undefined): readonly Layer[] {
  if (message === undefined) return []
  const { locales = {}, ...base } = message as { locales?: Record<string, object> }
  const localised = [locale, locale?.split('-')[0]].flatMap((key): Layer[] => {
    const own = key === undefined ? undefined : locales[key]
    return own === undefined ? [] : [{ path: `${path}.locales.${key}`, texts: templateTexts(own) }]
  })
  return [...localised, { path, texts: templateTexts(base) }]
}

/** A message that some member may get. */
export interface MessageForm {
  readonly channel: ChannelKind
  readonly arm: Arm
  /** Undefined for the text without a locale. */
  readonly locale: string | undefined
  readonly parts: MessageParts
  /** Where the text of a part was written, such as `experiment.variants[1].messages.email.subject`. */
  readonly pathOf: (part: string) => string
}

/** Every form that the messages of a campaign can take: channel by variant by locale; one of what is put in public. */
export function messageForms({ content, placements }: Placed): readonly MessageForm[] {
  const formOf = (channel: ChannelKind, arm: Arm, locale?: string): MessageForm => ({
    channel,
    arm,
    locale,
    parts: partsFor(content, channel, arm, locale),
    pathOf: (part: string) => writtenAt(content, channel, arm, locale, part),
  })
  return usedChannels({ content, placements }).flatMap((channel) => {
    if (isPublicIn(placements, channel)) return [formOf(channel, PUBLIC_ARM)]
    return variantsOf(content).flatMap(({ name }) =>
      [undefined, ...localesOf(content, channel)].map((locale) => formOf(channel, name, locale)),
    )
  })
}

/**
 * Compiles every form of the messages, so that a mistake is found before anything is stored.
 *
 * @throws TEMPLATE_INVALID, LINK_NOT_ALLOWED, COUPON_NOT_CONFIGURED
 */
export function compileAllMessages(context: EngineContext, content: CampaignContent): void {
  const placements = placementsIn(context, content)
  for (const form of messageForms({ content, placements })) compile(context, content, form)
}
