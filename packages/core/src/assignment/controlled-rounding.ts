import { elementAt } from '../base/element-at.js'

/**
 * Rounds a table of fractions up or down so that rows and columns are kept: each row sums to what it summed to, each
 * column to its sum rounded up or down (controlled rounding: Bacharach, "Matrix rounding problems", Management Science
 * 12:9, 1966). Such a rounding always exists. It is found by going round cycles of entries that are neither 0 nor
 * whole, taking from every second one what the others get; the same table always gives the same.
 *
 * @param rows - numerators, 0 to `whole - 1`, each row summing to a multiple of `whole`
 * @param whole - the denominator, at most 2^51
 * @returns 1 where the entry is rounded up, 0 where down; never up where it was 0
 */
export function roundBothWays(rows: readonly (readonly number[])[], whole: number): readonly number[][] {
  // a last row that makes up what the columns lack, so that their sums are whole as well
  const table = [...rows.map((row) => [...row]), lackOf(rows, whole)]
  for (const [row, entries] of table.entries()) {
    for (const column of entries.keys()) {
      while (isBetween(table, row, column, whole)) goRound(table, findCycle(table, row, whole), whole)
    }
  }
  return table.slice(0, -1).map((row) => row.map((entry) => entry / whole))
}

interface Cell {
  readonly row: number
  readonly column: number
}

function lackOf(rows: readonly (readonly number[])[], whole: number): number[] {
  const width = rows[0]?.length ?? 0
  return Array.from({ length: width }, (_, column) => {
    const sum = rows.reduce((total, row) => (total + elementAt(row, column)) % whole, 0)
    return (whole - sum) % whole
  })
}

function isBetween(table: readonly number[][], row: number, column: number, whole: number): boolean {
  const entry = elementAt(elementAt(table, row), column)
  return entry > 0 && entry < whole
}

/**
 * Walks from a row over entries in between, along a row and along a column in turn, until it comes to a row or column
 * a second time. It never gets stuck: sums are whole, so no row and no column has a single such entry. Rows before the
 * first are rounded already and are not looked at again.
 */
function findCycle(table: readonly number[][], start: number, whole: number): readonly Cell[] {
  const cells: Cell[] = []
  const rowsSeen = new Map([[start, 0]])
  const columnsSeen = new Map<number, number>()
  let row = start
  let column = -1
  for (;;) {
    const [from, atRow] = [column, row]
    column = elementAt(table, row).findIndex((_, to) => to !== from && isBetween(table, atRow, to, whole))
    cells.push({ row, column })
    const crossed = columnsSeen.get(column)
    if (crossed !== undefined) return cells.slice(crossed)
    columnsSeen.set(column, cells.length)
    const along = column
    row = start
    while (row === atRow || !isBetween(table, row, along, whole)) row += 1
    cells.push({ row, column })
    const met = rowsSeen.get(row)
    if (met !== undefined) return cells.slice(met)
    rowsSeen.set(row, cells.length)
  }
}

/** Adds to the first, third, ... cell and takes from the others, until one of them is 0 or whole. */
function goRound(table: number[][], cycle: readonly Cell[], whole: number): void {
  const entryAt = ({ row, column }: Cell) => elementAt(elementAt(table, row), column)
  const step = Math.min(
    ...cycle.map((cell, index) => (index % 2 === 0 ? whole - entryAt(cell) : entryAt(cell))),
  )
  for (const [index, cell] of cycle.entries()) {
    const entries = elementAt(table, cell.row)
    entries[cell.column] = entryAt(cell) + (index % 2 === 0 ? step : -step)
  }
}
