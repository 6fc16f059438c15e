import { describe, expect, it } from 'vitest'
import type { Proportion } from '../checks.js'
import type { StratumOutcome } from '../strata/stratum.js'
import { compareProportionsAnytime } from './compare-proportions-anytime.js'
import { compareStrataAnytime } from './compare-strata-anytime.js'
import { alarmsWhileWatched, atMost, type World } from './watched-tests.fixture.js'

const SLOW = 900_000
const AT_95 = { confidence: 0.95 }
const NOBODY: Proportion = { successes: 0, trials: 0 }

/** Arms in the order a, b of the first stratum, a, b of the second and so on. */
function strataOf(arms: readonly Proportion[]): StratumOutcome[] {
  const at = (index: number) => arms[index] ?? NOBODY
  return arms.filter((_, index) => index % 2 === 0).map((a, index) => ({ a, b: at(2 * index + 1) }))
}

function sumOf(arms: readonly Proportion[]): Proportion {
  return arms.reduce(
    (sum, { successes, trials }) => ({ successes: sum.successes + successes, trials: sum.trials + trials }),
    NOBODY,
  )
}

const together = (strata: readonly StratumOutcome[]) =>
  compareProportionsAnytime(sumOf(strata.map(({ a }) => a)), sumOf(strata.map(({ b }) => b)), AT_95)

const isAlarm = (arms: readonly Proportion[]) => compareStrataAnytime(strataOf(arms), AT_95).pValue < 0.05

/** The same rate in both arms of a stratum, another one in each. */
const worlds: readonly (readonly [what: string, world: World])[] = [
  ['equal shares', { members: [1000, 1000, 1000, 1000], rates: [0.1, 0.1, 0.02, 0.02], seed: 'equal' }],
  [
    'shares of 9 to 1 and 1 to 9',
    { members: [1800, 200, 200, 1800], rates: [0.1, 0.1, 0.02, 0.02], seed: 'simpson' },
  ],
  [
    'waves that come in one after the other, with other shares each',
    {
      members: [900, 100, 500, 500, 400, 600],
      rates: [0.2, 0.2, 0.05, 0.05, 0.01, 0.01],
      starts: [0, 0, 10, 10, 25, 25],
      seed: 'waves',
    },
  ],
  [
    'twelve small waves',
    {
      members: Array.from({ length: 12 }, (_, wave) => [60, 20 + 10 * wave]).flat(),
      rates: Array.from({ length: 12 }, (_, wave) => [0.02 * (wave + 1), 0.02 * (wave + 1)]).flat(),
      seed: 'twelve',
    },
  ],
]

describe('within strata, looked at 46 times,', { timeout: SLOW }, () => {
  it.each(worlds)(
    'a test of arms that are alike raises a false alarm at most as often as its level: %s',
    (_, world) => {
      const alarms = alarmsWhileWatched(world, isAlarm)
      expect(alarms).toBeLessThanOrEqual(atMost(0.05))
    },
  )

  it('strata of unequal shares that are put together find a difference that is not there', () => {
    const [, simpson] = worlds[1] ?? []
    const alarms = simpson && alarmsWhileWatched(simpson, (arms) => together(strataOf(arms)).pValue < 0.05)
    expect(alarms).toBeGreaterThan(0.95)
  })

  it('an effect is found as often as without strata, where shares are equal and rates are not', () => {
    const world = {
      members: [4000, 4000, 2000, 2000],
      rates: [0.03, 0.02, 0.06, 0.04],
      seed: 'power',
    }
    const within = alarmsWhileWatched(world, isAlarm)
    const pooled = alarmsWhileWatched(world, (arms) => together(strataOf(arms)).pValue < 0.05)
    expect(within).toBeGreaterThan(0.85)
    expect(Math.abs(within - pooled)).toBeLessThan(0.05)
  })

  it.each([
    ['shares of one half', [600, 600, 600, 600], [0.06, 0.03, 0.02, 0.01]],
    ['shares of 9 to 1 and 1 to 9', [1800, 200, 200, 1800], [0.06, 0.03, 0.02, 0.01]],
    ['no effect', [900, 300, 200, 1000], [0.2, 0.2, 0.02, 0.02]],
  ])('intervals lose difference and lift at most as often as they say: %s', (what, members, rates) => {
    const weights = [0, 1].map((stratum) => {
      const [a = 0, b = 0] = members.slice(2 * stratum)
      return (a * b) / (a + b)
    })
    const apart = (stratum: number) => (rates[2 * stratum] ?? 0) - (rates[2 * stratum + 1] ?? 0)
    const truth =
      weights.reduce((sum, weight, stratum) => sum + weight * apart(stratum), 0) /
      weights.reduce((sum, weight) => sum + weight, 0)
    const lift = (rates[0] ?? 0) / (rates[1] ?? 1) - 1
    const isLost = (value: number, { low, high }: { low: number; high: number }) =>
      value < low || value > high
    const lost = alarmsWhileWatched({ members, rates, seed: `coverage:${what}` }, (arms) => {
      const look = compareStrataAnytime(strataOf(arms), AT_95)
      return isLost(truth, look.difference) || (look.lift !== null && isLost(lift, look.lift))
    })
    expect(lost).toBeLessThanOrEqual(atMost(0.05))
  })
})
