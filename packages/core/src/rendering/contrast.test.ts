import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Rgb } from '../ports/html-reader.js'
import { contrastRatio } from './contrast.js'

const channel = fc.integer({ min: 0, max: 255 })
const rgb: fc.Arbitrary<Rgb> = fc.tuple(channel, channel, channel)

describe('the contrast of two colours', () => {
  // worked out from the definitions of WCAG 2.2 in Python
  it.each<[Rgb, Rgb, number]>([
    [[0, 0, 0], [255, 255, 255], 21],
    [[119, 119, 119], [255, 255, 255], 4.478089453577214],
    [[118, 118, 118], [255, 255, 255], 4.542224959605253],
    [[255, 0, 0], [255, 255, 255], 3.9984767707539985],
    [[0, 0, 238], [255, 255, 255], 9.397615840239814],
    [[10, 20, 30], [200, 180, 160], 9.270868408913026],
  ])('of %j and %j is %d', (one, other, ratio) => {
    expect(contrastRatio(one, other)).toBeCloseTo(ratio, 9)
  })

  it('is the same both ways, 1 for a colour with itself, and 1 to 21', () => {
    fc.assert(
      fc.property(rgb, rgb, (one, other) => {
        const ratio = contrastRatio(one, other)
        expect(contrastRatio(other, one)).toBe(ratio)
        expect(contrastRatio(one, one)).toBe(1)
        expect(ratio).toBeGreaterThanOrEqual(1)
        expect(ratio).toBeLessThanOrEqual(21)
      }),
      { seed: 7 },
    )
  })
})
