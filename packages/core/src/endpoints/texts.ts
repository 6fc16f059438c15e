import * as z from 'zod'
import { localeSchema, storableSchema, textSchema } from '../model/fields.js'

const shown = textSchema(500)

const WORDS = {
  unsubscribeTitle: shown,
  unsubscribeQuestion: shown,
  unsubscribeButton: shown,
  unsubscribedTitle: shown,
  unsubscribedText: shown,
  preferencesTitle: shown,
  preferencesQuestion: shown,
  preferencesButton: shown,
  preferencesSaved: shown,
  preferencesStale: shown,
  preferencesNothingTitle: shown,
  preferencesNothingText: shown,
  preferencesNothingButton: shown,
  preferencesEmpty: shown,
  channelEmail: shown,
  channelSms: shown,
  channelWhatsapp: shown,
  channelPush: shown,
  channelInApp: shown,
  channelWeb: shown,
  confirmTitle: shown,
  /** `{topic}` is its name, `{channel}` that of the channel. */
  confirmQuestion: shown,
  confirmButton: shown,
  confirmedTitle: shown,
  confirmedText: shown,
  confirmOverTitle: shown,
  /** Of a link that has expired, was used, or whose answer was taken back. */
  confirmOverText: shown,
  couponTitle: shown,
  couponHint: shown,
  couponCode: shown,
  couponImage: shown,
  /** Above the terms of the coupon. */
  couponTerms: shown,
  /** `{reward}` is the percentage with its sign. */
  couponPercent: shown,
  /** `{reward}` is the amount with its currency. */
  couponAmount: shown,
  /** `{reward}` is the item's own name. */
  couponItem: shown,
  /** `{date}` is day and time in the tenant's zone; so in the two after it. */
  couponValidUntil: shown,
  couponValidFrom: shown,
  couponExpired: shown,
  couponWithoutEnd: shown,
  couponCancelled: shown,
  couponRedeemed: shown,
  notFoundTitle: shown,
  notFoundText: shown,
  tooManyTitle: shown,
  tooManyText: shown,
  refusedTitle: shown,
  refusedText: shown,
  failedTitle: shown,
  failedText: shown,
}

const wordsSchema = z.strictObject(WORDS)

/** The words of the pages in one language. */
export type Words = z.output<typeof wordsSchema>

const wholeSchema = z.strictObject({
  /** Language of the texts; dates and numbers are written as it does. BCP 47. */
  lang: localeSchema,
  /** Direction in which the language is written. */
  dir: z.enum(['ltr', 'rtl']),
  /** Name at the top of every page, such as the shop's; none when empty. */
  sender: storableSchema(200),
  ...WORDS,
})

/** Every word on the pages of the endpoints: plain text, in one language. */
export type EndpointTexts = z.output<typeof wholeSchema>

/** Schema of what a host says of {@link EndpointTexts}. */
export const textsSchema = wholeSchema.partial()

/** A text with its placeholder `{name}` filled in, wherever it stands. */
export function fillIn(text: string, name: 'reward' | 'date' | 'topic' | 'channel', value: string): string {
  return text.replaceAll(`{${name}}`, () => value)
}
