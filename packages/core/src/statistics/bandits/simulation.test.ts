import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../../testing/seeded-random.js'
import type { ArmOutcome } from '../verdict/verdict-input.js'
import type { ArmShare } from './allocation-shares.js'
import { banditShares } from './bandit-rates.js'
import { type ArmRevenue, banditRevenueShares } from './bandit-revenue.js'
import { drawNormal } from './draws.js'
import { weightsOfShares } from './weights-of-shares.js'

const LONG = process.env.CAMPAIGNKIT_LONG === '1'
const BATCHES = 16
const BATCH = 500

interface World {
  /** Regret after each batch, in conversions or money. */
  readonly regret: number[]
  /** Customers of each arm in each batch. */
  readonly sizes: (readonly number[])[]
}

/** Shares customers out batch by batch and counts what the best arm would have brought more. */
function play(
  means: readonly number[],
  sharesAt: () => readonly ArmShare[],
  observe: (arm: number, customers: number) => void,
): World {
  const best = Math.max(...means)
  const regret: number[] = []
  const sizes: number[][] = []
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const weights = weightsOfShares(sharesAt(), { total: BATCH })
    sizes.push(weights.map(({ weight }) => weight))
    const lost = weights.reduce((sum, { weight }, arm) => sum + weight * (best - (means[arm] ?? 0)), 0)
    regret.push((regret.at(-1) ?? 0) + lost)
    weights.forEach(({ weight }, arm) => {
      observe(arm, weight)
    })
  }
  return { regret, sizes }
}

const RATES = [0.1, 0.12, 0.18]

function ratesWorld(seed: string, options: Parameters<typeof banditShares>[1]): World {
  const { uniform } = createSeededRandom(seed)
  const seen = RATES.map((_rate, arm) => ({ arm: `v${arm}`, assigned: 0, converted: 0 }))
  return play(
    RATES,
    () => banditShares(seen as readonly ArmOutcome[], options),
    (arm, customers) => {
      const outcome = seen[arm]
      if (outcome === undefined) return
      outcome.assigned += customers
      for (let each = 0; each < customers; each += 1)
        if (uniform() < (RATES[arm] ?? 0)) outcome.converted += 1
    },
  )
}

const worldsOf = (many: number, play_: (seed: string) => World) =>
  Array.from({ length: LONG ? 10 * many : many }, (_, world) => play_(`world ${world}`))
const average = (worlds: readonly World[], of: (world: World) => number) =>
  worlds.reduce((sum, world) => sum + of(world), 0) / worlds.length

describe('A bandit of rates', { timeout: LONG ? 300_000 : 20_000 }, () => {
  const uniformRegret = BATCHES * BATCH * (0.18 - (0.1 + 0.12 + 0.18) / 3)

  it('regrets less and less by customer, and a fraction of what even arms lose', () => {
    const worlds = worldsOf(8, (seed) => ratesWorld(seed, { floor: 0 }))
    const quarter = average(worlds, ({ regret }) => regret[BATCHES / 4 - 1] ?? 0)
    const whole = average(worlds, ({ regret }) => regret[BATCHES - 1] ?? 0)
    // four times the customers at a constant regret would be four times the regret
    expect(whole / quarter).toBeLessThan(2)
    expect(whole).toBeLessThan(uniformRegret / 4)
  })

  it('gives the best arm nearly all in the end, and top-two about half', () => {
    const lastShare = (worlds: readonly World[]) =>
      average(worlds, ({ sizes }) => (sizes.at(-1)?.[2] ?? 0) / BATCH)
    expect(lastShare(worldsOf(8, (seed) => ratesWorld(seed, { floor: 0 })))).toBeGreaterThan(0.95)
    const topTwo = lastShare(worldsOf(4, (seed) => ratesWorld(seed, { floor: 0, rule: 'top-two' })))
    expect(topTwo).toBeGreaterThan(0.48)
    expect(topTwo).toBeLessThan(0.56)
  })

  it('keeps the floor in every batch', () => {
    const [world] = worldsOf(1, (seed) => ratesWorld(seed, { floor: 0.1 }))
    for (const sizes of world?.sizes ?? []) expect(Math.min(...sizes)).toBeGreaterThanOrEqual(0.1 * BATCH)
  })
})

describe('A bandit of revenue', { timeout: LONG ? 300_000 : 20_000 }, () => {
  /** One customer in eight buys; orders are log-normal around 20, and the last arm brings half as much again. */
  const MEANS = [1, 1, 1.5].map((factor) => (factor * 20 * Math.exp(0.125)) / 8)

  function revenueWorld(seed: string): World {
    const { uniform } = createSeededRandom(seed)
    const sums = MEANS.map(() => ({ count: 0, sum: 0, squares: 0 }))
    const seen = (): ArmRevenue[] =>
      sums.map(({ count, sum, squares }, arm) => ({
        arm: `v${arm}`,
        count,
        mean: sum / Math.max(1, count),
        variance: (squares - sum ** 2 / Math.max(1, count)) / Math.max(1, count - 1),
      }))
    return play(
      MEANS,
      () => banditRevenueShares(seen(), { floor: 0.02 }),
      (arm, customers) => {
        const arms = sums[arm]
        if (arms === undefined) return
        for (let each = 0; each < customers; each += 1) {
          const order = 20 * (arm === 2 ? 1.5 : 1) * Math.exp(0.5 * drawNormal(uniform))
          const value = uniform() < 1 / 8 ? order : 0
          arms.count += 1
          arms.sum += value
          arms.squares += value ** 2
        }
      },
    )
  }

  it('earns more than even arms, though orders are far from normal', () => {
    const worlds = worldsOf(6, revenueWorld)
    const best = MEANS[2] ?? 0
    const even = BATCHES * BATCH * (best - MEANS.reduce((sum, mean) => sum + mean, 0) / 3)
    expect(average(worlds, ({ regret }) => regret.at(-1) ?? 0)).toBeLessThan(even / 3)
    expect(average(worlds, ({ sizes }) => (sizes.at(-1)?.[2] ?? 0) / BATCH)).toBeGreaterThan(0.85)
  })
})
