import type { Words } from '../texts.js'
import { ENGLISH } from './english.js'
import { FRENCH } from './french.js'
import { GERMAN } from './german.js'
import { ITALIAN } from './italian.js'
import { SPANISH } from './spanish.js'

/** The words that come with the kit, by language; English serves where no other fits. */
export const BUILT_IN: Readonly<Record<string, Words>> = {
  en: ENGLISH,
  de: GERMAN,
  es: SPANISH,
  fr: FRENCH,
  it: ITALIAN,
}
