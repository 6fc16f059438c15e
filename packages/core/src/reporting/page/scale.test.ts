import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { axisFor, bar, cssShare, intervalBar } from './scale.js'

describe('the scale of a drawing', () => {
  it.each([
    [0.5, '50%'],
    [1 / 3, '33.333%'],
    [-1, '0%'],
    [2, '100%'],
    [Number.NaN, '0%'],
  ])('%d is a length of %s', (share, length) => {
    expect(cssShare(share)).toBe(length)
  })

  it('draws nothing for nothing', () => {
    expect(bar(0.25, 'good').toString()).toContain('<i class="good" style="width:25%"></i>')
    expect(bar(0, 'good').toString()).toBe('<span class="bar" aria-hidden="true"></span>')
  })

  it('ends with round numbers that hold every value', () => {
    expect(axisFor([0, 0.0718])).toEqual({ from: 0, to: 0.08 })
    expect(axisFor([0])).toEqual({ from: 0, to: 0 })
    expect(axisFor([-0.0345, 0.0556])).toEqual({ from: -0.05, to: 0.1 })
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
        (values) => {
          const { from, to } = axisFor(values)
          expect(from).toBeLessThanOrEqual(Math.min(...values) + 1e-12)
          expect(to).toBeGreaterThanOrEqual(Math.max(...values) - 1e-12)
        },
      ),
      { seed: 2, numRuns: 200 },
    )
  })

  it('draws an interval where it belongs, with or without a mark', () => {
    const drawn = intervalBar({ value: 0.5, low: 0.25, high: 0.75 }, { from: 0, to: 1 }, 'main', 0).toString()
    expect(drawn).toContain('<b style="left:0%"></b>')
    expect(drawn).toContain('style="left:25%;width:50%"')
    expect(intervalBar({ value: 0, low: 0, high: 0 }, { from: 0, to: 0 }, 'muted').toString()).not.toContain(
      '<b',
    )
  })
})
