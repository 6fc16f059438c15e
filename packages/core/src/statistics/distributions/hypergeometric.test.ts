import { describe, expect, it } from 'vitest'
import { expectAgreement, expectLogarithms } from './agreement.fixture.js'
import { hypergeometric } from './hypergeometric.js'

// Computed from the exact doubles to more than 40 digits: exact sums of whole-number ratios.
const TAILS: readonly (readonly [
  population: number,
  successes: number,
  draws: number,
  count: number,
  lower: number,
  upper: number,
  logDensity: number,
])[] = [
  [8, 4, 4, 0, 0.014285714285714285, 0.9857142857142858, -4.248495242049359],
  [8, 4, 4, 1, 0.24285714285714285, 0.7571428571428571, -1.4759065198095778],
  [8, 4, 4, 2, 0.7571428571428571, 0.24285714285714285, -0.664976303593249],
  [8, 4, 4, 3, 0.9857142857142858, 0.014285714285714285, -1.4759065198095778],
  [50, 7, 20, 0, 0.020381561084613812, 0.9796184389153861, -3.893124655268607],
  [50, 7, 20, 2, 0.4103487631702248, 0.5896512368297753, -1.3053606200408991],
  [50, 7, 20, 3, 0.7231273351994906, 0.27687266480050937, -1.1622597764002258],
  [50, 7, 20, 6, 0.9992239028316734, 0.0007760971683265855, -4.453182627602126],
  [1000, 100, 500, 10, 4.518608518067226e-19, 1, -42.336031485658275],
  [1000, 100, 500, 40, 0.022380751372507883, 0.9776192486274922, -4.693496882946723],
  [1000, 100, 500, 49, 0.4580539539535935, 0.5419460460464065, -2.500246307944973],
  [1000, 100, 500, 50, 0.5419460460464065, 0.4580539539535935, -2.4782239239104804],
  [1000, 100, 500, 65, 0.9994987601135829, 0.0005012398864171598, -7.50098955791135],
  [1000, 100, 500, 95, 1, 3.0515551929006125e-26, -55.627749368850985],
  [5000, 4000, 300, 150, 2.133756185014763e-33, 1, -75.47380144460614],
  [5000, 4000, 300, 239, 0.4651515802979176, 0.5348484197020824, -2.8418604663192073],
  [5000, 4000, 300, 240, 0.5244563678214886, 0.47554363217851137, -2.8250652422816005],
  [5000, 4000, 300, 270, 0.9999994943063668, 5.056936331704899e-7, -14.151148545141066],
  [5000, 4000, 300, 299, 1, 8.072158309134938e-31, -64.89653756657157],
  [7_006_526, 8, 5877, 0, 0.9933093480529568, 0.006690651947043222, -0.0067131346977347675],
  [7_006_526, 8, 5877, 1, 0.9999803694118633, 1.9630588136737107e-5, -5.009982303505052],
  [7_006_526, 8, 5877, 4, 0.9999999999999768, 2.3163491328601372e-14, -24.090082723434357],
  [100_000, 300, 400, 0, 0.2999284790729445, 0.7000715209270555, -1.2042112358386552],
  [100_000, 300, 400, 1, 0.6623761632730366, 0.33762383672696344, -1.0148751345504832],
  [100_000, 300, 400, 5, 0.998581335479397, 0.0014186645206030646, -5.103718694496996],
  [100_000, 300, 400, 100, 1, 3.0097521695220387e-167, -378.31579984765756],
  [1e6, 200_000, 30000, 5900, 0.0721771090779421, 0.9278228909220579, -6.214036880434438],
  [1e6, 200_000, 30000, 6000, 0.5034728082964784, 0.49652719170352155, -5.141909124774558],
  [1e6, 200_000, 30000, 6200, 0.9982944544981014, 0.0017055455018985862, -9.415191167557351],
  [1e6, 200_000, 30000, 8000, 1, 1.8897228478671218e-176, -405.36463019054554],
  [1e9, 4e8, 5e8, 199_800_000, 2.655739773416598e-147, 1, -343.20724191509197],
  [1e9, 4e8, 5e8, 199_990_000, 0.09836399328637047, 0.9016360067136295, -10.707199425887366],
  [1e9, 4e8, 5e8, 2e8, 0.5000257516134479, 0.4999742483865522, -9.873866094089527],
  [1e9, 4e8, 5e8, 200_020_000, 0.9950892813528193, 0.004910718647180772, -13.207199424521626],
  [1e9, 4e8, 5e8, 200_280_000, 1, 2.0060797527178616e-286, -663.2073640070415],
  [1e9, 100_000, 100_000, 2, 0.0027675801057143773, 0.9972324198942856, -6.088597069347789],
  [1e9, 100_000, 100_000, 10, 0.5830397510271358, 0.41696024897286416, -2.0784616383014085],
  [1e9, 100_000, 100_000, 11, 0.6967875217816153, 0.30321247821838465, -2.173771819105933],
  [1e9, 100_000, 100_000, 60, 1, 1.0388856774037172e-27, -60.49747560900488],
]

// Where one tail underflows: its logarithm, computed alike.
const LOGARITHMS: readonly (readonly [
  population: number,
  successes: number,
  draws: number,
  count: number,
  logLower: number,
  logUpper: number,
  logDensity: number,
])[] = [[1e6, 200_000, 30000, 3500, -763.6854831303915, 0, -764.4188118982778]]

describe('the hypergeometric distribution', () => {
  it.each(TAILS)(
    'with %d, %d, %d has the tails and the density at %d',
    (population, successes, draws, count, lower, upper, logDensity) => {
      expectAgreement(hypergeometric({ population, successes, draws }), {
        x: count,
        lower,
        upper,
        logDensity,
      })
    },
  )

  it.each(LOGARITHMS)(
    'with %d, %d, %d has finite logarithms at %d',
    (population, successes, draws, count, logLower, logUpper, logDensity) => {
      expectLogarithms(hypergeometric({ population, successes, draws }), {
        x: count,
        logLower,
        logUpper,
        logDensity,
      })
    },
  )

  it('lies between what must and what can be drawn', () => {
    const distribution = hypergeometric({ population: 10, successes: 7, draws: 6 })
    expect([2, 2.9, 6, 7].map(distribution.lowerTail)).toEqual([0, 0, 1, 1])
    expect([2, 3.5, 7].map(distribution.density)).toEqual([0, 0, 0])
    expect([0, 1].map(distribution.lowerQuantile)).toEqual([3, 6])
  })

  it('is certain when nothing is left to chance', () => {
    expect(hypergeometric({ population: 0, successes: 0, draws: 0 }).density(0)).toBe(1)
    expect(hypergeometric({ population: 5, successes: 5, draws: 3 }).lowerQuantile(0.5)).toBe(3)
    expect(hypergeometric({ population: 1, successes: 1, draws: 0 }).upperQuantile(0.5)).toBe(0)
  })

  it('has exact quantiles', () => {
    // R 4: qhyper(1e-10, 4e8, 6e8, 5e8)
    const large = hypergeometric({ population: 1e9, successes: 4e8, draws: 5e8 })
    expect(large.lowerQuantile(1e-10)).toBe(199_950_725)
  })

  it.each([
    [() => hypergeometric({ population: -1, successes: 0, draws: 0 }), 'population'],
    [() => hypergeometric({ population: 5, successes: 6, draws: 1 }), 'successes'],
    [() => hypergeometric({ population: 5, successes: 2, draws: 0.5 }), 'draws'],
  ])('refuses %s', (build, path) => {
    expect(build).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }))
  })
})
