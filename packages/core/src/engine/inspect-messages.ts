import type { CampaignKitError } from '../base/error.js'
import { isCampaignKitError } from '../base/error.js'
import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Customer } from '../model/customer.js'
import type { Arm } from '../model/experiment.js'
import { personalChannels } from '../model/placed.js'
import { isPublicIn } from '../model/public-placement.js'
import type { Scope } from '../model/scope.js'
import type { Channel, RenderedMessage } from '../ports/channel.js'
import { contentFindings } from '../rendering/content-rules.js'
import { bytesOn, clipsInGmail, mostBytesOn } from '../rendering/message-size.js'
import {
  type KnownVariables,
  type UnknownVariable,
  unknownVariables,
} from '../rendering/unknown-variables.js'
import { weightOf } from './channel-content.js'
import { type MessageForm, messageForms } from './compile-messages.js'
import type { EngineContext } from './context.js'
import { previewFor, type RenderedPreview } from './preview-message.js'
import { placedOf } from './public-messages.js'

/** One thing that stands in the way of a launch, or should be looked at before. */
export interface PreflightFinding {
  readonly severity: 'error' | 'warning'
  /**
   * Stable word: an error code, or `nobodyReached`, `heldOutSeePublic`, `fallbackUntold`, `stratumTooSmall`, `noAdapter`, `endsBeforeVerdict`, `endsBeforeRollout`; of the
   * content of messages `unknownVariable`, `nobodyHasValue`, `localeIncomplete`, `gmailClips`, `preheaderCut`, `preheaderRepeatsSubject`, `textPartEmpty`,
   * `imageWithoutAlt`, `imageDroppedByGmail`, `lowContrast`; or what the channel remarks, such as `transliterated`.
   */
  readonly code: string
  /** Where in the campaign, such as `messages.email.html`. */
  readonly path: string
  readonly message: string
}

/** How large a form of a message is. */
export interface MessageSize {
  readonly channel: ChannelKind
  readonly variant: Arm
  readonly locale: string | null
  readonly bytes: number
  /** How many messages it counts as, in price and pace: the segments of an SMS. */
  readonly weight: number
  /** Whether Gmail cuts its html off (above 102 KiB). */
  readonly clipped: boolean
}

/** What is personal is refused in public by a code of its own. */
const EVERY_PERSON: KnownVariables = { hasCoupon: true }

/**
 * Variables that nobody supplies: errors, or warnings where a template says what stands in the place of an attribute that
 * nobody in the audience has.
 *
 * @param attributes - names of the attributes that the audience has; null when that is not known
 */
export function findUnknownVariables(
  context: EngineContext,
  campaign: Campaign,
  attributes: readonly string[] | null,
): readonly PreflightFinding[] {
  const known = {
    hasCoupon: campaign.content.coupon !== undefined,
    attributes,
    // which keys a host supplies is not known before it is asked; one that supplies nothing has none
    dataKeys: context.settings.templateData === null ? [] : null,
  }
  const findings = new Map<string, PreflightFinding>()
  const placed = placedOf(context, campaign)
  for (const { channel, parts, pathOf } of messageForms(placed)) {
    const ofChannel = isPublicIn(placed.placements, channel) ? EVERY_PERSON : known
    for (const unknown of unknownVariables(channel, parts, ofChannel, pathOf))
      findings.set(`${unknown.path} ${unknown.variable}`, unknownFinding(unknown))
  }
  return [...findings.values()]
}

function unknownFinding({ path, variable, guarded }: UnknownVariable): PreflightFinding {
  if (!guarded) {
    const message = `{{ ${variable} }} is supplied by nobody`
    return { severity: 'error', code: 'unknownVariable', path, message }
  }
  const message = `Nobody in the audience has {{ ${variable} }}: all get what stands in its place`
  return { severity: 'warning', code: 'nobodyHasValue', path, message }
}

/** Parts that are written in a language. */
const SPOKEN_PARTS = ['subject', 'preheader', 'html', 'text', 'title', 'body', 'template']

