import { describe, expect, it } from 'vitest'
import { linearMinusLog } from './linear-minus-log.js'
import { logBeta } from './log-beta.js'
import { logGamma, logGammaRise } from './log-gamma.js'

// All computed with mpmath at 60 digits from the exact doubles.
const LOG_GAMMA: readonly (readonly [x: number, log: number])[] = [
  [1e-300, 690.7755278982137],
  [1e-10, 23.025850929882736],
  [0.1, 2.252712651734206],
  [0.499, 0.5743309231606863],
  [0.5, 0.5723649429247001],
  [0.75, 0.20328095143129538],
  [0.999999, 5.772164873855652e-7],
  [1, 0],
  [1.000001, -5.772148423874147e-7],
  [1.25, -0.09827183642181316],
  [1.4616321449683622, -0.12148629053584961],
  [1.5, -0.12078223763524522],
  [1.9999999, -4.2278430309861296e-8],
  [2.0000001, 4.227843666532498e-8],
  [2.4, 0.21685932244884157],
  [2.6, 0.35741186354897986],
  [3, Math.LN2],
  [7.5, 7.534364236758733],
  [9.999, 12.799575780077413],
  [10, 12.801827480081469],
  [10.5, 13.940625219403763],
  [100.25, 360.28455963776423],
  [1000000, 12815504.569147611],
  [1000000000000000, 3.3538776394910668e16],
  [1e300, 6.897755278982137e302],
]

const LOG_BETA: readonly (readonly [a: number, b: number, log: number])[] = [
  [1e-8, 1e-8, 19.11382792451231],
  [0.001, 5, 6.905672657062075],
  [0.5, 0.5, 1.1447298858494002],
  [1, 7, -1.9459101490553132],
  [2, 3, -2.4849066497880004],
  [0.1, 10000000, 0.6409030911383738],
  [9.5, 10.5, -13.709925546998463],
  [40, 1e-5, 11.512882929620819],
  [120.5, 80, -135.87350541252815],
  [1000000, 3, -40.75338749333038],
  [10000000, 10000000, -13862950.404734597],
  [5000000000, 0.5, -10.593986931740556],
  [10000000000, 10000000000, -13862943621.44632],
]

const RISES: readonly (readonly [x: number, step: number, rise: number])[] = [
  [0.001, 0.001, -0.6937219316244937],
  [0.2, 0.7, -1.4576875826960414],
  [2.2, 1e-9, 5.442934370276116e-10],
  [3, 0.5, 0.5078264217871289],
  [9.9, 1e-5, 2.2411808480214016e-5],
  [10, 1, Math.LN10],
  [77.5, 1e-12, 4.3438124492507125e-12],
  [10000000, 0.25, 4.02952390336458],
]

const GAPS: readonly (readonly [u: number, gap: number])[] = [
  [-0.999, 5.908755278982136],
  [-0.6, 0.316290731874155],
  [-0.5, 0.19314718055994531],
  [-0.1, 0.005360515657826302],
  [-1e-9, 5.000000003333334e-19],
  [1e-200, 0],
  [1e-9, 4.999999996666667e-19],
  [0.3, 0.03763573553250894],
  [0.99, 0.301865361263599],
  [1, 0.3068528194400547],
  [3.9, 2.310764794883419],
  [20, 16.955477562276577],
  [1000000, 999986.184488442],
]

const errorOf = (got: number, want: number) => (got === want ? 0 : Math.abs(got / want - 1))

describe('the logarithm of the gamma function', () => {
  it.each(LOG_GAMMA)('at %d keeps its digits, near its zeros as well', (x, log) => {
    expect(errorOf(logGamma(x), log)).toBeLessThan(1e-14)
  })

  it.each([0, -1.5, Number.NaN])('is not a number for %d', (x) => {
    expect(logGamma(x)).toBeNaN()
  })

  it.each(RISES)('from %d rises over %d without a difference of large numbers', (x, step, rise) => {
    expect(errorOf(logGammaRise(x, step), rise)).toBeLessThan(2e-15)
  })
})

describe('the logarithm of the beta function', () => {
  it.each(LOG_BETA)('of %d and %d keeps its digits, either way round', (a, b, log) => {
    expect(errorOf(logBeta(a, b), log)).toBeLessThan(1e-14)
    expect(errorOf(logBeta(b, a), log)).toBeLessThan(1e-14)
  })

  it('is not a number for a parameter that is not above 0', () => {
    expect([logBeta(0, 1), logBeta(1, -1), logBeta(Number.NaN, 1)]).toEqual([NaN, NaN, NaN])
  })
})

describe('u - ln(1 + u)', () => {
  it.each(GAPS)('at %d does not cancel', (u, gap) => {
    expect(errorOf(linearMinusLog(u), gap)).toBeLessThan(2e-15)
  })
})
