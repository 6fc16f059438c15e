import { describe, expect, it } from 'vitest'
import { type Moments, mergeMoments } from '../means/moments.js'
import { createDraws, isWithin, momentsWith, revenueOf, worldsOf } from '../simulation.fixture.js'
import {
  compareMeansByNormalMixture,
  compareProportionsByNormalMixture,
} from './compare-by-normal-mixture.js'
import { alarmsWhileWatched, atMost, LOOKS } from './watched-tests.fixture.js'

const SLOW = 900_000
const OPTIONS = { confidence: 0.95, mixture: { plannedMembers: 2_000 } }
const NOTHING: Moments = { count: 0, mean: 0, variance: 0 }

describe('intervals by the normal mixture lose the truth at any of 46 looks at most as often as they say', () => {
  it.each([
    [0.3, 0.25, 1_000, 1_000],
    [0.05, 0.02, 1_800, 200],
  ])('of rates of %d and %d (%d and %d members)', { timeout: SLOW }, (p, q, n, m) => {
    const lost = alarmsWhileWatched({ members: [n, m], rates: [p, q], seed: `mixture:${p}` }, ([a, b]) => {
      if (a === undefined || b === undefined) return false
      const look = compareProportionsByNormalMixture(a, b, OPTIONS)
      return look.status === 'valid' && !isWithin(p - q, look.difference)
    })
    expect(lost).toBeLessThanOrEqual(atMost(0.05))
  })

  it('of what members spend, of whom one in ten buys', { timeout: SLOW }, () => {
    const draws = createDraws('mixture of revenue')
    const worlds = worldsOf(250)
    let lost = 0
    for (let world = 0; world < worlds; world += 1) {
      let [a, b] = [NOTHING, NOTHING]
      let isLost = false
      for (let look = 0; look < LOOKS && !isLost; look += 1) {
        a = mergeMoments(a, momentsWith(revenueOf(draws, 100, 0.1), 100))
        b = mergeMoments(b, momentsWith(revenueOf(draws, 50, 0.08), 50))
        const seen = compareMeansByNormalMixture(a, b, OPTIONS)
        isLost = seen.status === 'valid' && !isWithin(0.02 * Math.exp(0.125), seen.difference)
      }
      if (isLost) lost += 1
    }
    expect(lost / worlds).toBeLessThanOrEqual(atMost(0.05))
  })
})
