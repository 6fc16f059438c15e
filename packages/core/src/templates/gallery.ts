import * as z from 'zod'
import { parseInput } from '../model/parse.js'
import { brandSchema, buttonSchema, pictureSchema } from './brand.js'
import { escapeWords } from './escape-words.js'
import {
  aside,
  button,
  coupon,
  frame,
  heading,
  link,
  paragraph,
  picture,
  REWARD,
  reward,
  rule,
  section,
} from './frame.js'

/** A letter to begin with: Liquid in subject and preheader, MJML with Liquid for the html. */
export interface GalleryLetter {
  readonly subject: string
  readonly preheader: string
  readonly mjml: string
}

const words = (most: number) => z.string().min(1).max(most)
const HELLO = 'Hello{% if customer.firstName %} {{ customer.firstName }}{% endif %},'

const winBackSchema = z.strictObject({ brand: brandSchema, button: buttonSchema })

/**
 * Brings back customers who have not been there for a while, with their own coupon.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD with the path
 * @example
 * ```ts
 * import { winBack } from '@campaignkit/core/templates'
 *
 * const brand = { name: 'Pizzeria Esempio', homepage: 'https://pizza.example', color: '#c0392b', address: 'Via Roma 1, Napoli' }
 * const letter = winBack({ brand, button: { label: 'See the menu', url: 'https://pizza.example/menu' } })
 * console.log(letter.subject) // We miss you{% if customer.firstName %}, {{ customer.firstName }}{% endif %}
 * ```
 */
export function winBack(given: z.input<typeof winBackSchema>): GalleryLetter {
  const { brand, button: way } = parseInput(winBackSchema, given)
  return {
    subject: 'We miss you{% if customer.firstName %}, {{ customer.firstName }}{% endif %}',
    preheader: `{% if coupon.rewardKind == "item" %}{{ coupon.reward }} on{% elsif coupon.reward %}{{ coupon.reward }} off{% else %}A welcome back on{% endif %} your next visit`,
    mjml: frame(brand, 'We miss you', [
      section([
        heading('It has been a while'),
        paragraph(HELLO),
        paragraph(
          '{% if customer.facts.lastOrderAt %}your last visit was on {{ customer.facts.lastOrderAt | date: "%-d %B" }}, and we would love to see you again.{% else %}we would love to see you again.{% endif %}{% if coupon.reward %} Here is a little something for the next time:{% endif %}',
        ),
        reward(36),
        ...coupon(),
        button(way),
      ]),
    ]),
  }
}

const launchSchema = z.strictObject({
  brand: brandSchema,
  product: words(100),
  tagline: words(200),
  picture: pictureSchema.exactOptional(),
  points: z.array(z.strictObject({ title: words(60), text: words(300) })).max(6),
  button: buttonSchema,
})

/**
 * Shows something new: a picture, what is good about it, and where to get it.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD with the path
 * @example
 * ```ts
 * import { launch } from '@campaignkit/core/templates'
 *
 * const letter = launch({
 *   brand: { name: 'Pizzeria Esempio', homepage: 'https://pizza.example', color: '#c0392b', address: 'Via Roma 1, Napoli' },
 *   product: 'Calzone at home',
 *   tagline: 'Ten minutes in your own oven',
 *   points: [{ title: 'Fresh', text: 'Made in the morning, at your door at noon.' }],
 *   button: { label: 'Order now', url: 'https://pizza.example/calzone' },
 * })
 * console.log(letter.subject) // New: Calzone at home
 * ```
 */
export function launch(given: z.input<typeof launchSchema>): GalleryLetter {
  const { brand, product, tagline, picture: shown, points, button: way } = parseInput(launchSchema, given)
  const columns = points.map(
    ({ title, text }) =>
      `<mj-column>${paragraph(`<strong>${escapeWords(title)}</strong><br />${escapeWords(text)}`)}</mj-column>`,
  )
  return {
    subject: `New: ${product}`,
    preheader: tagline,
    mjml: frame(brand, product, [
      section([
        heading(escapeWords(product)),
        paragraph(escapeWords(tagline), 'center'),
        shown === undefined ? '' : picture(shown),
      ]),
      ...(columns.length === 0 ? [] : [`    <mj-section>${columns.join('')}</mj-section>`]),
      section([button(way)]),
    ]),
  }
}

const couponSchema = z.strictObject({
  brand: brandSchema,
  headline: words(100),
  button: buttonSchema.exactOptional(),
})

/**
 * A coupon and little else: the reward in large letters, the code, and how long it is good for.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD with the path
 * @example
 * ```ts
 * import { couponLetter } from '@campaignkit/core/templates'
 *
 * const brand = { name: 'Pizzeria Esempio', homepage: 'https://pizza.example', color: '#c0392b', address: 'Via Roma 1, Napoli' }
 * console.log(couponLetter({ brand, headline: 'Your summer coupon' }).subject) // Your summer coupon
 * ```
 */
