import * as z from 'zod'
import { CHANNEL_KINDS, type ChannelKind } from './channel-kind.js'
import { localeSchema, refusingProto } from './fields.js'
import {
  type NoticeSettings,
  noticeSettings,
  noticeTexts,
  publicSettings,
  pushSettings,
  pushTexts,
  SETTING_PARTS,
} from './notice-message.js'

const templateSchema = z.string().max(1_000_000)

const emailFields = {
  subject: z
    .string()
    .min(1)
    .max(998)
    .regex(/^[^\r\n]*$/, 'must be one line'),
  html: templateSchema.min(1).exactOptional(),
  text: templateSchema.min(1).exactOptional(),
  preheader: z.string().max(500).exactOptional(),
  replyTo: z.string().max(254).exactOptional(),
}
const textFields = { body: z.string().min(1).max(10_000) }
const whatsappFields = {
  body: textFields.body.exactOptional(),
  /** The provider's id of an approved template: Twilio's ContentSid. */
  template: z
    .string()
    .regex(/^[\w.:-]{1,128}$/, 'expected the id of a template')
    .exactOptional(),
  /** What the template's variables are filled in with, each a Liquid template, by the names that the provider knows. */
  variables: refusingProto(
    z.record(z.string().regex(/^\w{1,64}$/, 'not the name of a variable'), z.string().min(1).max(10_000)),
  )
    .refine((variables) => Object.keys(variables).length <= 100, 'more than 100 variables')
    .exactOptional(),
}

const hasBody = (message: { html?: string; text?: string }) =>
  message.html !== undefined || message.text !== undefined

const hasTextOrTemplate = (message: { body?: string; template?: string }) =>
  message.body !== undefined || message.template !== undefined

const hasVariablesOfTemplate = (message: { template?: string; variables?: object }) =>
  message.template !== undefined || message.variables === undefined

/** A locale may say every text differently, but no setting. */
function localized<Texts extends z.ZodRawShape, Settings extends z.ZodRawShape>(
  texts: Texts,
  settings: Settings,
) {
  const part = z.strictObject(texts).partial()
  return { ...texts, ...settings, locales: refusingProto(z.record(localeSchema, part)).exactOptional() }
}

const FIELDS = {
  email: localized(emailFields, {}),
  text: localized(textFields, {}),
  whatsapp: localized(whatsappFields, {}),
  push: localized(pushTexts, pushSettings),
  notice: localized(noticeTexts, noticeSettings),
  public: localized(noticeTexts, publicSettings),
}

/** Liquid templates of an e-mail; the text part is derived from the html when it is absent. */
export const emailMessageSchema = z.strictObject(FIELDS.email).refine(hasBody, 'needs html or text')
export const textMessageSchema = z.strictObject(FIELDS.text)
/** Free text for those who wrote within the last day, a template of the provider for all others, or both. */
export const whatsappMessageSchema = z
  .strictObject(FIELDS.whatsapp)
  .refine(hasTextOrTemplate, 'needs body or template')
  .refine(hasVariablesOfTemplate, { message: 'belong to a template', path: ['variables'] })
/** A push notification: as {@link noticeMessageSchema}, within what push services take. */
export const pushMessageSchema = z.strictObject(FIELDS.push)
/** A message in an app, on a page, in a network or in a display placement. */
export const noticeMessageSchema = z.strictObject(FIELDS.notice)

/** As {@link noticeMessageSchema}, of a kind that may be public: a post, a display. */
export const publicMessageSchema = z.strictObject(FIELDS.public)

export type EmailMessage = z.output<typeof emailMessageSchema>
export type TextMessage = z.output<typeof textMessageSchema>
export type WhatsappMessage = z.output<typeof whatsappMessageSchema>
export type PushMessage = z.output<typeof pushMessageSchema>
export type PublicMessage = z.output<typeof publicMessageSchema>
export type NoticeMessage = z.output<typeof noticeMessageSchema>

