import { describe, expect, it } from 'vitest'
import { expectAgreement, expectLogarithms } from './agreement.fixture.js'
import { chiSquare } from './chi-square.js'

// Computed from the exact doubles to more than 40 digits: the positive series of the incomplete gamma function in exact rational arithmetic, log-gamma by Arb.
const TAILS: readonly (readonly [df: number, x: number, lower: number, upper: number, logDensity: number])[] =
  [
    [0.1, 10.6539, 0.9999559261717148, 4.40738282851917e-5, -10.578116281269201],
    [0.1, 1e-200, 9.922260878502095e-11, 0.9999999999007774, 434.48763110878895],
    [0.1, 0.001, 0.702425553374778, 0.29757444662522203, 3.558330954953302],
    [1, 0.159287, 0.31018619154577537, 0.6898138084542246, -0.08005819699120845],
    [1, 1.94929, 0.8373366194666205, 0.1626633805333795, -2.227316135059733],
    [1, 18.8933, 0.9999861762671312, 1.382373286889804e-5, -11.834992214135703],
    [1, 1063.04, 1, 3.5649599343314315e-233, -535.9233825366971],
    [1, 1e-200, 7.978845608028654e-101, 1, 229.3395707661999],
    [1, 0.001, 0.025227120630039613, 0.9747728793699604, 2.5344391062863956],
    [2, 0.342936, 0.1575727747400856, 0.8424272252599144, -0.8646151805599454],
    [2, 1.40466, 0.5045703930567496, 0.49542960694325044, -1.3954771805599453],
    [2, 13.4787, 0.9988165838728442, 0.0011834161271557246, -7.432497180559945],
    [3, 0.166697, 0.01722247247119974, 0.9827775275288002, -1.8980757760986955],
    [3, 3.0687, 0.6188462024665506, 0.3811537975334494, -1.8926615236302056],
    [3, 9.53457, 0.977033576667188, 0.02296642333281196, -4.558761462692438],
    [3, 145.592, 1, 2.3526673603460493e-31, -71.22453443860563],
    [10, 0.555213, 1.09102567382447e-5, 0.9999890897432617, -9.275010053459985],
    [10, 5.69118, 0.15949262108868967, 0.8405073789113103, -2.533709301113586],
    [10, 9.34804, 0.5005776484314308, 0.4994223515685692, -2.377142950517212],
    [10, 20.7716, 0.9772562721038621, 0.022743727896137867, -4.895243056727833],
    [10, 124.778, 1, 5.4113771544491e-22, -49.72664509976952],
    [41.5, 1.57506, 1.3984742222980284e-22, 1, -47.78005578446955],
    [41.5, 39.0607, 0.4209126673496634, 0.5790873326503366, -3.1091120614843977],
    [41.5, 42.6662, 0.5792274306683817, 0.4207725693316183, -3.168130784162832],
    [100, 23.9083, 2.0723917466233417e-16, 0.9999999999999998, -35.64019470410973],
    [100, 99.3348, 0.5000189958177343, 0.49998100418226565, -3.5642007957229707],
    [100, 147.842, 0.9986617807220496, 0.001338219277950379, -8.333040313262664],
    [100, 1403.22, 1, 1.0014486349520901e-228, -525.7533841163926],
    [2500, 720.374, 1.4562716058816577e-291, 1, -669.4646878892005],
    [2500, 2293.18, 0.0013491486194714005, 0.9986508513805286, -9.620289686017248],
    [2500, 2499.33, 0.4999810123544142, 0.5000189876455858, -5.177378657681578],
    [2500, 2717.48, 0.9986504439520133, 0.0013495560479866576, -9.733205536012102],
    [2500, 6006.14, 1, 2.375685767850073e-288, -663.5096590447429],
    [1e6, 971980.903, 2.745447219468544e-89, 1, -208.15726547065734],
    [1e6, 999292.394, 0.3085376672317275, 0.6914623327682725, -8.2977953572852],
    [1e6, 1000706.61, 0.6914633281765445, 0.3085366718234555, -8.29873958231477],
    [1e6, 1028551.1, 1, 2.745452661485119e-89, -208.1949774324118],
    [1e8, 99971717.7, 0.022750021978066977, 0.977249978021933, -12.475667992118137],
    [1e8, 100_028_286, 0.9772488328554477, 0.022751167144552307, -12.476002694360643],
  ]

// Where one tail underflows: its logarithm, computed alike.
const LOGARITHMS: readonly (readonly [
  df: number,
  x: number,
  logLower: number,
  logUpper: number,
  logDensity: number,
])[] = [
  [2, 4282.29, 0, -2141.145, -2141.83814718056],
  [10, 2553.64, 0, -1251.3864070321117, -1252.0826894479749],
  [41.5, 1983.37, 0, -896.983661106707, -897.696904010935],
]

describe('the chi-square distribution', () => {
  it.each(TAILS)('with %d has the tails and the density at %d', (df, x, lower, upper, logDensity) => {
    expectAgreement(chiSquare(df), { x, lower, upper, logDensity })
  })

  it.each(LOGARITHMS)('with %d has finite logarithms at %d', (df, x, logLower, logUpper, logDensity) => {
    expectLogarithms(chiSquare(df), { x, logLower, logUpper, logDensity })
  })

  it('ends at 0 and at infinity', () => {
    const distribution = chiSquare(3)
    expect([distribution.lowerTail(0), distribution.upperTail(-1), distribution.density(-1)]).toEqual([
      0, 1, 0,
    ])
    expect(distribution.logLowerTail(0)).toBe(Number.NEGATIVE_INFINITY)
    expect(distribution.upperTail(Number.POSITIVE_INFINITY)).toBe(0)
    expect(distribution.density(Number.POSITIVE_INFINITY)).toBe(0)
    expect([distribution.lowerQuantile(0), distribution.upperQuantile(1)]).toEqual([0, 0])
    expect([distribution.lowerQuantile(1), distribution.upperQuantile(0)]).toEqual([Infinity, Infinity])
    expect(distribution.upperTail(Number.NaN)).toBeNaN()
  })

  it('has a density at 0 that depends on the degrees of freedom', () => {
    expect([1, 2, 3].map((df) => chiSquare(df).density(0))).toEqual([Number.POSITIVE_INFINITY, 0.5, 0])
  })

  it.each([
    [() => chiSquare(0), 'degreesOfFreedom'],
    [() => chiSquare(Number.NaN), 'degreesOfFreedom'],
  ])('refuses %s', (build, path) => {
    expect(build).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }))
  })
})
