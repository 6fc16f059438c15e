import * as z from 'zod'
import { localeSchema, storableSchema, textSchema } from '../model/fields.js'

const shown = textSchema(500)

/** Schema of {@link EndpointTexts}; what is left out is English. */
export const textsSchema = z.strictObject({
  /** Language of the texts; dates and numbers are written as it does. BCP 47. */
  lang: localeSchema.default('en'),
  /** Direction in which the language is written. */
  dir: z.enum(['ltr', 'rtl']).default('ltr'),
  /** Name at the top of every page, such as the shop's; none when empty. */
  sender: storableSchema(200).default(''),

  unsubscribeTitle: shown.default('Unsubscribe'),
  unsubscribeQuestion: shown.default('Do you want to stop receiving these messages?'),
  unsubscribeButton: shown.default('Unsubscribe'),
  unsubscribedTitle: shown.default('You are unsubscribed'),
  unsubscribedText: shown.default('You will not receive these messages any more. You can close this page.'),

  couponTitle: shown.default('Your coupon'),
  couponHint: shown.default('Show this page when you pay.'),
  couponCode: shown.default('Code'),
  couponImage: shown.default('QR code of your coupon'),
  /** `{reward}` is the percentage with its sign. */
  couponPercent: shown.default('{reward} off'),
  /** `{reward}` is the amount with its currency. */
  couponAmount: shown.default('{reward} off'),
  /** `{reward}` is the item's own name. */
  couponItem: shown.default('{reward}'),
  /** `{date}` is day and time in the tenant's zone; so in the two after it. */
  couponValidUntil: shown.default('Valid until {date}'),
  couponValidFrom: shown.default('Not valid yet. You can use it from {date}'),
  couponExpired: shown.default('Expired on {date}'),
  couponWithoutEnd: shown.default('Valid without an end date'),
  couponCancelled: shown.default('Cancelled. It can no longer be used.'),

  notFoundTitle: shown.default('This link does not work'),
  notFoundText: shown.default('It may be incomplete. Open it again from the message, or copy all of it.'),
  refusedTitle: shown.default('This request cannot be answered'),
  refusedText: shown.default('Open the link again from the message.'),
  failedTitle: shown.default('Something went wrong'),
  failedText: shown.default('Nothing is wrong with your link. Please try again in a few minutes.'),
})

/** Every word on the pages of the endpoints: plain text, in one language. */
export type EndpointTexts = z.output<typeof textsSchema>

/** A text with its placeholder `{name}` filled in, wherever it stands. */
export function fillIn(text: string, name: 'reward' | 'date', value: string): string {
  return text.replaceAll(`{${name}}`, () => value)
}
