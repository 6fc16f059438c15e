import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pooledZTest } from '../proportions/pooled-z.js'
import { relativeError } from '../relative-error.fixture.js'
import { TABLES } from './chi-square.fixture.js'
import { chiSquareTest } from './chi-square-test.js'

describe("Pearson's test of a table", () => {
  it.each(TABLES)('with $df degrees of freedom is exact to 1e-12', ({ T, stat, df, p, least }) => {
    const test = chiSquareTest(T)
    expect(test.df).toBe(df)
    expect(relativeError(test.statistic, stat)).toBeLessThan(1e-12)
    expect(relativeError(test.pValue, p)).toBeLessThan(1e-12)
    expect(relativeError(test.leastExpected, least)).toBeLessThan(1e-12)
  })

  it('of two rows and columns is the square of the pooled z', () => {
    const { z, pValue } = pooledZTest({ successes: 122, trials: 2000 }, { successes: 80, trials: 2000 })
    const test = chiSquareTest([
      [122, 1878],
      [80, 1920],
    ])
    expect(relativeError(test.statistic, Number(z) ** 2)).toBeLessThan(1e-12)
    expect(relativeError(test.pValue, pValue)).toBeLessThan(1e-12)
  })

  it('leaves out an outcome that nobody had, and says 1 when there is only one', () => {
    const whole = chiSquareTest([
      [30, 0, 70],
      [45, 0, 55],
    ])
    expect(whole).toEqual(
      chiSquareTest([
        [30, 70],
        [45, 55],
      ]),
    )
    expect(
      chiSquareTest([
        [0, 70],
        [0, 55],
      ]),
    ).toMatchObject({ statistic: null, df: 0, pValue: 1 })
  })

  it.each([
    [
      [
        [4, 4],
        [4, 4],
      ],
      false,
    ],
    [
      [
        [5, 5],
        [5, 5],
      ],
      true,
    ],
    [
      [
        [1, 999],
        [0, 1000],
      ],
      false,
    ],
    [
      [
        [40, 50, 60],
        [40, 50, 60],
        [4, 5, 6],
      ],
      true,
    ],
  ])("of %j trusts the approximation by Cochran's rule: %s", (table, holds) => {
    expect(chiSquareTest(table).approximationHolds).toBe(holds)
  })

  it('does not depend on the order of rows or columns', () => {
    const row = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 5 }), (table) => {
        const { pValue } = chiSquareTest(table)
        const turned = chiSquareTest(table.toReversed().map((counts) => counts.toReversed()))
        const tiny = 1e-290
        expect(Math.abs(turned.pValue - pValue)).toBeLessThanOrEqual(1e-9 * pValue + tiny)
      }),
      { seed: 8, numRuns: 60 },
    )
  })

  it.each([
    [[[1, 2]], 'table'],
    [[[1, 2], [1]], 'table[1]'],
    [[[1], [1]], 'table[0]'],
    [
      [
        [1, 2],
        [0, 0],
      ],
      'table[1]',
    ],
    [
      [
        [1, 2],
        [0, -1],
      ],
      'table[1][1]',
    ],
  ])('refuses %j with path %s', (table, path) => {
    expect(() => chiSquareTest(table)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }))
  })
})
