import { describe, expect, it } from 'vitest'
import { compareMeansBayesian, meanDifferenceBayesian } from './compare-means-bayesian.js'
import { compareRatesBayesian, rateDifferenceBayesian } from './compare-rates-bayesian.js'

const refused = (path: string) => expect.objectContaining({ code: 'INVALID_INPUT', path })
const countsOf = (pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([successes, trials]) => ({ successes, trials }))
const close = (actual: number | undefined, expected: number, error: number) =>
  expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThanOrEqual(error)

// mpmath with 34 digits: two arms by the finite sum over successes, more of them by quadrature over rates of
// incomplete beta functions from their continued fraction
const RATES = [
  {
    arms: [
      [40, 1000],
      [55, 1000],
    ],
    best: [0.05811265582088871, 0.9418873441791112],
    loss: [0.015208996655745535, 0.0002389367755060143],
  },
  {
    arms: [
      [20_000, 1_000_000],
      [20_150, 1_000_000],
    ],
    best: [0.22475957356472756, 0.7752404264352725],
    loss: [0.00017573928625608576, 2.5739586255485762e-5],
  },
  {
    arms: [
      [60, 2_000_000],
      [90, 1_500_000],
    ],
    best: [1.2543120765782398e-5, 0.9999874568792342],
    loss: [3.0166635380080847e-5, 1.9102225716007657e-11],
  },
  {
    arms: [
      [0, 10],
      [10, 10],
      [3, 7],
    ],
    best: [9.344209148331855e-7, 0.9951832244456443, 0.004815841133440847],
    loss: [0.8336343690206757, 0.00030103568734233426, 0.47252325790956456],
  },
  {
    arms: [
      [1, 100],
      [2, 100],
      [3, 120],
      [2, 90],
    ],
    best: [0.0947734202424234, 0.2518046209119418, 0.3286349221819157, 0.3247870366637191],
    loss: [0.027990089561902295, 0.018186167993274844, 0.014811047453255559, 0.014989237046983284],
  },
  {
    arms: [
      [4000, 100_000],
      [4030, 100_000],
      [4060, 100_000],
      [4090, 100_000],
    ],
    best: [0.06494588033432858, 0.1428023439984802, 0.2824705933645257, 0.5097811823026656],
    loss: [0.001210324244389242, 0.0009103302442692445, 0.0006103362441492468, 0.00031034224402924925],
  },
] as const

describe('rates as a Bayesian sees them', () => {
  it.each(RATES)('best and loss of $arms', ({ arms, best, loss }) => {
    compareRatesBayesian(countsOf(arms)).forEach((belief, index) => {
      close(belief.probabilityToBeBest, best[index] ?? 0, 1e-11)
      close(belief.expectedLoss / (loss[index] ?? 0), 1, 1e-9)
    })
  })

  it('take another prior', () => {
    const [a, b] = compareRatesBayesian(
      countsOf([
        [3, 50],
        [7, 60],
      ]),
      { prior: { successes: 2, failures: 30 } },
    )
    close(a?.probabilityToBeBest, 0.174773872264672, 1e-12)
    close(b?.probabilityToBeBest, 0.825226127735328, 1e-12)
    close(a?.expectedLoss, 0.04076658932095407, 1e-13)
    close(b?.expectedLoss, 0.003916112120529891, 1e-13)
  })

  it('have credible intervals between equal tails', () => {
    const [a] = compareRatesBayesian(countsOf([[40, 1000]]))
    expect(a).toMatchObject({ probabilityToBeBest: 1, expectedLoss: 0 })
    close(a?.interval.value, 41 / 1002, 1e-15)
    close(a?.interval.low, 0.02955045807800226, 1e-14)
    const [none] = compareRatesBayesian(countsOf([[0, 0]]), { credibility: 0.5 })
    close(none?.interval.low, 0.25, 1e-13)
    close(none?.interval.high, 0.75, 1e-13)
    const [jeffreys] = compareRatesBayesian(countsOf([[0, 0]]), { prior: { successes: 0.5, failures: 0.5 } })
    close(jeffreys?.interval.low, Math.sin((Math.PI * 0.025) / 2) ** 2, 1e-14)
  })

  it.each([2, 3, 7, 12])('%d equal arms are equally good, to the last digit', (many) => {
    for (const arm of [
      { successes: 0, trials: 0 },
      { successes: 40_000, trials: 1_000_000 },
      { successes: 9, trials: 9 },
    ]) {
      const beliefs = compareRatesBayesian(Array.from({ length: many }, () => arm))
      for (const { probabilityToBeBest } of beliefs) close(probabilityToBeBest, 1 / many, 1e-16)
    }
  })

  it('two uniform rates differ by a triangle', () => {
    const { value, low, high } = rateDifferenceBayesian(
      { successes: 0, trials: 0 },
      { successes: 0, trials: 0 },
    )
    expect(value).toBe(0)
    close(low, Math.sqrt(0.05) - 1, 1e-13)
    close(high, 1 - Math.sqrt(0.05), 1e-13)
  })

  it('the interval of a difference holds between two equal tails', () => {
    const { low, high } = rateDifferenceBayesian(
      { successes: 55, trials: 1000 },
      { successes: 40, trials: 1000 },
    )
    close(low, -0.003722813373960231, 1e-13)
    close(high, 0.03388635673677006, 1e-13)
  })

  it('differences of millions and of nearly nothing come out finite and in order', () => {
    for (const [a, b] of [
      [
        { successes: 500_000_000, trials: 1_000_000_000 },
        { successes: 500_010_000, trials: 1_000_000_000 },
      ],
      [
        { successes: 0, trials: 10 },
        { successes: 3, trials: 1_000_000 },
      ],
      [
        { successes: 999_999, trials: 1_000_000 },
        { successes: 1, trials: 1_000_000 },
      ],
    ] as const) {
      const { low, value, high } = rateDifferenceBayesian(a, b)
      expect(low).toBeLessThan(value)
      expect(high).toBeGreaterThan(value)
    }
  })

  it('refuse what cannot be', () => {
    const arm = { successes: 1, trials: 2 }
    expect(() => compareRatesBayesian([])).toThrow(refused('arms'))
    expect(() => compareRatesBayesian([arm, { successes: 3, trials: 2 }])).toThrow(
      refused('arms[1].successes'),
    )
    expect(() => compareRatesBayesian([{ successes: 3, trials: 2e9 }])).toThrow(refused('arms[0].trials'))
    expect(() => compareRatesBayesian([arm], { prior: { successes: 0, failures: 1 } })).toThrow(
      refused('prior.successes'),
    )
    expect(() => compareRatesBayesian([arm], { prior: { successes: 1, failures: 1e10 } })).toThrow(
      refused('prior.failures'),
    )
    expect(() => compareRatesBayesian([arm], { credibility: 1 })).toThrow(refused('credibility'))
    expect(() => rateDifferenceBayesian(arm, { successes: -1, trials: 2 })).toThrow(refused('b.successes'))
  })
})

