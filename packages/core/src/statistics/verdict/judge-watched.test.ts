import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../model/verdict.js'
import { pooledZTest } from '../proportions/pooled-z.js'
import { atMost, createDraws, worldsOf } from '../simulation.fixture.js'
import { judge } from './judge.js'

const LOOKS = 46
/** Every look at four variants weighs six pairs. */
const WORLDS = { 2: worldsOf(300), 4: worldsOf(100) } as const

interface Arm {
  readonly arm: string
  readonly assigned: number
  readonly converted: number
}

/** Whether any two arms differ to a z test: where they do not, nothing is said, and nobody is asked. */
function differ(arms: readonly Arm[], level: number): boolean {
  return arms.some((a, index) =>
    arms.slice(index + 1).some((b) => {
      const [left, right] = [a, b].map(({ assigned, converted }) => ({
        successes: converted,
        trials: assigned,
      }))
      return left !== undefined && right !== undefined && pooledZTest(left, right).pValue < level
    }),
  )
}

/** The share of experiments without any difference in which something is said of them at any of 46 looks. */
function saidWhileWatched(
  many: 2 | 4,
  decision: 'anytime' | 'fixed',
  isSaid: (verdict: Verdict) => boolean,
  level = 0.05,
): number {
  const draws = createDraws(`watched:${many}`)
  let said = 0
  for (let world = 0; world < WORLDS[many]; world += 1) {
    let arms: readonly Arm[] = Array.from({ length: many }, (_, index) => ({
      arm: `v${index}`,
      assigned: 0,
      converted: 0,
    }))
    let isHeard = false
    for (let look = 0; look < LOOKS && !isHeard; look += 1) {
      arms = arms.map(({ arm, assigned, converted }) => {
        return { arm, assigned: assigned + 250, converted: converted + draws.binomial(250, 0.04).successes }
      })
      isHeard = differ(arms, level) && isSaid(judge({ arms, mature: true, decision }))
    }
    if (isHeard) said += 1
  }
  return said / WORLDS[many]
}

const isWon = ({ outcome }: Verdict) => outcome === 'winner'
const isAnyPairApart = ({ comparisons }: Verdict) =>
  comparisons.some(({ anytime }) => anytime.adjustedPValue < 0.05)

describe('of variants that are alike, looked at 46 times,', { timeout: 600_000 }, () => {
  it.each([2, 4] as const)(
    'a verdict about %d that may be watched finds any pair to differ at most as often as alpha',
    (many) => {
      const said = saidWhileWatched(many, 'anytime', (verdict) => isWon(verdict) || isAnyPairApart(verdict))
      expect(said).toBeLessThanOrEqual(atMost(0.05, WORLDS[many]))
    },
  )

  it('a verdict that looks once names a winner far more often when it is watched all the same', () => {
    expect(saidWhileWatched(2, 'fixed', isWon)).toBeGreaterThan(0.2)
  })

  it('one is “95 % sure to be best” in about four of ten', () => {
    const isSure = ({ arms }: Verdict) =>
      arms.some(({ probabilityToBeBest }) => (probabilityToBeBest ?? 0) > 0.95)
    // a chance of 0.95 goes with a p-value of 0.1
    expect(saidWhileWatched(2, 'fixed', isSure, 0.15)).toBeGreaterThan(0.35)
  })
})
