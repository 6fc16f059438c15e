import { describe, expect, it } from 'vitest'
import { countText, percentText, rate } from './metrics.js'

describe('a rate', () => {
  it('keeps what it was made of, and has no value without a base', () => {
    expect(rate(1, 4)).toEqual({ numerator: 1, denominator: 4, value: 0.25 })
    expect(rate(0, 0)).toEqual({ numerator: 0, denominator: 0, value: null })
  })
})

describe('the text of a fraction', () => {
  it.each([
    [0, '0%'],
    [-0, '0%'],
    [1, '100%'],
    [-1, '-100%'],
    [0.061, '6.1%'],
    [0.04, '4.0%'],
    [-0.125, '-12.5%'],
    [0.0042, '0.42%'],
    [0.00996, '1.0%'],
    [0.000_012_3, '0.0012%'],
    [0.5, '50.0%'],
    [12.5, '1,250.0%'],
  ])('%d is %s', (fraction, text) => {
    expect(percentText(fraction)).toBe(text)
  })
})

describe('the text of a count', () => {
  it('sets thousands apart', () => {
    expect(countText(1_234_567)).toBe('1,234,567')
  })
})
