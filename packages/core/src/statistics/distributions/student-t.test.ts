import { describe, expect, it } from 'vitest'
import { expectAgreement, expectLogarithms } from './agreement.fixture.js'
import { studentT } from './student-t.js'

// Computed from the exact doubles to more than 40 digits: the positive series of the incomplete beta function in exact rational arithmetic, log-gamma by Arb.
const TAILS: readonly (readonly [df: number, x: number, lower: number, upper: number, logDensity: number])[] =
  [
    [0.1, 1e-9, 0.5000000001480921, 0.49999999985190785, -1.9099207413682822],
    [0.1, 0.5, 0.5567398866770065, 0.44326011332299353, -2.5989403740407346],
    [0.1, 10, 0.6684717118625109, 0.33152828813748914, -5.709735869991653],
    [0.1, -1e50, 4.173803137173215e-6, 0.9999958261968628, -129.81852265718751],
    [0.5, 0.2, 0.552899617732756, 0.447100382267244, -1.3682537067636058],
    [0.5, -3, 0.18365407799297173, 0.8163459220070283, -3.5188621602863397],
    [0.5, 1e100, 1, 3.207009754142229e-51, -347.2181572604383],
    [1, 1e-6, 0.5000003183098862, 0.49999968169011383, -1.1447298858504003],
    [1, 1, 0.75, 0.25, -1.8378770664093456],
    [1, -63.66, 0.0049997440856787, 0.9950002559143213, -9.452089454555606],
    [1, 1e120, 1, 3.183098861837907e-121, -553.7651522044204],
    [2.5, 0.3, 0.6063288142524014, 0.39367118574759863, -1.0785320951757098],
    [2.5, -2, 0.078695747878983, 0.921304252121017, -2.6887846222584635],
    [2.5, 80, 0.9999874384228615, 1.2561577138447343e-5, -14.750907494309619],
    [2.5, 1e80, 1, 7.193397190831722e-201, -644.1369568510135],
    [3, 0.7, 0.7328365008476182, 0.2671634991523818, -1.303467744715962],
    [3, 3.182, 0.9749914317283431, 0.025008568271656883, -3.9527207843915035],
    [3, -1e6, 1.1026577908396146e-18, 1, -54.065706504150384],
    [9, 0.001, 0.5003880348370133, 0.4996119651629866, -0.946660527642831],
    [9, 2.262, 0.9749935772487727, 0.025006422751227313, -3.1973097192142315],
    [9, 2.5, 0.9830690861585071, 0.01693091384149287, -3.5834346006733124],
    [9, -30, 1.2418523520791312e-10, 0.9999999998758148, -24.022262556293605],
    [9, 1e30, 1, 2.5458970371070175e-267, -680.7360649836199],
    [30, 0.5, 0.6896384975574363, 0.31036150244256366, -1.0559017690066197],
    [30, 2.042, 0.9749856646719011, 0.02501433532809895, -2.944498881246912],
    [30, -8, 3.1329112378503795e-9, 0.9999999968670887, -18.629780034800497],
    [30, 1e9, 1, 1.0364534652562063e-249, -590.6299518549541],
    [100, 1.984, 0.9750016131019164, 0.024998386898083678, -2.8711224007351435],
    [100, -9, 7.680385257375208e-15, 0.9999999999999923, -30.88444417806859],
    [100, 2000, 1, 3.135358763478416e-232, -536.0527549971138],
    [1000, 0.01, 0.5039883590339064, 0.4960116409660936, -0.9192385831605037],
    [1000, 1.962, 0.9749802378137714, 0.02501976218622864, -2.842136484931476],
    [1000, 12, 1, 2.1620286933872636e-31, -68.2519004584449],
    [12345.6, 0.3, 0.6179088967454294, 0.38209110325457063, -0.9639622643190409],
    [12345.6, -2, 0.022761065609406425, 0.9772389343905936, -2.91879682602667],
    [12345.6, 20, 1, 6.672200498923496e-88, -197.76320841693087],
    [12345.6, 38, 1, 3.2122946591793245e-299, -683.7782948628701],
    [1e6, 0.0001, 0.5000398942180001, 0.4999601057819999, -0.9189387882046778],
    [1e6, 1, 0.841344625083211, 0.15865537491678908, -1.4189390332045895],
    [1e6, -5, 2.866998935445371e-7, 0.9999997133001065, -13.418795035652543],
    [1e6, 37, 1, 9.149865430901131e-300, -684.9515097475802],
    [1e8, 1.96, 0.975002103465336, 0.024997896534664055, -2.839738518017947],
    [1e8, -20, 2.7547312883288967e-89, 1, -200.91854053676732],
    [1e8, 36.9, 1, 2.321274213353885e-298, -681.719310431301],
    [1e10, 0.02, 0.5079783137167024, 0.4920216862832975, -0.9191385332296927],
    [1e10, -1.5, 0.06680720128464303, 0.933192798715357, -2.04393853321561],
    [1e10, 8, 0.9999999999999993, 6.220961231067057e-16, -32.91893843402967],
    [1e10, 37, 1, 5.7258398866334474e-300, -685.4188917476589],
  ]

// Where one tail underflows: its logarithm, computed alike.
const LOGARITHMS: readonly (readonly [
  df: number,
  x: number,
  logLower: number,
  logUpper: number,
  logDensity: number,
])[] = [[1000, -55, -700.4930443458721, -6.021937294759627e-305, -697.8779064238616]]

describe('the t distribution', () => {
  it.each(TAILS)('with %d has the tails and the density at %d', (df, x, lower, upper, logDensity) => {
    expectAgreement(studentT(df), { x, lower, upper, logDensity })
  })

  it.each(LOGARITHMS)('with %d has finite logarithms at %d', (df, x, logLower, logUpper, logDensity) => {
    expectLogarithms(studentT(df), { x, logLower, logUpper, logDensity })
  })

  it('is symmetric, with its middle at 0', () => {
    const distribution = studentT(4.5)
    expect([distribution.lowerTail(0), distribution.upperTail(0), distribution.upperQuantile(0.5)]).toEqual([
      0.5, 0.5, 0,
    ])
    expect(distribution.lowerTail(-3)).toBe(distribution.upperTail(3))
    expect(distribution.lowerQuantile(0.01)).toBe(-distribution.upperQuantile(0.01))
  })

  it('ends at infinity on either side', () => {
    const distribution = studentT(0.1)
    expect(distribution.upperTail(Number.POSITIVE_INFINITY)).toBe(0)
    expect(distribution.lowerTail(Number.NEGATIVE_INFINITY)).toBe(0)
    expect([distribution.lowerQuantile(0), distribution.upperQuantile(0)]).toEqual([-Infinity, Infinity])
    expect(distribution.upperTail(Number.NaN)).toBeNaN()
  })

  it('has quantiles as far as doubles go, and says infinity beyond', () => {
    expect(Math.abs((studentT(1).upperQuantile(1e-300) * Math.PI) / 1e300 - 1)).toBeLessThan(1e-12)
    expect(studentT(0.1).upperQuantile(1e-40)).toBe(Number.POSITIVE_INFINITY)
  })

  it.each([
    [() => studentT(0), 'degreesOfFreedom'],
    [() => studentT(-1), 'degreesOfFreedom'],
    [() => studentT(Number.NaN), 'degreesOfFreedom'],
    [() => studentT(Number.POSITIVE_INFINITY), 'degreesOfFreedom'],
  ])('refuses %s', (build, path) => {
    expect(build).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }))
  })
})
