/** Counts the lines of a file by its records, since csv-parse counts a CRLF inside quotes twice. */
export class LineCount {
  #next = 1
  #emptyLines = 0
  #counted = 0

  /**
   * Goes on behind a record.
   *
   * @param counted - the line on which the record ends, as csv-parse counts
   * @param emptyLines - how many blank lines stood before it in all
   * @returns the line on which it begins
   */
  advance(record: readonly string[], counted: number, emptyLines: number): number {
    const line = this.begin(emptyLines)
    const isOneLine = counted - this.#counted === line - this.#next + 1
    this.#next = line + 1 + (isOneLine ? 0 : breaksIn(record))
    this.#emptyLines = emptyLines
    this.#counted = counted
    return line
  }

  /** Line on which the record behind the last one begins. */
  begin(emptyLines: number): number {
    return this.#next + emptyLines - this.#emptyLines
  }
}

function breaksIn(record: readonly string[]): number {
  return record.reduce((breaks, field) => breaks + (field.match(/\r\n|\n|\r/g)?.length ?? 0), 0)
}
