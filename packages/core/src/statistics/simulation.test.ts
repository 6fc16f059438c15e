import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../testing/seeded-random.js'
import type { Proportion } from './checks.js'
import { compareProportions } from './proportions/compare-proportions.js'
import { newcombeInterval } from './proportions/difference.js'
import { wilsonInterval } from './proportions/wilson.js'
import { judge } from './verdict/judge.js'

const WORLDS = process.env.CAMPAIGNKIT_LONG === '1' ? 40_000 : 4_000

/** For what takes milliseconds a world. */
const FEW_WORLDS = WORLDS / 8

/** So many standard errors of a share that is `share` in truth. */
const errors = (share: number, many: number, worlds = WORLDS) =>
  many * Math.sqrt((share * (1 - share)) / worlds)

function simulate(
  seed: string,
  judgeWorld: (draw: (trials: number, rate: number) => Proportion) => boolean,
  worlds = WORLDS,
): number {
  const random = createSeededRandom(seed)
  const draw = (trials: number, rate: number): Proportion => {
    let successes = 0
    for (let trial = 0; trial < trials; trial += 1) if (random.uniform() < rate) successes += 1
    return { successes, trials }
  }
  let hits = 0
  for (let world = 0; world < worlds; world += 1) if (judgeWorld(draw)) hits += 1
  return hits / worlds
}

describe('in a world without any effect', () => {
  // the last column is the exact level by enumeration where whole numbers push it above the nominal one
  it.each([
    [200, 200, 0.005, 0.05],
    [200, 200, 0.04, 0.05],
    [300, 300, 0.1, 0.05],
    [300, 60, 0.06, 0.05],
    [100, 100, 0.5, 0.056],
  ])('arms of %d and %d at a rate of %d raise a false alarm at most as often as %d', (n, m, rate, level) => {
    const alarms = simulate(`aa:${n}:${m}:${rate}`, (draw) => {
      return compareProportions(draw(n, rate), draw(m, rate), { confidence: 0.95 }).pValue < 0.05
    })
    expect(alarms).toBeLessThanOrEqual(level + errors(level, 3))
  })

  it('naming any winner among four variants is as rare as alpha', () => {
    const winners = simulate(
      'aa:four',
      (draw) => {
        const arms = ['a', 'b', 'c', 'd'].map((arm) => {
          const { successes, trials } = draw(150, 0.2)
          return { arm, assigned: trials, converted: successes }
        })
        return judge({ arms, mature: true, decision: 'fixed' }).outcome === 'winner'
      },
      FEW_WORLDS,
    )
    expect(winners).toBeLessThanOrEqual(0.05 + errors(0.05, 3, FEW_WORLDS))
  })
})

describe('an interval at 95 %', () => {
  it.each([
    [100, 0.5],
    [150, 0.1],
    [200, 0.04],
  ])('of a proportion (%d members, rate %d) covers the truth as often as it says', (n, rate) => {
    const covered = simulate(`wilson:${n}:${rate}`, (draw) => {
      const { low, high } = wilsonInterval(draw(n, rate).successes, n, 0.95)
      return low <= rate && rate <= high
    })
    expect(covered).toBeGreaterThan(0.935)
    expect(covered).toBeLessThan(0.975)
  })

  it.each([
    [150, 0.1, 150, 0.1],
    [200, 0.12, 200, 0.06],
    [200, 0.05, 60, 0.02],
  ])('of a difference (%d at %d, %d at %d) covers the truth as often as it says', (n, first, m, second) => {
    const covered = simulate(`newcombe:${n}:${first}:${m}:${second}`, (draw) => {
      const { low, high } = newcombeInterval(draw(n, first), draw(m, second), 0.95)
      return low <= first - second && first - second <= high
    })
    expect(covered).toBeGreaterThan(0.95 - errors(0.05, 4))
    expect(covered).toBeLessThan(0.99)
  })
})
