import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { relativeError } from '../relative-error.fixture.js'
import { adjustedPValues, type Correction } from './adjusted.js'
import { ADJUSTED } from './p-adjust.fixture.js'

const CORRECTIONS = ['bonferroni', 'holm', 'hochberg', 'benjamini-hochberg', 'benjamini-yekutieli'] as const

describe('corrected p-values', () => {
  it.each(ADJUSTED)('of $p are those of R', ({ p, adjusted }) => {
    for (const correction of CORRECTIONS) {
      adjustedPValues(p, correction).forEach((value, index) => {
        expect(relativeError(value, adjusted[correction][index] ?? Number.NaN)).toBeLessThan(1e-12)
      })
    }
  })

  it('are the given ones without a correction', () => {
    expect(adjustedPValues([0.2, 0.1], 'none')).toEqual([0.2, 0.1])
    expect(CORRECTIONS.map((correction) => adjustedPValues([], correction))).toEqual([[], [], [], [], []])
  })

  it.each([...CORRECTIONS])('by %s are refused where a p-value is none', (correction) => {
    expect(() => adjustedPValues([0.5, 1.1], correction)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'pValues[1]' }),
    )
    expect(() => adjustedPValues([0.5], 'sidak' as Correction)).toThrow(
      expect.objectContaining({ path: 'correction' }),
    )
  })

  it('keep their order, and the stronger correction gives the larger ones', () => {
    const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 15 })
    fc.assert(
      fc.property(pValues, (given) => {
        const [bonferroni, holm, hochberg, bh] = CORRECTIONS.map((each) => adjustedPValues(given, each))
        given.forEach((pValue, index) => {
          const ascending = [pValue, bh![index]!, hochberg![index]!, holm![index]!, bonferroni![index]!]
          ascending.slice(1).forEach((next, step) => {
            expect(next * (1 + 1e-12)).toBeGreaterThanOrEqual(ascending[step]!)
          })
        })
      }),
      { seed: 4, numRuns: 100 },
    )
  })
})
