import * as z from 'zod'
import { DEFAULT_TOPIC } from './consent.js'
import { localeSchema, refusingProto, textSchema, wordSchema } from './fields.js'

/** The most topics that a tenant may declare: one page lists them all. */
const MOST_TOPICS = 40

/** What a topic is called: in every language alike, or by language such as `de` or `pt-BR`. */
export type TopicLabel = string | Readonly<Record<string, string>>

/** Topics of a tenant by their word, in the order in which pages list them. */
export type Topics = Readonly<Record<string, TopicLabel>>

const labelSchema = z.union([
  textSchema(100),
  refusingProto(z.record(localeSchema, textSchema(100))).refine(
    (labels) => Object.keys(labels).length > 0,
    'names no language',
  ),
])

export const topicsSchema = refusingProto(z.record(wordSchema, labelSchema)).refine(
  (topics) => Object.keys(topics).length <= MOST_TOPICS,
  `more than ${MOST_TOPICS}`,
)

const OFFERS: TopicLabel = { en: 'Offers', de: 'Angebote', es: 'Ofertas', fr: 'Offres', it: 'Offerte' }

/** What a topic is called; one that was not declared by its word. */
export function labelOfTopic(topics: Topics, topic: string): TopicLabel {
  if (Object.hasOwn(topics, topic)) return topics[topic] ?? topic
  return topic === DEFAULT_TOPIC ? OFFERS : topic
}

/** A label in a language: in its region, else in any, else in English, else in the first that there is. */
export function labelIn(label: TopicLabel, lang: string): string {
  if (typeof label === 'string') return label
  const [language = ''] = lang.split('-')
  return label[lang] ?? label[language] ?? label.en ?? Object.values(label)[0] ?? ''
}