const schemaOf = {
  email: emailMessageSchema,
  sms: textMessageSchema,
  whatsapp: whatsappMessageSchema,
  push: pushMessageSchema,
  'in-app': noticeMessageSchema,
  web: publicMessageSchema,
  social: publicMessageSchema,
  display: publicMessageSchema,
} as const satisfies Record<ChannelKind, z.ZodType>

const overrideOf = {
  email: z.strictObject(FIELDS.email).partial(),
  sms: z.strictObject(FIELDS.text).partial(),
  whatsapp: z.strictObject(FIELDS.whatsapp).partial(),
  push: z.strictObject(FIELDS.push).partial(),
  'in-app': z.strictObject(FIELDS.notice).partial(),
  web: z.strictObject(FIELDS.notice).partial(),
  social: z.strictObject(FIELDS.notice).partial(),
  display: z.strictObject(FIELDS.notice).partial(),
} as const satisfies Record<ChannelKind, z.ZodType>

/** The messages of a campaign: one per channel. */
export const messagesSchema = z.strictObject(schemaOf).partial()
export type Messages = z.output<typeof messagesSchema>

/** What a variant says differently: any part of any message. */
export const messageOverridesSchema = z.strictObject(overrideOf).partial()
export type MessageOverrides = z.output<typeof messageOverridesSchema>

/** Template texts of one message by part name, such as `subject`, `html`, `body`, `data.orderId`, `variables.name`. */
export type MessageParts = Readonly<Record<string, string>>

/** Channels for which there is a message, in the order in which they were written. */
export function channelsOf(messages: Messages): ChannelKind[] {
  return (Object.keys(messages) as ChannelKind[]).filter(
    (kind) => CHANNEL_KINDS.includes(kind) && messages[kind] !== undefined,
  )
}

/**
 * The template parts for one channel, variant and locale. The fallback chain, each over the one after it: variant in
 * the exact locale, variant in its language, variant, message in the exact locale, in its language, message.
 */
export function messageParts(
  messages: Messages,
  overrides: MessageOverrides | undefined,
  channel: ChannelKind,
  locale: string | undefined,
): MessageParts {
  const layers = [...layersOf(messages[channel], locale), ...layersOf(overrides?.[channel], locale)]
  return Object.assign({}, ...layers) as MessageParts
}

/** What a message of a variant says of itself besides its texts; a variant's word goes before the message's. */
export function messageSettings(
  messages: Messages,
  overrides: MessageOverrides | undefined,
  channel: ChannelKind,
): NoticeSettings {
  const said = [messages[channel], overrides?.[channel]].flatMap((message) => Object.entries(message ?? {}))
  return Object.fromEntries(
    // several placements are told apart where each message is made
    said.filter(
      ([part, value]) => SETTING_PARTS.includes(part) && value !== undefined && typeof value !== 'object',
    ),
  )
}

function layersOf(message: object | undefined, locale: string | undefined): object[] {
  if (message === undefined) return []
  const { locales, ...base } = message as { locales?: Record<string, object> }
  const language = locale?.split('-')[0]
  const localised = [language, locale].map((key) => (key === undefined ? undefined : locales?.[key]))
  return [base, ...localised.filter((layer) => layer !== undefined)].map(templateTexts)
}

/**
 * The templates among the parts of a message, those of `data` and `variables` as `data.<key>`. A part that was written as
 * `undefined` is none: it must not hide the one below it.
 */
export function templateTexts(message: object): MessageParts {
  const texts = Object.entries(message).flatMap(([part, value]: [string, unknown]) => {
    if (SETTING_PARTS.includes(part)) return []
    if (typeof value !== 'object' || value === null) return [[part, value]]
    return Object.entries(value).map(([key, text]: [string, unknown]) => [`${part}.${key}`, text])
  })
  return Object.fromEntries(texts.filter(([, text]) => text !== undefined)) as MessageParts
}
