import type { Csv } from '../ports/csv.js'
import { readCsv } from './csv/read.js'
import { writeCsv } from './csv/write.js'

/**
 * Reads CSV with csv-parse in constant memory: the source is pulled as records are consumed.
 *
 * What the format leaves open is found out. Encoding: a byte order mark, else UTF-16 by the zero bytes of the first
 * 64 KiB, else UTF-8 if the first 64 KiB that hold more than ASCII are valid, else Windows-1252. Delimiter: of `,` `;`
 * tab and `|` the most frequent in the first line. Blank lines are left out; records of differing length are passed on as
 * they are. A record with text behind a closing quote is marked; it ends at the next end of a line, so that a quote which
 * was opened by mistake costs the rows up to the next quote and not the file.
 *
 * Also CSV_MALFORMED: a NUL character and a record over 1 MiB. `details` hold `reason` (`encoding`, `nul`, `quoting`,
 * `recordTooLong`), and `line` (on which the record begins) or `byteOffset` where known.
 */
export function createCsv(): Csv {
  return { read: readCsv, write: writeCsv }
}
