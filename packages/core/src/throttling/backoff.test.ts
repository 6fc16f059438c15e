import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../base/time.js'
import { backoffMs } from './backoff.js'

const ALMOST_ONE = 1 - 2 ** -53

describe('backoffMs', () => {
  it('doubles the most that it waits with each try, up to the cap', () => {
    const most = [1, 2, 3, 8, 9, 5_000].map((tries) => backoffMs({ tries, random: ALMOST_ONE }))
    expect(most).toEqual([30_000, 60_000, 120_000, HOUR_MS, HOUR_MS, HOUR_MS])
  })

  it('draws from the whole span, ends included', () => {
    const drawn = [0, 0.24, 0.25, 0.5, 0.75, ALMOST_ONE].map((random) =>
      backoffMs({ tries: 1, random, baseMs: 3 }),
    )
    expect(drawn).toEqual([0, 0, 1, 2, 3, 3])
  })

  it('takes random bytes as well', () => {
    expect(backoffMs({ tries: 1, random: Uint8Array.of(128, 0, 0, 0, 0, 0, 0, 9) })).toBe(15_000)
  })

  it('keeps to base and cap when they are given', () => {
    expect(backoffMs({ tries: 3, random: ALMOST_ONE, baseMs: 10, capMs: 25 })).toBe(25)
    expect(backoffMs({ tries: 3, random: ALMOST_ONE, baseMs: 10, capMs: 2_500 })).toBe(40)
    expect(backoffMs({ tries: 3, random: ALMOST_ONE, baseMs: 0 })).toBe(0)
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %s tries', (tries) => {
    expect(() => backoffMs({ tries, random: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'tries' }),
    )
  })

  it.each([-0.1, 1, Number.NaN])('refuses %s as chance', (random) => {
    expect(() => backoffMs({ tries: 1, random })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'random' }),
    )
  })
})
