import { describe, expect, it } from 'vitest'
import type { Proportion } from '../checks.js'
import { pooledZTest } from '../proportions/pooled-z.js'
import { anytimeRateInterval, anytimeRateTest } from './anytime-rate.js'
import { anytimeSampleRatio } from './anytime-sample-ratio.js'
import {
  compareMeansByNormalMixture,
  compareProportionsByNormalMixture,
} from './compare-by-normal-mixture.js'
import { compareProportionsAnytime } from './compare-proportions-anytime.js'
import { groupSequentialBounds } from './group-sequential.js'
import { alarmsWhileWatched, atMost, LOOKS } from './watched-tests.fixture.js'

const NOBODY: Proportion = { successes: 0, trials: 1 }
const first = (arms: readonly Proportion[]) => arms[0] ?? NOBODY
const second = (arms: readonly Proportion[]) => arms[1] ?? NOBODY
const SLOW = 900_000

/** Moments of values of which so many are 1 and the rest 0. */
function momentsOf({ successes, trials }: Proportion) {
  const mean = successes / trials
  return { count: trials, mean, variance: trials < 2 ? 0 : (mean * (1 - mean) * trials) / (trials - 1) }
}

// [members, members, rate]
const WORLDS_WITHOUT_DIFFERENCE = [
  [100, 100, 0.005],
  [2000, 2000, 0.02],
  [1000, 1000, 0.1],
  [1800, 200, 0.04],
  [20_000, 20_000, 0.01],
] as const

describe.each(WORLDS_WITHOUT_DIFFERENCE)(
  'in a test of %d and %d members at a rate of %d, looked at 46 times',
  (n, m, rate) => {
    const world = (seed: string) => ({
      members: [n, m],
      rates: [rate, rate],
      seed: `${seed}:${n}:${m}:${rate}`,
    })

    it('the split of the successes raises a false alarm at most as often as its level', {
      timeout: SLOW,
    }, () => {
      const alarms = alarmsWhileWatched(world('split'), (arms) => {
        return compareProportionsAnytime(first(arms), second(arms), { confidence: 0.95 }).pValue < 0.05
      })
      expect(alarms).toBeLessThanOrEqual(atMost(0.05))
    })

    it.each([200, 20_000])(
      'so does the normal mixture of proportions, planned for %d',
      { timeout: SLOW },
      (plannedMembers) => {
        const options = { confidence: 0.95, mixture: { plannedMembers } }
        const alarms = alarmsWhileWatched(world('mixture'), (arms) => {
          const look = compareProportionsByNormalMixture(first(arms), second(arms), options)
          return look.status === 'valid' && look.pValue < 0.05
        })
        expect(alarms).toBeLessThanOrEqual(atMost(0.05))
      },
    )

    it('so does the normal mixture of means', { timeout: SLOW }, () => {
      const options = { confidence: 0.95, mixture: { plannedMembers: 1000 } }
      const alarms = alarmsWhileWatched(world('means'), (arms) => {
        const look = compareMeansByNormalMixture(momentsOf(first(arms)), momentsOf(second(arms)), options)
        return look.status === 'valid' && look.pValue < 0.05
      })
      expect(alarms).toBeLessThanOrEqual(atMost(0.05))
    })

    it('so does the test of one rate', { timeout: SLOW }, () => {
      const alarms = alarmsWhileWatched(
        world('rate'),
        (arms) => anytimeRateTest(first(arms), rate).pValue < 0.05,
      )
      expect(alarms).toBeLessThanOrEqual(atMost(0.05))
    })
  },
)

