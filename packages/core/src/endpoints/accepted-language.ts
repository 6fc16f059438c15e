/** A header of more than this is a game. */
const MOST_LETTERS = 1_000

/**
 * The tags of an `Accept-Language` header (RFC 9110, section 12.5.4) that are wanted at all, the most wanted first; of
 * equal ones in the order in which they stand.
 */
export function acceptedLanguages(header: string | null): readonly string[] {
  return (header ?? '')
    .slice(0, MOST_LETTERS)
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim())
      const [, weight = '1'] = /^q=([01](?:\.\d{0,3})?)$/i.exec(parameters.join(';')) ?? []
      return { tag, weight: Number(weight) }
    })
    .filter(({ tag, weight }) => /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i.test(tag) && weight > 0)
    .toSorted((left, right) => right.weight - left.weight)
    .map(({ tag }) => tag)
}

/** A tag as language and, where it names one of two letters, region: `de-AT`. */
export function languageAndRegion(tag: string): { readonly language: string; readonly lang: string } {
  const [first = '', ...rest] = tag.split('-')
  const language = first.toLowerCase()
  const region = rest.find((part) => /^[a-z]{2}$/i.test(part))
  return { language, lang: region === undefined ? language : `${language}-${region.toUpperCase()}` }
}