describe('means as a Bayesian sees them', () => {
  const ARMS = [
    { count: 400, mean: 3, variance: 100 },
    { count: 400, mean: 2, variance: 100 },
    { count: 1000, mean: 2.9, variance: 400 },
  ] as const

  it('best and loss of three arms', () => {
    // mpmath quadrature with 30 digits
    const best = [0.53172147686026, 0.0292414377645928, 0.439037085375147]
    const loss = [0.281560749005594, 1.28156074900559, 0.381560749005594]
    compareMeansBayesian(ARMS).forEach((belief, index) => {
      close(belief.probabilityToBeBest, best[index] ?? 0, 1e-13)
      close(belief.expectedLoss, loss[index] ?? 0, 1e-13)
    })
  })

  it('intervals follow the normal distribution, and a prior draws them in', () => {
    const [a] = compareMeansBayesian(ARMS)
    close(a?.interval.low, 3 - 1.959963984540054 / 2, 1e-14)
    const [drawn] = compareMeansBayesian(ARMS, { prior: { mean: 1, variance: 0.25 } })
    close(drawn?.interval.value, 2, 1e-14)
    close(drawn?.interval.high, 2 + 1.959963984540054 * Math.sqrt(0.125), 1e-14)
    const { value, low } = meanDifferenceBayesian(ARMS[0], ARMS[1])
    expect(value).toBe(1)
    close(low, 1 - 1.959963984540054 * Math.sqrt(0.5), 1e-14)
  })

  it('arms far apart lose the distance between them', () => {
    const [worse, better] = compareMeansBayesian([
      { count: 1_000_000, mean: 1, variance: 1 },
      { count: 1_000_000, mean: 1000, variance: 1 },
    ])
    expect(worse?.probabilityToBeBest).toBe(0)
    expect(better?.probabilityToBeBest).toBe(1)
    close(worse?.expectedLoss, 999, 1e-10)
    expect(better?.expectedLoss).toBe(0)
  })

  it('refuse what cannot be', () => {
    expect(() => compareMeansBayesian([])).toThrow(refused('arms'))
    expect(() => compareMeansBayesian([{ ...ARMS[0], variance: 0 }])).toThrow(refused('arms[0].variance'))
    expect(() => compareMeansBayesian([{ ...ARMS[0], count: 1 }])).toThrow(refused('arms[0].count'))
    expect(() => compareMeansBayesian(ARMS, { prior: { mean: Number.NaN, variance: 1 } })).toThrow(
      refused('prior.mean'),
    )
    expect(() => compareMeansBayesian(ARMS, { prior: { mean: 0, variance: 0 } })).toThrow(
      refused('prior.variance'),
    )
    expect(() => meanDifferenceBayesian(ARMS[0], ARMS[1], { credibility: 0 })).toThrow(refused('credibility'))
  })
})
