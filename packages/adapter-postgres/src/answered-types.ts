/** What a driver shows of a value, never null, and what it is to us. */
type Read = (shown: string) => unknown

/** An element of a list, in quotes or without; texts that would be taken for something else are quoted. */
const ELEMENT = /"((?:[^"\\]|\\.)*)"|([^,{}]+)/gs

/** All that stands in a list, of however many dimensions; bounds stand before it where they are not the usual ones. */
function readList(shown: string): readonly (string | null)[] {
  const elements = shown.slice(shown.indexOf('{')).matchAll(ELEMENT)
  return Array.from(elements, ([, quoted, plain = '']) => {
    if (quoted !== undefined) return quoted.replaceAll(/\\(.)/gs, '$1')
    return plain === 'NULL' ? null : plain
  })
}

/** By the numbers that PostgreSQL has for its types. All else is read as the text that is shown. */
const READS: Readonly<Record<number, Read>> = {
  16: (shown) => shown === 't',
  23: Number,
  114: JSON.parse,
  701: Number,
  1009: readList,
  3802: JSON.parse,
}

const asShown: Read = (shown) => shown

/**
 * For the driver, with each statement: a host may have numbers, documents or lists of its own read otherwise, for all connections
 * of the process. Of `pg` it is `types`, of PGlite `parsers`.
 */
export const READ_AS_OURS = {
  types: { getTypeParser: (type: number): Read => READS[type] ?? asShown },
  parsers: READS,
} as const
