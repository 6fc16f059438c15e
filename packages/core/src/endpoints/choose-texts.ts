import type * as z from 'zod'
import { localeSchema } from '../model/fields.js'
import { parseInput } from '../model/parse.js'
import { acceptedLanguages, languageAndRegion } from './accepted-language.js'
import { BUILT_IN } from './languages/built-in.js'
import { ENGLISH } from './languages/english.js'
import { type EndpointTexts, textsSchema } from './texts.js'

/** Words of the host: in place of the kit's in every language, or chosen by request. */
export type TextsOption = Partial<EndpointTexts> | ((request: Request) => Partial<EndpointTexts>)

/** Words of the host by language: in place of the kit's in that language, or of a language that the kit lacks. */
export type LanguagesOption = Readonly<Record<string, Partial<EndpointTexts>>>

type Said = Partial<EndpointTexts>

/** How the words of a page are chosen. */
export interface ChosenTexts {
  readonly textsOf: (request: Request) => EndpointTexts
  /** Those that serve when choosing them fails. */
  readonly fallback: EndpointTexts
}

/**
 * Reads the words that a host gave. A page is in the language that the host's texts name, else in the first of
 * `Accept-Language` that there are words for, else in English.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD with paths such as `texts.lang` and `languages.nl.failedTitle`
 */
export function readTexts(texts: TextsOption | undefined, languages: LanguagesOption = {}): ChosenTexts {
  const ours = new Map(
    Object.entries(languages).map(([tag, said]) => {
      const path = `languages.${tag}`
      return [parseInput(localeSchema, tag, path), readSaid(said, path)]
    }),
  )
  const chosenFor = (request: Request | null, said: Said): EndpointTexts => {
    const tags = said.lang === undefined ? acceptedBy(request) : [said.lang]
    const tag = tags.find((each) => isKnown(ours, each)) ?? said.lang ?? 'en'
    const { language, lang } = languageAndRegion(tag)
    const known = { ...(BUILT_IN[language] ?? ENGLISH), ...ours.get(language), ...ours.get(lang) }
    return { dir: 'ltr', sender: '', ...known, lang, ...said }
  }
  if (typeof texts !== 'function') {
    const fixed = readSaid(texts ?? {}, 'texts')
    return { textsOf: (request) => chosenFor(request, fixed), fallback: chosenFor(null, fixed) }
  }
  return {
    textsOf: (request) => chosenFor(request, readSaid(texts(request), 'texts')),
    fallback: chosenFor(null, {}),
  }
}

/** What a host left undefined it did not say. */
function readSaid(said: Partial<EndpointTexts>, path: string): Said {
  const parsed: z.output<typeof textsSchema> = parseInput(textsSchema, said, path)
  return Object.fromEntries(Object.entries(parsed).filter(([, text]) => text !== undefined))
}

function acceptedBy(request: Request | null): readonly string[] {
  return acceptedLanguages(request?.headers.get('accept-language') ?? null)
}

function isKnown(ours: ReadonlyMap<string, unknown>, tag: string): boolean {
  const { language, lang } = languageAndRegion(tag)
  return Object.hasOwn(BUILT_IN, language) || ours.has(language) || ours.has(lang)
}
