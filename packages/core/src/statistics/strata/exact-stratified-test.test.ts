import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fisherExact } from '../proportions/fisher.js'
import { exactStratifiedTest } from './exact-stratified-test.js'
import {
  agrees,
  BERKELEY,
  RARE,
  SIMPSON,
  SMALL,
  type StratumRow,
  strataOf,
  TWO,
  turnedRound,
} from './strata.fixture.js'

const WAVES: readonly StratumRow[] = [
  [5, 50, 2, 50],
  [1, 40, 0, 60],
  [3, 60, 1, 30],
  [2, 20, 2, 80],
  [0, 10, 1, 10],
]
const FAR: readonly StratumRow[] = [
  [0, 60, 40, 60],
  [2, 50, 30, 50],
  [1, 20, 19, 20],
]
const FARTHER: readonly StratumRow[] = [
  [3, 600, 380, 600],
  [9, 400, 200, 300],
  [0, 90, 70, 120],
]

describe('the exact test within strata', () => {
  // whole-number arithmetic of Python; where the digits of R suffice, mantelhaen.test(x, exact = TRUE) of R 4 agrees
  it.each([
    [SMALL, 0.044536052183111005, 0.03705764823411882, 0.9939055062584474],
    [TWO, 0.03156886466378043, 0.01578443233189022, 0.990092042221512],
    [RARE, 0.511281924884484, 0.8867309092792142, 0.30030293431177824],
    [BERKELEY, 0.22776252679820602, 0.899007838762791, 0.1159936689602534],
    [WAVES, 0.11773426579788573, 0.0818378682979527, 0.9732215766518728],
    [FAR, 1.1562617487285251e-33, 1, 5.7813087436426255e-34],
    [FARTHER, 3.324567617368388e-253, 1, 3.298993908045364e-253],
  ] as const)('gives the p-values of other programs (%#)', (rows, both, greater, less) => {
    const strata = strataOf(rows)
    expect(agrees(exactStratifiedTest(strata), both)).toBe(true)
    expect(agrees(exactStratifiedTest(strata, { alternative: 'greater' }), greater)).toBe(true)
    expect(agrees(exactStratifiedTest(strata, { alternative: 'less' }), less)).toBe(true)
  })

  it('is that of Fisher for one stratum', () => {
    const count = fc.integer({ min: 1, max: 400 })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(count, count, share, share, (n, m, p, q) => {
        const [stratum] = strataOf([[Math.floor(n * p), n, Math.floor(m * q), m]])
        if (stratum === undefined) return
        for (const alternative of ['two-sided', 'greater', 'less'] as const) {
          const fisher = fisherExact(stratum.a, stratum.b, { alternative })
          expect(Math.abs(exactStratifiedTest([stratum], { alternative }) / fisher - 1)).toBeLessThan(1e-12)
        }
      }),
      { seed: 7, numRuns: 200 },
    )
  })

  it('is the same with the arms turned round, and whichever stratum comes first', () => {
    const strata = strataOf(WAVES)
    const pValue = exactStratifiedTest(strata)
    expect(exactStratifiedTest(turnedRound(strata))).toBeCloseTo(pValue, 13)
    expect(exactStratifiedTest([...strata].reverse())).toBeCloseTo(pValue, 13)
  })

  it('does not take a difference between strata for one between arms', () => {
    expect(exactStratifiedTest(strataOf(SIMPSON))).toBeGreaterThan(0.99)
  })

  it('finds nothing where everybody did alike', () => {
    expect(
      exactStratifiedTest(
        strataOf([
          [0, 5, 0, 9],
          [7, 7, 4, 4],
        ]),
      ),
    ).toBe(1)
  })

  it.each([
    [[[0, 0, 3, 9]], 'strata'],
    [
      [
        [5e7, 1e9, 5e7, 1e9],
        [5e7, 1e9, 5e7, 1e9],
      ],
      'strata',
    ],
    [[[5, 4, 3, 9]], 'strata[0].a.successes'],
  ] as const)('refuses %j', (rows, path) => {
    expect(() => exactStratifiedTest(strataOf(rows))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })

  it('refuses another alternative', () => {
    expect(() => exactStratifiedTest(strataOf(SMALL), { alternative: 'more' as never })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'alternative' }),
    )
  })
})