export function couponLetter(given: z.input<typeof couponSchema>): GalleryLetter {
  const { brand, headline, button: way } = parseInput(couponSchema, given)
  return {
    subject: headline,
    preheader: `{% if coupon.reward %}${REWARD}, for you alone{% else %}For you alone{% endif %}`,
    mjml: frame(brand, headline, [
      section([
        heading(escapeWords(headline)),
        reward(48),
        paragraph('for you{% if customer.firstName %}, {{ customer.firstName }}{% endif %}', 'center'),
        ...coupon(),
        way === undefined ? '' : button(way),
      ]),
    ]),
  }
}

const eventSchema = z.strictObject({
  brand: brandSchema,
  name: words(100),
  /** In words, as guests read it: `Friday 12 June, 19:00`. */
  when: words(100),
  where: words(200),
  about: words(1_000),
  picture: pictureSchema.exactOptional(),
  button: buttonSchema,
})

/**
 * Invites to an event: what, when, where, and a button to say yes.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD with the path
 * @example
 * ```ts
 * import { event } from '@campaignkit/core/templates'
 *
 * const letter = event({
 *   brand: { name: 'Pizzeria Esempio', homepage: 'https://pizza.example', color: '#c0392b', address: 'Via Roma 1, Napoli' },
 *   name: 'Dough night',
 *   when: 'Friday 12 June, 19:00',
 *   where: 'Via Roma 1, Napoli',
 *   about: 'Make your own pizza with our cook.',
 *   button: { label: 'Save my seat', url: 'https://pizza.example/dough-night' },
 * })
 * console.log(letter.preheader) // Friday 12 June, 19:00, Via Roma 1, Napoli
 * ```
 */
export function event(given: z.input<typeof eventSchema>): GalleryLetter {
  const { brand, name, when, where, about, picture: shown, button: way } = parseInput(eventSchema, given)
  const row = (label: string, text: string) =>
    `<tr><th scope="row" align="left" style="padding:4px 16px 4px 0;vertical-align:top;white-space:nowrap">${label}</th><td style="padding:4px 0">${escapeWords(text)}</td></tr>`
  return {
    subject: `You are invited: ${name}`,
    preheader: `${when}, ${where}`,
    mjml: frame(brand, name, [
      section([
        heading(escapeWords(name)),
        shown === undefined ? '' : picture(shown),
        paragraph(HELLO),
        paragraph(escapeWords(about)),
        rule(),
        paragraph(
          `<table role="presentation" style="color:inherit;font-size:16px;border-collapse:collapse">${row('When', when)}${row('Where', where)}</table>`,
        ),
        rule(),
        button(way),
      ]),
    ]),
  }
}

const newsletterSchema = z.strictObject({
  brand: brandSchema,
  title: words(100),
  opening: words(1_000),
  stories: z
    .array(
      z.strictObject({
        title: words(100),
        text: words(1_000),
        picture: pictureSchema.exactOptional(),
        link: buttonSchema.exactOptional(),
      }),
    )
    .min(1)
    .max(10),
})

/**
 * News: an opening, and stories with picture and link one below the other.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD with the path
 * @example
 * ```ts
 * import { newsletter } from '@campaignkit/core/templates'
 *
 * const letter = newsletter({
 *   brand: { name: 'Pizzeria Esempio', homepage: 'https://pizza.example', color: '#c0392b', address: 'Via Roma 1, Napoli' },
 *   title: 'June at Esempio',
 *   opening: 'Three things that are new this month.',
 *   stories: [{ title: 'A new oven', text: 'Two minutes, 450 degrees.' }],
 * })
 * console.log(letter.preheader) // A new oven
 * ```
 */
export function newsletter(given: z.input<typeof newsletterSchema>): GalleryLetter {
  const { brand, title, opening, stories } = parseInput(newsletterSchema, given)
  return {
    subject: title,
    preheader: stories.map((story) => story.title).join(', '),
    mjml: frame(brand, title, [
      section([heading(escapeWords(title)), paragraph(HELLO), paragraph(escapeWords(opening))]),
      ...stories.map((story) =>
        section([
          rule(),
          story.picture === undefined ? '' : picture(story.picture),
          `<mj-text font-size="22px" line-height="1.3" css-class="ink"><h2 style="margin:0;font-size:22px">${escapeWords(story.title)}</h2></mj-text>`,
          paragraph(escapeWords(story.text)),
          story.link === undefined ? '' : paragraph(link(brand, story.link)),
        ]),
      ),
      section([aside(`You read this because you asked ${escapeWords(brand.name)} for news.`)]),
    ]),
  }
}
