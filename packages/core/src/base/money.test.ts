import { describe, expect, it } from 'vitest'
import { minorDigitsOf } from './money.js'

describe('digits behind the decimal mark', () => {
  it.each([
    ['EUR', 2],
    ['HUF', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['KWD', 3],
    ['CLF', 4],
    ['ZZZ', 2],
  ])('of %s are %i', (currency, digits) => {
    expect(minorDigitsOf(currency)).toBe(digits)
  })
})
