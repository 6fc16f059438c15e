import * as z from 'zod'
import { storableSchema } from './fields.js'

/** A tag as it is kept: trimmed, lower case, Unicode NFC. */
export function normalizeTag(text: string): string {
  // Lower-casing can leave letters that compose again: J with a caron has no code point of its own, j with one has.
  return text.normalize('NFC').trim().toLowerCase().normalize('NFC')
}

/** Tags as they are kept: normalised, without blanks and repetitions, in code-unit order. */
export function normalizeTags(texts: readonly string[]): string[] {
  const tags = new Set(texts.map(normalizeTag))
  tags.delete('')
  return [...tags].sort()
}

const MAX_TAG_LENGTH = 128
const MAX_TAGS = 1_000

/** A list of tags of the outside; normalised as documented, refused when a tag is too long. */
export const tagsSchema = z
  .array(storableSchema(MAX_TAG_LENGTH))
  .max(MAX_TAGS)
  .transform((texts): readonly string[] => normalizeTags(texts))

/** {@link tagsSchema} of which at least one tag is left. */
export const someTagsSchema = tagsSchema.refine((tags) => tags.length > 0, 'needs at least one tag')
