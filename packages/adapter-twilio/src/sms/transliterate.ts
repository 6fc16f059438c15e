import { septetsOf } from './gsm.js'

/** What a text became. */
export interface Transliteration {
  readonly text: string
  /** Each replaced character once, in the order of the text. */
  readonly replaced: readonly { readonly from: string; readonly to: string }[]
}

/** By what stands in their place: characters of Twilio's Smart Encoding list that marketers' programs write by themselves. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '"': '«»“”„‟ʺˮ❝❞〝〞＂″',
  "'": '‘’‚‛ʻˈʼʽʹ´ˊ`ˋ❛❜＇′',
  '-': '‐‑‒–—―−⁃﹣－•',
  '/': '÷⧸⁄∕／',
  '...': '…',
  ' ': '\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\u2028\u2029',
  '': '\u200b\u2060\ufeff',
  '1/4': '¼',
  '1/2': '½',
  '3/4': '¾',
  '<': '‹＜',
  '>': '›＞',
  '!!': '‼',
  '!': '！',
  '?': '？',
  ',': '，、﹐',
  '.': '．。',
  ':': '：ː',
  ';': '；',
  '(': '（',
  ')': '）',
  '*': '⁎∗＊',
  '+': '＋',
  '=': '＝',
  '&': '＆',
  '%': '％',
  '#': '＃',
  '@': '＠',
  $: '＄',
  '~': '˜∼～',
  '^': 'ˆ＾',
  '|': '∣｜',
  _: '＿',
}

const REPLACEMENTS: ReadonlyMap<string, string> = new Map(
  Object.entries(LOOKALIKES).flatMap(([to, characters]) =>
    [...characters].map((from): [string, string] => [from, to]),
  ),
)

/**
 * Writes an SMS in GSM-7 where that changes nothing but the look of quotes, dashes, dots and blanks, so that it takes
 * fewer segments. Letters are put together (NFC) and never replaced. A text that needs UCS-2 all the same, for an emoji
 * or another script, stays as it is.
 *
 * @example
 * ```ts
 * import { transliterate } from '@campaignkit/adapter-twilio'
 * console.log(transliterate('“Ciao” – a presto…').text) // "Ciao" - a presto...
 * ```
 */
export function transliterate(text: string): Transliteration {
  const replaced = new Map<string, string>()
  let plain = ''
  for (const character of text.normalize('NFC')) {
    const to = septetsOf(character) === null ? REPLACEMENTS.get(character) : character
    // nothing is gained as long as one is left
    if (to === undefined) return { text, replaced: [] }
    if (to !== character) replaced.set(character, to)
    plain += to
  }
  return { text: plain, replaced: [...replaced].map(([from, to]) => ({ from, to })) }
}
