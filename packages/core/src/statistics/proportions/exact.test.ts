import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Proportion } from '../checks.js'
import { relativeError } from '../relative-error.fixture.js'
import { boschlooExact } from './boschloo.js'
import { compareProportions } from './compare-proportions.js'
import { BOSCHLOO, FISHER } from './exact.fixture.js'
import { fisherExact } from './fisher.js'

const of = (successes: number, trials: number): Proportion => ({ successes, trials })

describe("Fisher's test of one side", () => {
  it.each(FISHER)('of %d/%d against %d/%d is exact to 1e-12', (x, n, y, m, greater, less, twoSided) => {
    const [a, b] = [of(x, n), of(y, m)]
    expect(relativeError(fisherExact(a, b, { alternative: 'greater' }), greater)).toBeLessThan(1e-12)
    expect(relativeError(fisherExact(a, b, { alternative: 'less' }), less)).toBeLessThan(1e-12)
    expect(relativeError(fisherExact(a, b), twoSided)).toBeLessThan(1e-12)
  })

  it('is 0 and 1 where the observed table is too unlikely for a double', () => {
    expect(fisherExact(of(5_000, 5_000), of(0, 5_000), { alternative: 'greater' })).toBe(0)
    expect(fisherExact(of(5_000, 5_000), of(0, 5_000), { alternative: 'less' })).toBe(1)
    expect(fisherExact(of(0, 5_000), of(5_000, 5_000), { alternative: 'greater' })).toBe(1)
  })

  it('refuses an alternative that it does not know', () => {
    const options = { alternative: 'both' as 'less' }
    expect(() => fisherExact(of(1, 2), of(1, 2), options)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'alternative' }),
    )
  })
})

describe("Boschloo's test", () => {
  it.each(BOSCHLOO)('of %d/%d against %d/%d is exact to 1e-12', (x, n, y, m, greater, less, twoSided) => {
    const [a, b] = [of(x, n), of(y, m)]
    expect(relativeError(boschlooExact(a, b, { alternative: 'greater' }).pValue, greater)).toBeLessThan(1e-12)
    expect(relativeError(boschlooExact(a, b, { alternative: 'less' }).pValue, less)).toBeLessThan(1e-12)
    expect(relativeError(boschlooExact(a, b).pValue, twoSided)).toBeLessThan(1e-12)
  })

  // the two published examples of SciPy (1.17, boschloo_exact)
  it.each([
    [74, 117, 31, 63, 'greater', 0.03556406430154675],
    [7, 15, 12, 15, 'less', 0.034109154661597446],
  ] as const)('of %d/%d against %d/%d, %s, is that of SciPy', (x, n, y, m, alternative, pValue) => {
    expect(boschlooExact(of(x, n), of(y, m), { alternative }).pValue).toBeCloseTo(pValue, 9)
  })

  it('says 1 for equal rates of 0, and refuses what is too large for it', () => {
    expect(boschlooExact(of(0, 10), of(0, 20))).toMatchObject({ method: 'boschloo-exact', pValue: 1 })
    expect(() => boschlooExact(of(1, 2_000), of(1, 2_001))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'trials' }),
    )
  })

  it('takes arms of a few hundred', () => {
    expect(boschlooExact(of(15, 300), of(30, 300)).pValue).toBeCloseTo(0.024663721, 9)
  })

  it('is never above Fisher, turns with the arms and with success and failure', () => {
    const table = fc
      .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }))
      .chain(([n, m]) =>
        fc.tuple(
          fc.constant(n),
          fc.constant(m),
          fc.integer({ min: 0, max: n }),
          fc.integer({ min: 0, max: m }),
        ),
      )
    fc.assert(
      fc.property(table, ([n, m, x, y]) => {
        const greater = boschlooExact(of(x, n), of(y, m), { alternative: 'greater' }).pValue
        expect(greater).toBeLessThanOrEqual(
          fisherExact(of(x, n), of(y, m), { alternative: 'greater' }) * (1 + 1e-11),
        )
        const swapped = boschlooExact(of(y, m), of(x, n), { alternative: 'less' }).pValue
        const failures = boschlooExact(of(n - x, n), of(m - y, m), { alternative: 'less' }).pValue
        expect(swapped).toBe(greater)
        expect(relativeError(failures, greater)).toBeLessThan(1e-11)
      }),
      { seed: 5, numRuns: 60 },
    )
  })

  it('is taken in a comparison when it is asked for, and the choice is named', () => {
    const [a, b] = [of(9, 12), of(3, 12)]
    expect(compareProportions(a, b, { confidence: 0.95, test: 'boschloo-exact' })).toMatchObject({
      method: 'boschloo-exact',
      pValue: boschlooExact(a, b).pValue,
      choice: { rule: 'asked-for', leastExpected: 6, threshold: 5 },
    })
    expect(compareProportions(a, b, { confidence: 0.95 })).toMatchObject({
      method: 'pooled-z',
      choice: { rule: 'cochran-1954', leastExpected: 6, threshold: 5 },
    })
    expect(compareProportions(a, b, { confidence: 0.95, test: 'fisher-exact' }).method).toBe('fisher-exact')
    expect(() => compareProportions(a, b, { confidence: 0.95, test: 'g' as 'pooled-z' })).toThrow(
      expect.objectContaining({ path: 'test' }),
    )
  })
})
