/** What can stand for a hole in a statement. */
export type SqlValue = string | number | boolean | null | readonly (string | number | boolean | null)[]

type Hole = SqlValue | Fragment

/**
 * A piece of a statement: its words, and between two of them a value or another piece. The words are what a place in the
 * code says each time; they are put together to a text only where one is asked for.
 */
export class Fragment {
  readonly words: readonly string[]
  readonly holes: readonly Hole[]
  /** The same for the same words; the words themselves where they are kept. */
  readonly key: unknown

  /** @param words - one more than holes; a `?` of their own stands behind a backslash */
  constructor(words: readonly string[], holes: readonly Hole[], key: unknown = words) {
    this.words = words
    this.holes = holes
    this.key = key
  }

  /** Knex's form: a `?` for each value. */
  get text(): string {
    const [first = '', ...rest] = this.words
    return rest.reduce((text, words, index) => `${text}${textOf(this.holes[index])}${words}`, first)
  }

  /** The values of the holes, in order. */
  get values(): readonly SqlValue[] {
    return this.holes.flatMap((hole) => (hole instanceof Fragment ? hole.values : [hole]))
  }

  /** What a connection is to keep; null for a statement that comes now and then. */
  ready(): ReadyStatement | null {
    return null
  }
}

/** A statement that a connection is to keep ready. */
export interface ReadyStatement {
  /** No two texts share one, in whatever process, since a connection may have served another one before. */
  readonly name: string
  /** With `$1` for the first value; a `?` of its own stands behind a backslash. */
  readonly text: string
  readonly values: readonly SqlValue[]
}

function textOf(hole: Hole | undefined): string {
  return hole instanceof Fragment ? hole.text : '?'
}

/** Text that stands in a statement as it is. Never for what comes from outside. */
export function raw(text: string): Fragment {
  return new Fragment([escaped(text)], [], text)
}

/** The words of a place in the code, which are the same each time. */
const written = new WeakMap<TemplateStringsArray, readonly string[]>()

/** Writes a statement: values become bindings, fragments stand where they are put. */
export function sql(parts: TemplateStringsArray, ...holes: readonly Hole[]): Fragment {
  const words = written.get(parts) ?? parts.map(escaped)
  written.set(parts, words)
  return new Fragment(words, holes)
}

/** Fragments one after the other with a separator between them. */
export function joined(fragments: readonly Fragment[], separator: string): Fragment {
  const { length } = fragments
  if (length === 0) return raw('')
  const between = Array.from({ length: length - 1 }, () => escaped(separator))
  // no text that is raw holds a zero
  return new Fragment(['', ...between, ''], fragments, `\0${length}\0${separator}`)
}

function escaped(text: string): string {
  return text.replaceAll('?', '\\?')
}

/** Knex's form of a text with something else in place of each hole, by its number from 0; a `?` of its own stays behind its backslash. */
export function eachHole(text: string, written: (at: number) => string): string {
  let at = 0
  return text.replaceAll(/\\\?|\?/g, (found) => {
    if (found !== '?') return found
    at += 1
    return written(at - 1)
  })
}

/** Knex's form of a text with `$1` in place of its first hole. */
export function numbered(text: string): string {
  return eachHole(text, (at) => `$${at + 1}`)
}
