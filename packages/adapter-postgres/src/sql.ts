/** What can stand for a hole in a statement. */
export type SqlValue = string | number | boolean | null | readonly (string | number | boolean | null)[]

/** A piece of a statement with the values of its holes: knex's form, a `?` for each. */
export interface Fragment {
  readonly text: string
  readonly values: readonly SqlValue[]
  /** It comes so often that a connection is to keep it ready. */
  readonly isFrequent?: boolean
}

/** A whole statement that comes all the time with the same text: what it takes to read and plan it is spared. */
export function frequent(statement: Fragment): Fragment {
  return { ...statement, isFrequent: true }
}

/** Text that stands in a statement as it is. Never for what comes from outside. */
export function raw(text: string): Fragment {
  return { text: text.replaceAll('?', '\\?'), values: [] }
}

/** The texts of a place in the code, which are the same each time. */
const written = new WeakMap<TemplateStringsArray, readonly string[]>()

function textsOf(parts: TemplateStringsArray): readonly string[] {
  const known = written.get(parts)
  if (known !== undefined) return known
  const texts = parts.map((part) => part.replaceAll('?', '\\?'))
  written.set(parts, texts)
  return texts
}

/** Writes a statement: values become bindings, fragments stand where they are put. */
export function sql(parts: TemplateStringsArray, ...holes: readonly (SqlValue | Fragment)[]): Fragment {
  let text = ''
  const values: SqlValue[] = []
  textsOf(parts).forEach((part, index) => {
    text += part
    if (index >= holes.length) return
    const hole = holes[index] ?? null
    if (isFragment(hole)) {
      text += hole.text
      values.push(...hole.values)
    } else {
      text += '?'
      values.push(hole)
    }
  })
  return { text, values }
}

/** Fragments one after the other with a separator between them. */
export function joined(fragments: readonly Fragment[], separator: string): Fragment {
  return {
    text: fragments.map(({ text }) => text).join(separator),
    values: fragments.flatMap(({ values }) => values),
  }
}

function isFragment(hole: SqlValue | Fragment): hole is Fragment {
  return typeof hole === 'object' && hole !== null && 'text' in hole
}
