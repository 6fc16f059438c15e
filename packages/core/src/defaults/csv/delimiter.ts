import type { CsvFormat } from '../../ports/csv.js'

/** A delimiter that CSV files come with. */
export type CsvDelimiter = NonNullable<CsvFormat['delimiter']>

/** In this order where they occur equally often. */
const DELIMITERS: readonly CsvDelimiter[] = [',', ';', '\t', '|']

/** The delimiter that stands most often in the first line that is not blank, quoted parts left out; else a comma. */
export function sniffDelimiter(head: string): CsvDelimiter {
  const counts = new Map<string, number>(DELIMITERS.map((delimiter) => [delimiter, 0]))
  let isQuoted = false
  let isBlank = true
  for (const character of head) {
    if (character === '"') isQuoted = !isQuoted
    if (isQuoted) continue
    const isLineEnd = character === '\n' || character === '\r'
    if (isLineEnd && !isBlank) break
    if (!isLineEnd) isBlank = false
    const count = counts.get(character)
    if (count !== undefined) counts.set(character, count + 1)
  }
  return DELIMITERS.reduce((best, delimiter) =>
    (counts.get(delimiter) ?? 0) > (counts.get(best) ?? 0) ? delimiter : best,
  )
}
