import { describe, expect, it } from 'vitest'
import type { Proportion } from './checks.js'
import { boschlooExact } from './proportions/boschloo.js'
import { compareManyProportions } from './proportions/compare-many.js'
import { compareProportions } from './proportions/compare-proportions.js'
import { fisherExact } from './proportions/fisher.js'
import { pooledZTest } from './proportions/pooled-z.js'
import { atMost, type Draws, drawnStrata, shareOf, WORLDS, worldsOf } from './simulation.fixture.js'
import { breslowDayTest } from './strata/breslow-day.js'
import { combineStrata } from './strata/combine-strata.js'
import { compareStrata } from './strata/compare-strata.js'
import { chiSquareTest } from './tables/chi-square-test.js'
import { attritionTest } from './validity/attrition.js'
import { sampleRatioTest } from './validity/sample-ratio.js'
import { judge } from './verdict/judge.js'

const LEVEL = 0.05

/** Counts repeat themselves, and an exact test of theirs is slow. */
function remembered(pValueOf: (a: Proportion, b: Proportion) => number) {
  const known = new Map<string, number>()
  return (a: Proportion, b: Proportion) => {
    const key = `${a.successes}:${b.successes}`
    const pValue = known.get(key) ?? pValueOf(a, b)
    known.set(key, pValue)
    return pValue
  }
}

// members, members, rate, and where whole numbers push the exact level above the nominal one, that level by enumeration
const ARMS: readonly (readonly [number, number, number, number])[] = [
  [200, 200, 0.005, 0.05],
  [200, 200, 0.04, 0.05],
  [300, 300, 0.1, 0.05],
  [300, 60, 0.06, 0.05],
  [100, 100, 0.5, 0.056],
  [20_000, 20_000, 0.02, 0.05],
]

describe.each(ARMS)('of arms of %d and %d at the same rate of %d', (n, m, rate, level) => {
  const alarms = (name: string, pValueOf: (a: Proportion, b: Proportion) => number, worlds = WORLDS) =>
    shareOf(
      `${name}:${n}:${m}:${rate}`,
      (draws) => {
        return pValueOf(draws.binomial(n, rate), draws.binomial(m, rate)) < LEVEL
      },
      worlds,
    )

  it('the pooled z test raises a false alarm at most as often as documented', () => {
    // enumerated over all rates at sizes from 100
    expect(alarms('z', (a, b) => pooledZTest(a, b).pValue)).toBeLessThanOrEqual(atMost(0.056))
  })

  it('the test that is chosen by itself does so at most as often as its level', () => {
    const chosen = (a: Proportion, b: Proportion) => compareProportions(a, b, { confidence: 0.95 }).pValue
    expect(alarms('automatic', chosen)).toBeLessThanOrEqual(atMost(level))
  })

  it('so does Fisher’s test', () => {
    expect(alarms('fisher', remembered(fisherExact))).toBeLessThanOrEqual(atMost(LEVEL))
  })
})

describe.each([
  [20, 20, 0.3],
  [30, 12, 0.15],
  [25, 25, 0.05],
])('of arms of %d and %d at the same rate of %d', (n, m, rate) => {
  it('Boschloo’s test raises a false alarm at most as often as its level, and more often than Fisher’s', () => {
    const boschloo = remembered((a, b) => boschlooExact(a, b).pValue)
    const fisher = remembered(fisherExact)
    let sharper = 0
    const alarms = shareOf(`boschloo:${n}:${m}:${rate}`, (draws) => {
      const [a, b] = [draws.binomial(n, rate), draws.binomial(m, rate)]
      const isAlarm = boschloo(a, b) < LEVEL
      sharper += Number(isAlarm) - Number(fisher(a, b) < LEVEL)
      return isAlarm
    })
    expect(alarms).toBeLessThanOrEqual(atMost(LEVEL))
    expect(sharper).toBeGreaterThanOrEqual(0)
  })
})

describe('of several arms at the same rate', () => {
  it.each([
    [[200, 200, 200, 200], 0.05],
    [[400, 100, 100], 0.2],
    [[3_000, 3_000, 3_000, 3_000, 3_000], 0.02],
  ])('the chi-square test of %j at %d raises a false alarm at most as often as its level', (sizes, rate) => {
    const alarms = shareOf(`chi:${sizes}:${rate}`, (draws) => {
      const table = sizes.map((size) => draws.binomial(size, rate))
      return chiSquareTest(table.map((a) => [a.successes, a.trials - a.successes])).pValue < LEVEL
    })
    expect(alarms).toBeLessThanOrEqual(atMost(LEVEL))
  })

  it.each(['holm', 'bonferroni', 'hochberg'] as const)(
    'any pair of four is found to differ at most as often as the level, corrected by %s',
    (correction) => {
      const alarms = shareOf(`pairs:${correction}`, (draws) => {
        const arms = ['a', 'b', 'c', 'd'].map((arm) => ({ arm, ...draws.binomial(500, 0.1) }))
        const { pairs } = compareManyProportions(arms, { confidence: 0.95, correction })
        return pairs.some(({ adjustedPValue }) => adjustedPValue < LEVEL)
      })
      expect(alarms).toBeLessThanOrEqual(atMost(LEVEL))
    },
  )

  it('naming any winner among four variants, looked at once, is as rare as alpha', () => {
    const worlds = worldsOf(500)
    const winners = shareOf(
      'winner of four',
      (draws) => {
        const arms = ['a', 'b', 'c', 'd'].map((arm) => {
          const { successes, trials } = draws.binomial(250, 0.2)
          return { arm, assigned: trials, converted: successes }
        })
        return judge({ arms, mature: true, decision: 'fixed' }).outcome === 'winner'
      },
      worlds,
    )
    expect(winners).toBeLessThanOrEqual(atMost(LEVEL, worlds))
  })
})

