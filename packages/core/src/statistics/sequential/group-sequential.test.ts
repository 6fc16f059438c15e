import { describe, expect, it } from 'vitest'
import { normalUpperQuantile } from '../special/normal-quantile.js'
import { type GroupSequentialOptions, groupSequentialBounds } from './group-sequential.js'

const refused = (path: string) => expect.objectContaining({ code: 'INVALID_INPUT', path })
const FIFTHS = [0.2, 0.4, 0.6, 0.8, 1]

describe('bounds of planned looks', () => {
  // a program of its own in Python: the density of the Brownian motion itself on one grid of 1,201
  // Gauss-Legendre nodes a look, bounds by Brent's method
  it.each<[string, GroupSequentialOptions, number[]]>([
    [
      'O’Brien and Fleming',
      { alpha: 0.05, fractions: FIFTHS },
      [4.87688494879, 3.35701192157, 2.68028006454, 2.28981676771, 2.03103204331],
    ],
    [
      'Pocock',
      { alpha: 0.05, fractions: FIFTHS, spending: 'pocock' },
      [2.43797668805, 2.42681385815, 2.41019384027, 2.39664540065, 2.38598457162],
    ],
    [
      'one side',
      { alpha: 0.025, fractions: FIFTHS, sides: 1 },
      [4.87688494879, 3.35701192157, 2.68028006454, 2.28981676771, 2.03103204349],
    ],
    [
      'uneven looks',
      { alpha: 0.01, fractions: [0.1, 0.35, 0.36, 0.9, 1] },
      [8.79915895437, 4.60246403039, 4.58128347305, 2.73844052375, 2.64226514495],
    ],
    [
      'an end before the plan’s',
      { alpha: 0.1, fractions: [0.3, 0.7, 0.95], spending: 'pocock', sides: 1 },
      [1.73271102264, 1.60955983228, 1.64738363757],
    ],
  ])('%s', (_name, options, expected) => {
    const looks = groupSequentialBounds(options)
    looks.forEach(({ z }, index) => {
      expect(Math.abs(z - (expected[index] ?? 0))).toBeLessThan(2e-11)
    })
  })

  it('a single look is the plain test', () => {
    const [look] = groupSequentialBounds({ alpha: 0.05, fractions: [1] })
    expect(look?.z).toBeCloseTo(normalUpperQuantile(0.025), 13)
    expect(look?.nominalPValue).toBeCloseTo(0.05, 13)
    expect(look?.cumulativeAlpha).toBeCloseTo(0.05, 14)
  })

  it('spend no more than may be spent, and all of it at the end', () => {
    const fractions = Array.from({ length: 50 }, (_, look) => (look + 1) / 50)
    const looks = groupSequentialBounds({ alpha: 0.05, fractions })
    expect(looks).toHaveLength(50)
    looks.slice(1).forEach(({ z, cumulativeAlpha }, index) => {
      expect(z).toBeLessThan(looks[index]?.z ?? 0)
      expect(cumulativeAlpha).toBeGreaterThan(looks[index]?.cumulativeAlpha ?? 1)
    })
    expect(looks.at(-1)?.cumulativeAlpha).toBeCloseTo(0.05, 13)
  }, 30_000)

  it('leave to the next look what is too little to be spent', () => {
    const looks = groupSequentialBounds({ alpha: 0.001, fractions: [0.01, 0.02, 0.5, 1] })
    expect(looks[0]).toMatchObject({ z: Number.POSITIVE_INFINITY, nominalPValue: 0, cumulativeAlpha: 0 })
    expect(looks.at(-1)?.cumulativeAlpha).toBeCloseTo(0.001, 15)
  })

  it.each<[Partial<GroupSequentialOptions>, string]>([
    [{ alpha: 0 }, 'alpha'],
    [{ alpha: 0.6 }, 'alpha'],
    [{ fractions: [] }, 'fractions'],
    [{ fractions: Array.from({ length: 51 }, (_, look) => (look + 1) / 51) }, 'fractions'],
    [{ fractions: [0.005, 1] }, 'fractions[0]'],
    [{ fractions: [0.5, 0.5] }, 'fractions[1]'],
    [{ fractions: [0.5, 1.1] }, 'fractions[1]'],
    [{ spending: 'haybittle' as 'pocock' }, 'spending'],
    [{ sides: 3 as 2 }, 'sides'],
  ])('refuse %j', (options, path) => {
    expect(() => groupSequentialBounds({ alpha: 0.05, fractions: [0.5, 1], ...options })).toThrow(
      refused(path),
    )
  })
})
