import { CampaignKitError } from '../../base/error.js'

/** What a spreadsheet may take for a formula, full-width forms among them. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/
/** What needs quotes under any of the delimiters that readers try. */
const NEEDS_QUOTES = /[",;|\t\r\n]/

/**
 * As the port's `write`; numbers are never prefixed, also negative ones.
 *
 * @throws INVALID_INPUT for a number that is not finite; `path` names the cell, such as `rows[2][0]`
 */
export function writeCsv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row, at) => `${lineOf(row, at)}\r\n`).join('')
}

function lineOf(row: readonly (string | number | null)[], at: number): string {
  // a lone empty cell would be a blank line, which readers leave out
  if (row.length === 1 && (row[0] === '' || row[0] === null)) return '""'
  return row.map((cell, column) => cellOf(cell, `rows[${at}][${column}]`)).join(',')
}

function cellOf(cell: string | number | null, path: string): string {
  if (cell === null) return ''
  if (typeof cell === 'number') {
    if (Number.isFinite(cell)) return String(cell)
    throw new CampaignKitError('INVALID_INPUT', 'A cell holds a finite number', { path })
  }
  const text = FORMULA.test(cell) ? `'${cell}` : cell
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
