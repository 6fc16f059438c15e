import { describe, expect, it } from 'vitest'
import { relativeError } from '../relative-error.fixture.js'
import { LIFTS } from './lift.fixture.js'
import { liftInterval, proportionLift } from './lift.js'

const of = (successes: number, trials: number) => ({ successes, trials })

describe('the lift of a proportion', () => {
  it.each(LIFTS)('of $x/$n over $y/$m has the ends of the delta method and of Fieller', (row) => {
    for (const method of ['delta', 'fieller'] as const) {
      const lift = proportionLift(of(row.x, row.n), of(row.y, row.m), { confidence: row.conf, method })
      const wanted = row[method]
      if (wanted === null) expect(lift).toBeNull()
      else {
        expect(lift).toMatchObject({ method, confidence: row.conf })
        const ends = [lift?.value, lift?.low, lift?.high]
        ends.forEach((end, index) => {
          expect(relativeError(end, wanted[index] ?? Number.NaN, 1)).toBeLessThan(1e-12)
        })
      }
    }
  })

  it('is that of Katz unless another method is named', () => {
    const [a, b] = [of(122, 2000), of(80, 2000)]
    expect(proportionLift(a, b, { confidence: 0.95 })).toEqual({
      ...liftInterval(a, b, 0.95),
      method: 'log-ratio',
    })
    expect(proportionLift(of(0, 10), b, { confidence: 0.95 })).toBeNull()
    expect(proportionLift(of(0, 10), b, { confidence: 0.95, method: 'delta' })?.value).toBe(-1)
    expect(proportionLift(a, of(0, 10), { confidence: 0.95, method: 'delta' })).toBeNull()
  })

  it('refuses a method that it does not know', () => {
    expect(() => proportionLift(of(1, 2), of(1, 2), { confidence: 0.9, method: 'x' as 'delta' })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'method' }),
    )
  })
})
