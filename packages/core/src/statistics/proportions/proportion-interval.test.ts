import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { relativeError } from '../relative-error.fixture.js'
import { clopperPearsonInterval, jeffreysInterval, proportionInterval } from './proportion-interval.js'
import { INTERVALS } from './single.fixture.js'
import { wilsonInterval } from './wilson.js'

describe('the interval of a proportion', () => {
  it.each(INTERVALS)('of $x in $n at $conf is that of Clopper and Pearson, and of Jeffreys', (row) => {
    for (const [interval, [low, high]] of [
      [clopperPearsonInterval(row.x, row.n, row.conf), row.cp],
      [jeffreysInterval(row.x, row.n, row.conf), row.j],
    ] as const) {
      expect(relativeError(interval.low, low)).toBeLessThan(1e-12)
      expect(relativeError(interval.high, high)).toBeLessThan(1e-12)
      expect(interval).toMatchObject({ value: row.x / row.n, confidence: row.conf })
    }
  })

  it('names its method, and is that of Wilson by default', () => {
    const proportion = { successes: 3, trials: 20 }
    expect(proportionInterval(proportion, { confidence: 0.95 })).toEqual({
      ...wilsonInterval(3, 20, 0.95),
      method: 'wilson',
    })
    expect(proportionInterval(proportion, { confidence: 0.95, method: 'jeffreys' })).toEqual({
      ...jeffreysInterval(3, 20, 0.95),
      method: 'jeffreys',
    })
    expect(() => proportionInterval(proportion, { confidence: 0.95, method: 'wald' as 'wilson' })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'method' }),
    )
  })

  it.each([
    [1, 0, 0.95, 'trials'],
    [3, 2, 0.95, 'successes'],
    [1, 2, 1, 'confidence'],
  ])('of %d in %d at %d is refused with path %4$s', (successes, trials, confidence, path) => {
    for (const interval of [clopperPearsonInterval, jeffreysInterval]) {
      expect(() => interval(successes, trials, confidence)).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', path }),
      )
    }
  })

  it('holds the rate, mirrors with success and failure, and that of Jeffreys lies within the exact one', () => {
    const counts = fc
      .integer({ min: 1, max: 300 })
      .chain((trials) => fc.tuple(fc.integer({ min: 0, max: trials }), fc.constant(trials)))
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const exact = clopperPearsonInterval(successes, trials, 0.9)
        const mirror = clopperPearsonInterval(trials - successes, trials, 0.9)
        const jeffreys = jeffreysInterval(successes, trials, 0.9)
        expect(exact.low).toBeLessThanOrEqual(exact.value)
        expect(exact.high).toBeGreaterThanOrEqual(exact.value)
        expect(mirror.low).toBeCloseTo(1 - exact.high, 12)
        expect(jeffreys.low).toBeGreaterThanOrEqual(exact.low)
        expect(jeffreys.high).toBeLessThanOrEqual(exact.high)
      }),
      { seed: 3, numRuns: 100 },
    )
  })
})
