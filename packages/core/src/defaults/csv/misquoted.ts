/**
 * Whether text stands behind the closing quote of a field, as in `"5 inch" pizza`; a quote further inside a field that
 * none opens is text.
 *
 * @param record - as it stands in the file, with or without the end of its line
 */
export function isMisquoted(record: string, delimiter: string): boolean {
  let at = 0
  while (at < record.length) {
    if (record.startsWith('"', at)) {
      at = behindClosingQuote(record, at)
      if (!record.startsWith(delimiter, at)) return at < record.length && !/[\r\n]/.test(record.charAt(at))
    } else {
      at = record.indexOf(delimiter, at)
      if (at < 0) return false
    }
    at += delimiter.length
  }
  return false
}

/** A doubled quote does not close. */
function behindClosingQuote(record: string, opening: number): number {
  let at = opening
  do {
    const quote = record.indexOf('"', at + 1)
    if (quote < 0) return record.length
    at = quote + 1
  } while (record.startsWith('"', at))
  return at
}
