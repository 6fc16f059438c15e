import { CsvError, parse } from 'csv-parse'
import { CampaignKitError } from '../../base/error.js'
import type { CsvFormat, CsvRecord } from '../../ports/csv.js'
import { type CsvDelimiter, sniffDelimiter } from './delimiter.js'
import { LineCount } from './line-count.js'
import { isMisquoted } from './misquoted.js'
import { RawRecords } from './raw-records.js'
import { textOf } from './text.js'

/** No row of customers is that long; a quote that is never closed would else swallow the file: 1 MiB. */
const LONGEST_RECORD = 1_048_576

/** As the port's `read`: blank lines are left out, LF, CRLF and CR end a record alike. */
export async function* readCsv(
  source: AsyncIterable<Uint8Array | string>,
  format: CsvFormat,
): AsyncGenerator<CsvRecord> {
  let parser: RecordParser | null = null
  for await (const piece of textOf(source, format.encoding)) {
    parser ??= createRecordParser(format.delimiter ?? sniffDelimiter(piece))
    yield* recordsOf(await parser.parse(piece))
  }
  if (parser !== null) yield* recordsOf(await parser.end())
}

/** What was read before the failure is handed on before it is thrown. */
function* recordsOf({ records, failure }: Parsed): Generator<CsvRecord> {
  yield* records
  if (failure !== null) throw failure
}

interface Parsed {
  readonly records: readonly CsvRecord[]
  readonly failure: Error | null
}

interface RecordParser {
  parse(piece: string): Promise<Parsed>
  end(): Promise<Parsed>
}

function createRecordParser(delimiter: CsvDelimiter): RecordParser {
  const lines = new LineCount()
  const raw = new RawRecords()
  let records: CsvRecord[] = []
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: LONGEST_RECORD,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    on_record: (fields: string[], info) => {
      const line = lines.advance(fields, info.lines, info.empty_lines)
      // csv-parse keeps the quotes of such a field, which quoted quotes look like as well
      const isSuspect = fields.some((field) => field.startsWith('"'))
      const isMarked = isSuspect && isMisquoted(raw.next(info.bytes), delimiter)
      raw.advance(info.bytes)
      records.push(isMarked ? { line, fields, isMisquoted: true } : { line, fields })
      return null
    },
  })
  // failures come back from each call as well
  parser.on('error', () => undefined)

  const settle =
    (resolve: (parsed: Parsed) => void) =>
    (thrown?: Error | null): void => {
      const failure = thrown instanceof CsvError ? malformed(thrown, lines) : (thrown ?? null)
      resolve({ records, failure })
      records = []
    }
  return {
    parse: (piece) => {
      const bytes = Buffer.from(piece)
      raw.hold(bytes)
      return new Promise((resolve) => parser.write(bytes, settle(resolve)))
    },
    end: () => new Promise((resolve) => parser.end(settle(resolve))),
  }
}

/** What csv-parse threw is left out: it repeats what stands in the file. */
function malformed(thrown: CsvError, lines: LineCount): CampaignKitError {
  const line = lines.begin(Number(thrown.empty_lines))
  return thrown.code === 'CSV_MAX_RECORD_SIZE'
    ? new CampaignKitError('CSV_MALFORMED', `The record on line ${line} is longer than 1 MiB`, {
        details: { reason: 'recordTooLong', line },
      })
    : new CampaignKitError('CSV_MALFORMED', `A quote of the record on line ${line} is never closed`, {
        details: { reason: 'quoting', line },
      })
}
