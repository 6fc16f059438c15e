import * as z from 'zod'
import { CHANNEL_KINDS, type ChannelKind } from './channel-kind.js'
import { localeSchema, refusingProto } from './fields.js'

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
const noticeFields = {
  title: z.string().min(1).max(500),
  body: z.string().min(1).max(10_000),
  link: z.string().max(2_000).exactOptional(),
  image: z.string().max(2_000).exactOptional(),
}

const hasBody = (message: { html?: string; text?: string }) =>
  message.html !== undefined || message.text !== undefined

const hasTextOrTemplate = (message: { body?: string; template?: string }) =>
  message.body !== undefined || message.template !== undefined

const hasVariablesOfTemplate = (message: { template?: string; variables?: object }) =>
  message.template !== undefined || message.variables === undefined

function localized<Shape extends z.ZodRawShape>(shape: Shape) {
  const part = z.strictObject(shape).partial()
  return { ...shape, locales: refusingProto(z.record(localeSchema, part)).exactOptional() }
}

const FIELDS = { email: emailFields, sms: textFields, whatsapp: whatsappFields, notice: noticeFields }

/** Liquid templates of an e-mail; the text part is derived from the html when it is absent. */
export const emailMessageSchema = z
  .strictObject(localized(FIELDS.email))
  .refine(hasBody, 'needs html or text')
export const textMessageSchema = z.strictObject(localized(FIELDS.sms))
/** Free text for those who wrote within the last day, a template of the provider for all others, or both. */
export const whatsappMessageSchema = z
  .strictObject(localized(FIELDS.whatsapp))
  .refine(hasTextOrTemplate, 'needs body or template')
  .refine(hasVariablesOfTemplate, { message: 'belong to a template', path: ['variables'] })
export const noticeMessageSchema = z.strictObject(localized(FIELDS.notice))

export type EmailMessage = z.output<typeof emailMessageSchema>
export type TextMessage = z.output<typeof textMessageSchema>
export type WhatsappMessage = z.output<typeof whatsappMessageSchema>
export type NoticeMessage = z.output<typeof noticeMessageSchema>

const schemaOf = {
  email: emailMessageSchema,
  sms: textMessageSchema,
  whatsapp: whatsappMessageSchema,
  push: noticeMessageSchema,
  'in-app': noticeMessageSchema,
  web: noticeMessageSchema,
  social: noticeMessageSchema,
  display: noticeMessageSchema,
} as const satisfies Record<ChannelKind, z.ZodType>

const overrideOf = {
  email: z.strictObject(localized(FIELDS.email)).partial(),
  sms: z.strictObject(localized(FIELDS.sms)).partial(),
  whatsapp: z.strictObject(localized(FIELDS.whatsapp)).partial(),
  push: z.strictObject(localized(FIELDS.notice)).partial(),
  'in-app': z.strictObject(localized(FIELDS.notice)).partial(),
  web: z.strictObject(localized(FIELDS.notice)).partial(),
  social: z.strictObject(localized(FIELDS.notice)).partial(),
  display: z.strictObject(localized(FIELDS.notice)).partial(),
} as const satisfies Record<ChannelKind, z.ZodType>

/** The messages of a campaign: one per channel. */
export const messagesSchema = z.strictObject(schemaOf).partial()
export type Messages = z.output<typeof messagesSchema>

/** What a variant says differently: any part of any message. */
export const messageOverridesSchema = z.strictObject(overrideOf).partial()
export type MessageOverrides = z.output<typeof messageOverridesSchema>

/** Template texts of one message by part name, such as `subject`, `html`, `body`, `variables.name`. */
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

function layersOf(message: object | undefined, locale: string | undefined): object[] {
  if (message === undefined) return []
  const { locales, ...base } = message as { locales?: Record<string, object> }
  const language = locale?.split('-')[0]
  const localised = [language, locale].map((key) => (key === undefined ? undefined : locales?.[key]))
  return [base, ...localised.filter((layer) => layer !== undefined)].map(partsOfLayer)
}

/**
 * The texts of one layer of a message by part name, `variables.name` for one of several. A part that was written as
 * `undefined` is none: it must not hide the one below it.
 */
export function partsOfLayer(layer: object): MessageParts {
  return Object.fromEntries(
    Object.entries(layer).flatMap(([part, text]) => {
      if (typeof text !== 'object' || text === null) return text === undefined ? [] : [[part, text]]
      return Object.entries(text).map(([name, inner]) => [`${part}.${name}`, inner])
    }),
  )
}
