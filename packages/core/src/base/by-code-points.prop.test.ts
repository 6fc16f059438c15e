import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byCodePoints } from './by-code-points.js'

const text = fc.string({ unit: 'binary', maxLength: 6 })

describe('the order of texts', () => {
  it('is that of their bytes in UTF-8', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(Math.sign(byCodePoints(left, right))).toBe(
          Buffer.compare(Buffer.from(left), Buffer.from(right)),
        )
      }),
      { seed: 7, numRuns: 2_000 },
    )
  })

  it('puts what lies beyond the basic plane last', () => {
    expect(['\u{1f355}', '！', 'a', ''].sort(byCodePoints)).toEqual(['', 'a', '！', '\u{1f355}'])
  })
})
