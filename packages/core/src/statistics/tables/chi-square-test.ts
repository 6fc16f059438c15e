import { checkCount } from '../checks.js'
import { chiSquare } from '../distributions/chi-square.js'
import { refuseNumber } from '../number-checks.js'
import { productDifference } from '../special/exact-difference.js'

/** What Pearson's test of a table says. */
export interface ChiSquareTest {
  readonly method: 'pearson-chi-square'
  /** Null when all members had the same outcome: there is nothing to compare. */
  readonly statistic: number | null
  /** Degrees of freedom. */
  readonly df: number
  /** 1 when `statistic` is null. */
  readonly pValue: number
  /** The smallest count that one would expect if all rows were alike. */
  readonly leastExpected: number
  /** Cochran's rule: no expected count below 1, and at most one in five below 5. */
  readonly approximationHolds: boolean
}

interface Totals {
  readonly rows: readonly number[]
  readonly columns: readonly number[]
  readonly all: number
}

function checkedTotals(table: readonly (readonly number[])[]): Totals {
  if (table.length < 2) refuseNumber('table', 'expected at least two rows')
  const width = table[0]?.length ?? 0
  const columns = Array.from({ length: width }, () => 0)
  const rows = table.map((row, index) => {
    if (row.length !== width || width < 2)
      refuseNumber(`table[${index}]`, 'expected equally many columns, from 2')
    row.forEach((count, column) => {
      checkCount(count, `table[${index}][${column}]`)
      columns[column] = (columns[column] ?? 0) + count
    })
    const total = row.reduce((sum, count) => sum + count, 0)
    if (total === 0) refuseNumber(`table[${index}]`, 'expected a member')
    return total
  })
  return { rows, columns, all: rows.reduce((sum, total) => sum + total, 0) }
}

/**
 * Pearson's chi-square test that all rows of a table (the arms) have the same shares of the columns (the outcomes),
 * without Yates' correction (Pearson 1900; Fleiss, Levin and Paik 2003, eq. 9.1). With two rows and two columns it is
 * the square of the pooled z test. A large-sample test: `approximationHolds` says whether Cochran (1954) would trust
 * it. Relative error of the p-value some 1e-12 down to 1e-300.
 *
 * @param table - a row of counts for each arm; an outcome that nobody had is left out
 * @throws INVALID_INPUT with path `table` (fewer than two rows), `table[i]` (no member, or unequal columns) or
 * `table[i][j]`
 *
 * @example
 * ```ts
 * import { chiSquareTest } from '@campaignkit/core/statistics'
 * const { statistic, df, pValue } = chiSquareTest([[122, 1878], [80, 1920], [101, 1899]])
 * console.log(statistic?.toFixed(3), df, pValue.toFixed(4)) // 9.197 2 0.0101
 * ```
 */
export function chiSquareTest(table: readonly (readonly number[])[]): ChiSquareTest {
  const { rows, columns, all } = checkedTotals(table)
  const used = columns.flatMap((total, column) => (total > 0 ? [{ column, total }] : []))
  const df = (rows.length - 1) * (used.length - 1)
  const cells = rows.flatMap((rowTotal, row) =>
    used.map(({ column, total }) => {
      const count = table[row]?.[column] ?? 0
      const apart = productDifference(count, all, rowTotal, total) / all
      const expected = (rowTotal / all) * total
      return { expected, term: (apart * apart) / expected }
    }),
  )
  const least = cells.reduce((min, { expected }) => Math.min(min, expected), Number.POSITIVE_INFINITY)
  const small = cells.filter(({ expected }) => expected < 5).length
  const statistic = df === 0 ? null : cells.reduce((sum, { term }) => sum + term, 0)
  return {
    method: 'pearson-chi-square',
    statistic,
    df,
    pValue: statistic === null ? 1 : chiSquare(df).upperTail(statistic),
    leastExpected: least,
    approximationHolds: least >= 1 && small * 5 <= cells.length,
  }
}