describe('looked at 46 times', () => {
  it('the z test finds a difference that is not there in far more tests than its level', {
    timeout: SLOW,
  }, () => {
    const world = { members: [2000, 2000], rates: [0.02, 0.02], seed: 'z' }
    const alarms = alarmsWhileWatched(world, (arms) => pooledZTest(first(arms), second(arms)).pValue < 0.05)
    expect(alarms).toBeGreaterThan(0.2)
  })

  it('the sample ratio raises a false alarm at most as often as its level', { timeout: SLOW }, () => {
    const world = { members: [5000], rates: [0.3], seed: 'ratio' }
    const alarms = alarmsWhileWatched(world, (arms) => {
      const { successes, trials } = first(arms)
      const counts = [
        { count: successes, weight: 3 },
        { count: trials - successes, weight: 7 },
      ]
      return anytimeSampleRatio(counts, { concentration: 100 }).pValue < 0.05
    })
    expect(alarms).toBeLessThanOrEqual(atMost(0.05))
  })

  it.each([1_000, 100_000])(
    'so does the sample ratio of %d members, unless told where to look',
    {
      timeout: SLOW,
    },
    (members) => {
      const alarmsAt = (rate: number, level: number) =>
        alarmsWhileWatched({ members: [members], rates: [rate], seed: `ratio:${members}` }, (arms) => {
          const { successes, trials } = first(arms)
          return (
            anytimeSampleRatio([successes, trials - successes].map((count) => ({ count, weight: 1 })))
              .pValue < level
          )
        })
      expect(alarmsAt(0.5, 0.05)).toBeLessThanOrEqual(atMost(0.05))
      // a mismatch of four standard errors at the end
      expect(alarmsAt(0.5 + 2 / Math.sqrt(members), 0.001)).toBeGreaterThan(0.25)
    },
  )

  it('the z test keeps its level within planned bounds', { timeout: SLOW }, () => {
    const fractions = Array.from({ length: LOOKS }, (_, look) => (look + 1) / LOOKS)
    const plan = groupSequentialBounds({ alpha: 0.05, fractions, spending: 'pocock' })
    const world = { members: [4600, 4600], rates: [0.1, 0.1], seed: 'planned' }
    const alarms = alarmsWhileWatched(world, (arms) => {
      const look = plan[Math.round(first(arms).trials / 100) - 1]
      return Math.abs(pooledZTest(first(arms), second(arms)).z ?? 0) > (look?.z ?? 0)
    })
    expect(alarms).toBeLessThanOrEqual(atMost(0.05))
    expect(alarms).toBeGreaterThan(0.01)
  })

  it('a lift of half is found in most tests that a single look would find it in', { timeout: SLOW }, () => {
    const world = { members: [10_226, 10_226], rates: [0.03, 0.02], seed: 'power' }
    const found = alarmsWhileWatched(world, (arms) => {
      return compareProportionsAnytime(first(arms), second(arms), { confidence: 0.95 }).pValue < 0.05
    })
    expect(found).toBeGreaterThan(0.9)
  })

  it.each([
    [0.06, 0.02, 500, 500],
    [0.03, 0.03, 1800, 200],
    [0.3, 0.1, 300, 300],
  ])(
    'intervals lose a difference of %d and %d (%d and %d members) at most as often as they say',
    { timeout: SLOW },
    (p, q, n, m) => {
      const world = { members: [n, m], rates: [p, q], seed: `coverage:${p}:${q}` }
      const lost = alarmsWhileWatched(world, (arms) => {
        const { difference, lift } = compareProportionsAnytime(first(arms), second(arms), {
          confidence: 0.95,
        })
        const isLost = (truth: number, { low, high }: { low: number; high: number }) =>
          truth < low || truth > high
        return isLost(p - q, difference) || (lift !== null && isLost(p / q - 1, lift))
      })
      expect(lost).toBeLessThanOrEqual(atMost(0.05))
    },
  )

  it('the interval of a rate loses it at most as often as it says', { timeout: SLOW }, () => {
    const lost = alarmsWhileWatched({ members: [1000], rates: [0.03], seed: 'rate' }, (arms) => {
      const { low, high } = anytimeRateInterval(first(arms), { confidence: 0.95 })
      return low > 0.03 || high < 0.03
    })
    expect(lost).toBeLessThanOrEqual(atMost(0.05))
  })
})
