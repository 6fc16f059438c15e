import { type Skeleton, skeletonWith, valuesIn } from './skeleton.js'

/** A text with a tag in each gap, and what stands for the tags, text by text. */
export interface Substitutions {
  readonly template: string
  /** One for each text, in their order: the value of each tag. */
  readonly values: readonly (readonly (readonly [tag: string, value: string])[])[]
}

/** What the Web API takes for one recipient. */
export const MAX_SUBSTITUTION_BYTES = 10_000

/** The form of our tags: none is part of another, and a text that has one of them of its own is never made a template. */
const TAG = /-ck\d+-/

/** Whether a text could be taken for one with tags. */
export function looksTagged(text: string): boolean {
  return TAG.test(text)
}

/** The skeleton that fits a text, changed as little as possible. */
export function fitting(skeleton: Skeleton, text: string): Skeleton {
  return valuesIn(skeleton, text) === null ? skeletonWith(skeleton, text) : skeleton
}

/**
 * Puts tags in the gaps of a skeleton. Gaps that hold the same in every text share a tag; none is ever empty, since it
 * is written nowhere that a tag may stand for nothing.
 *
 * @param tagged - tags given so far by what they stand for; those of this skeleton are added
 * @returns null when the texts do not fit, or a gap cannot be filled
 */
export function substitute(
  skeleton: Skeleton,
  texts: readonly string[],
  tagged: Map<string, string>,
): Substitutions | null {
  const columns = filled(skeleton, texts)
  if (columns === null) return null
  const values: (readonly [string, string])[][] = texts.map(() => [])
  let [template] = columns.pieces
  for (const [at, column] of columns.gaps.entries()) {
    const key = JSON.stringify(column)
    const tag = tagged.get(key) ?? `-ck${tagged.size}-`
    if (!tagged.has(key)) for (const [row, value] of column.entries()) values[row]?.push([tag, value])
    tagged.set(key, tag)
    template += tag + (columns.pieces[at + 1] ?? '')
  }
  return { template, values }
}

interface Columns {
  readonly pieces: Skeleton
  /** What the texts have in each gap. */
  readonly gaps: readonly (readonly string[])[]
}

/** The gaps by column; one that some text has nothing in takes the character behind or before it along. */
function filled(skeleton: Skeleton, texts: readonly string[]): Columns | null {
  const rows: (readonly string[])[] = []
  for (const text of texts) {
    const values = valuesIn(skeleton, text)
    if (values === null) return null
    rows.push(values)
  }
  const pieces: [string, ...string[]] = [...skeleton]
  const gaps: (readonly string[])[] = []
  for (let at = 0; at + 1 < pieces.length; at += 1) {
    const column = rows.map((row) => row[at] ?? '')
    const widened = column.includes('') ? widen(column, pieces, at) : column
    if (widened === null) return null
    gaps.push(widened)
  }
  return { pieces, gaps }
}

function widen(column: readonly string[], pieces: string[], at: number): readonly string[] | null {
  const [next] = pieces[at + 1] ?? ''
  if (next !== undefined) {
    pieces[at + 1] = (pieces[at + 1] ?? '').slice(next.length)
    return column.map((value) => value + next)
  }
  const before = [...(pieces[at] ?? '')].pop()
  if (before === undefined) return null
  pieces[at] = (pieces[at] ?? '').slice(0, -before.length)
  return column.map((value) => before + value)
}

/** What substitutions come to, in bytes, as the Web API counts them. */
export function bytesOf(values: Iterable<readonly [string, string]>): number {
  let bytes = 0
  for (const [tag, value] of values) bytes += Buffer.byteLength(tag) + Buffer.byteLength(value)
  return bytes
}