/** Renders every form of the messages for one customer; without any, only what needs no customer is looked at. */
export async function measureMessages(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  sample: Customer | null,
): Promise<{ readonly sizes: readonly MessageSize[]; readonly findings: readonly PreflightFinding[] }> {
  const sizes: MessageSize[] = []
  const findings: PreflightFinding[] = []
  const placed = placedOf(context, campaign)
  for (const form of messageForms(placed)) {
    const channel = context.channels[form.channel]
    const maxBytes = channel?.capabilities.maxMessageBytes
    if (maxBytes === undefined) {
      const message = `The kit has no adapter for ${form.channel}`
      findings.push({ severity: 'error', code: 'noAdapter', path: `messages.${form.channel}`, message })
      continue
    }
    const needsNobody = isPublicIn(placed.placements, form.channel)
    const made =
      sample === null && !needsNobody ? null : await renderForm(context, scope, campaign, sample, form)
    if (isCampaignKitError(made)) {
      findings.push(failureOf(made, form))
      continue
    }
    findings.push(...formFindings(context, form, made?.message ?? null))
    if (made === null) continue
    const size = sizeOf(channel, made.message, form)
    sizes.push(size)
    findings.push(
      ...sizeFindings(size, form, mostBytesOn(form.channel, maxBytes)),
      ...remarkFindings(channel, made.rendered, form),
    )
  }
  findings.push(...localeFindings(campaign, personalChannels(placed)))
  return {
    sizes,
    findings: [...new Map(findings.map((each) => [`${each.code} ${each.path}`, each])).values()],
  }
}

function failureOf({ code, path, message }: CampaignKitError, { channel }: MessageForm): PreflightFinding {
  return { severity: 'error', code, path: path ?? `messages.${channel}`, message }
}

function formFindings(
  { html }: EngineContext,
  { parts, pathOf }: MessageForm,
  message: RenderedMessage | null,
): readonly PreflightFinding[] {
  return contentFindings(parts, message, html).map(({ code, part, message: text }) => {
    return { severity: 'warning', code, path: pathOf(part), message: text }
  })
}

/** Whoever reads a locale in which a part is missing reads that part in another language. */
function localeFindings(
  { content }: Campaign,
  channels: readonly ChannelKind[],
): readonly PreflightFinding[] {
  return channels.flatMap((channel) => {
    const { locales = {}, ...base }: SpokenMessage = content.messages[channel] ?? {}
    return Object.entries(locales).flatMap(([locale, own]): PreflightFinding[] => {
      const said = { ...locales[locale.split('-')[0] ?? ''], ...own }
      const missing = SPOKEN_PARTS.filter((part) => part in base && !(part in said))
      if (missing.length === 0) return []
      const path = `messages.${channel}.locales.${locale}`
      const message = `${missing.join(', ')}: in this locale as in the message without one`
      return [{ severity: 'warning', code: 'localeIncomplete', path, message }]
    })
  })
}

/** What messages of all channels have in common. */
interface SpokenMessage {
  readonly locales?: Readonly<Record<string, object>>
}

function sizeFindings(size: MessageSize, form: MessageForm, maxBytes: number): readonly PreflightFinding[] {
  const clipped: PreflightFinding[] = size.clipped
    ? [
        {
          severity: 'warning',
          code: 'gmailClips',
          path: form.pathOf('html'),
          message: 'Gmail cuts the message off',
        },
      ]
    : []
  if (size.bytes <= maxBytes) return clipped
  const path = `messages.${form.channel}`
  const message = 'The provider refuses this size'
  return [...clipped, { severity: 'error', code: 'MESSAGE_TOO_LARGE', path, message }]
}

function remarkFindings(
  channel: Channel | undefined,
  written: RenderedMessage,
  { pathOf }: MessageForm,
): readonly PreflightFinding[] {
  return (channel?.inspect?.(written) ?? []).map(({ severity, code, part, message }) => {
    return { severity, code, path: pathOf(part), message }
  })
}

function sizeOf(
  channel: Channel | undefined,
  message: RenderedMessage,
  { channel: kind, arm, locale }: MessageForm,
): MessageSize {
  return {
    channel: kind,
    variant: arm,
    locale: locale ?? null,
    bytes: bytesOn(kind, message),
    weight: weightOf(channel, message),
    clipped: message.type === 'email' && message.html !== null && clipsInGmail(message.html),
  }
}

async function renderForm(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  sample: Customer | null,
  { channel, arm, locale }: MessageForm,
): Promise<RenderedPreview | CampaignKitError> {
  try {
    const reader = sample === null ? null : readerOf(sample, locale)
    return await previewFor(context, scope, campaign, reader, { channel, variant: arm })
  } catch (thrown) {
    if (isCampaignKitError(thrown)) return thrown
    throw thrown
  }
}

/** The sample, as one who reads a locale or none. */
function readerOf({ locale: _own, ...customer }: Customer, locale: string | undefined): Customer {
  return locale === undefined ? customer : { ...customer, locale }
}
