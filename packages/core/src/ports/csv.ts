/** One record of a CSV file. */
export interface CsvRecord {
  /** Line on which the record begins, from 1; the header is line 1. */
  readonly line: number
  readonly fields: readonly string[]
  /** Whether text stands behind the closing quote of a field, as in `"5 inch" pizza`: nobody can say what was meant. */
  readonly isMisquoted?: boolean
}

/** How a file is written; what is absent is found out from the file. */
export interface CsvFormat {
  readonly delimiter?: ',' | ';' | '\t' | '|' | undefined
  readonly encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | undefined
}

/** Reads and writes CSV (RFC 4180), in constant memory. */
export interface Csv {
  /**
   * Records of a file, the header among them. A quote opens a field only as its first character and is text elsewhere:
   * `5" pizza`.
   *
   * @throws CSV_MALFORMED when the file cannot be read as CSV: a quote that is never closed, bytes that are not of its
   *   encoding
   */
  read(source: AsyncIterable<Uint8Array | string>, format: CsvFormat): AsyncIterable<CsvRecord>
  /** A file of rows with CRLF. Cells that a spreadsheet would take for a formula are prefixed with an apostrophe. */
  write(rows: readonly (readonly (string | number | null)[])[]): string
}
