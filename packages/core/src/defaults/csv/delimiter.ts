import type { CsvFormat } from '../../ports/csv.js'

/** A delimiter that CSV files come with. */
export type CsvDelimiter = NonNullable<CsvFormat['delimiter']>

/** In this order where they occur equally often. */
const DELIMITERS: readonly CsvDelimiter[] = [',', ';', '\t', '|']

const LINE_END = /[\r\n]/
const EDGE = /[,;\t|]/

/** The delimiter that stands most often in the first line that is not blank, quoted parts left out; else a comma. */
export function sniffDelimiter(head: string): CsvDelimiter {
  const counts = new Map<string, number>(DELIMITERS.map((delimiter) => [delimiter, 0]))
  for (const character of unquoted(head)) {
    const count = counts.get(character)
    if (count !== undefined) counts.set(character, count + 1)
  }
  return DELIMITERS.reduce((best, delimiter) =>
    (counts.get(delimiter) ?? 0) > (counts.get(best) ?? 0) ? delimiter : best,
  )
}

/** The first line that is not blank, without what stands in quotes. */
function unquoted(head: string): string {
  let line = ''
  let isQuoted = false
  let isQuotable = true
  for (const character of head) {
    if (character === '"' && isQuotable) isQuoted = !isQuoted
    if (isQuoted) continue
    const isLineEnd = LINE_END.test(character)
    if (isLineEnd && line !== '') break
    if (!isLineEnd) line += character
    // a quote opens at the beginning of a field, and again where one has just closed
    isQuotable = isLineEnd || EDGE.test(character) || (isQuotable && character === '"')
  }
  return line
}