/** Members of a and of b, and the rate of both, as {@link drawnStrata} takes them. */
const alike = ([n = 1, m = 1, rate = 0]: readonly number[]) => [n, rate, m, rate]

describe('of strata with rates of their own', () => {
  // members of a and b, and their rate, in each stratum
  it.each([
    [
      'few large ones',
      [
        [500, 500, 0.02],
        [400, 100, 0.1],
        [100, 300, 0.3],
      ],
    ],
    ['many small ones', Array.from({ length: 40 }, (_, index) => [6, 4, 0.1 + index / 80])],
  ] as const)(
    'the test of Cochran, Mantel and Haenszel over %s raises a false alarm at most as often as its level',
    (name, strata) => {
      const alarms = shareOf(`strata:${name}`, (draws) => {
        const drawn = drawnStrata(draws, strata.map(alike))
        return combineStrata(drawn, { confidence: 0.95 }).pValue < LEVEL
      })
      expect(alarms).toBeLessThanOrEqual(atMost(LEVEL))
    },
  )

  // members of a and b, and their rate, in each stratum: counts about and below where the exact test is chosen
  it.each([
    ['seldom', Array.from({ length: 5 }, (_, index) => [60, 60, 0.01 + index / 100])],
    ['9 to 1', Array.from({ length: 4 }, (_, index) => [180, 20, 0.02 + index / 50])],
    [
      '9 to 1 and 1 to 9',
      [
        [180, 20, 0.1],
        [20, 180, 0.02],
      ],
    ],
    ['mostly', Array.from({ length: 6 }, (_, index) => [12, 8, 0.8 + index / 40])],
  ] as const)('so does the test that is chosen by itself: %s', (name, strata) => {
    const alarms = shareOf(`chosen:${name}`, (draws) => {
      const drawn = drawnStrata(draws, strata.map(alike))
      return compareStrata(drawn, { confidence: 0.95 }).pValue < LEVEL
    })
    expect(alarms).toBeLessThanOrEqual(atMost(LEVEL))
  })

  // rates of a in each stratum, twice as high as those of b in odds
  it.each([
    ['few large ones', [500, 400, 300], [0.04, 0.1, 0.3]],
    [
      '24 waves',
      Array.from({ length: 24 }, () => 200),
      Array.from({ length: 24 }, (_, wave) => 0.04 + wave / 200),
    ],
  ] as const)(
    'where the odds ratio is the same, the test of Breslow, Day and Tarone over %s does so',
    (name, sizes, rates) => {
      const alarms = shareOf(`breslow-day:${name}`, (draws) => {
        const drawn = sizes.map((size, index) => {
          const rate = rates[index] ?? 0
          return { a: draws.binomial(size, (2 * rate) / (1 + rate)), b: draws.binomial(size, rate) }
        })
        const { pValue, approximationHolds } = breslowDayTest(drawn)
        return approximationHolds && pValue < LEVEL
      })
      expect(alarms).toBeLessThanOrEqual(atMost(LEVEL))
    },
  )
})

/** Members shared out by lot. */
function sharedOut(draws: Draws, members: number, weights: readonly number[]): readonly number[] {
  let [left, weight] = [members, weights.reduce((sum, each) => sum + each, 0)]
  return weights.map((own) => {
    const { successes } = draws.binomial(left, own / weight)
    left -= successes
    weight -= own
    return successes
  })
}

describe('of members who are shared out by lot', () => {
  it.each([
    [10_000, [1, 1]],
    [3_000, [5, 4, 1]],
    [12, [3, 1]],
    [30, [1, 1, 10]],
  ])(
    '%d by %j, the sample ratio test raises a false alarm at most as often as its level',
    (members, weights) => {
      const alarms = shareOf(`ratio:${members}:${weights}`, (draws) => {
        const arms = sharedOut(draws, members, weights).map((assigned, arm) => {
          return { arm: `v${arm}`, assigned, weight: weights[arm] ?? 1 }
        })
        return sampleRatioTest(arms, { alpha: LEVEL }).mismatch
      })
      expect(alarms).toBeLessThanOrEqual(atMost(LEVEL))
    },
  )

  it.each([
    [[5_000, 5_000], 0.98],
    [[600, 300, 100], 0.9],
    [[80, 80], 0.97],
  ])('and lost alike on the way, %j at a rate of %d, the attrition test does so', (sizes, rate) => {
    const alarms = shareOf(`attrition:${sizes}:${rate}`, (draws) => {
      const funnels = sizes.map((assigned, arm) => {
        const sent = draws.binomial(assigned, rate).successes
        const delivered = draws.binomial(sent, rate).successes
        return {
          arm: `v${arm}`,
          assigned,
          sent,
          delivered,
          analysed: draws.binomial(delivered, rate).successes,
        }
      })
      return attritionTest(funnels, { alpha: LEVEL }).differs
    })
    expect(alarms).toBeLessThanOrEqual(atMost(LEVEL))
  })
})
