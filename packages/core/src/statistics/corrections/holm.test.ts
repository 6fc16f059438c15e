import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holmAdjusted } from './holm.js'

describe("Holm's correction", () => {
  it('multiplies the smallest by their number, and never lets a later one fall below an earlier one', () => {
    const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005])
    expect(adjusted.map((p) => Number(p.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02])
  })

  it('leaves a single one alone, stops at 1, and has nothing to say of none', () => {
    expect(holmAdjusted([0.04])).toEqual([0.04])
    expect(holmAdjusted([0.9, 0.8])).toEqual([1, 1])
    expect(holmAdjusted([])).toEqual([])
  })

  it('never lowers a value and keeps their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (pValues) => {
        const adjusted = holmAdjusted(pValues)
        adjusted.forEach((p, i) => {
          expect(p).toBeGreaterThanOrEqual(pValues[i] ?? 1)
          expect(p).toBeLessThanOrEqual(1)
          pValues.forEach((other, j) => {
            if (other < (pValues[i] ?? 0)) expect(adjusted[j]).toBeLessThanOrEqual(p)
          })
        })
      }),
      { seed: 11, numRuns: 100 },
    )
  })

  it.each([[-0.1], [1.1], [Number.NaN]])('refuses %d', (pValue) => {
    expect(() => holmAdjusted([0.5, pValue])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'pValues[1]' }),
    )
  })
})
