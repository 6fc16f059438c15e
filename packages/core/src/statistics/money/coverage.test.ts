import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../../testing/seeded-random.js'
import { drawNormal, type Uniform } from '../bandits/draws.js'
import { momentsFromSums, type ValueSums } from '../means/moments-from-sums.js'
import { welchTest } from '../means/welch.js'
import { incrementalRevenue } from './incremental-revenue.js'

const LONG = process.env.CAMPAIGNKIT_LONG === '1'
const WORLDS = LONG ? 20_000 : 1_500
const WATCHED_WORLDS = LONG ? 3_000 : 200
const LOOKS = 46
const SLOW = 300_000

const errors = (share: number, worlds: number) => 3 * Math.sqrt((share * (1 - share)) / worlds)

/** How often members buy, and by how much what they pay differs: the sigma of a lognormal around 1. */
interface Shoppers {
  readonly members: number
  readonly rate: number
  readonly sigma: number
}

function payment(sigma: number, uniform: Uniform): number {
  return Math.exp(sigma * drawNormal(uniform))
}

/** The revenue of so many members, by skipping from one buyer to the next. */
function revenueOf({ members, rate, sigma }: Shoppers, uniform: Uniform): ValueSums {
  const skip = () => Math.floor(Math.log1p(-uniform()) / Math.log1p(-rate))
  let sum = 0
  let squares = 0
  for (let at = skip(); at < members; at += 1 + skip()) {
    const paid = payment(sigma, uniform)
    sum += paid
    squares += paid * paid
  }
  return { count: members, sum, squares }
}

interface World {
  readonly treated: Shoppers
  readonly holdout: Shoppers
}

/** Treated members, members of the holdout, rates of buyers in both, sigma. */
const world = (n: number, m: number, p: number, q: number, sigma: number): World => ({
  treated: { members: n, rate: p, sigma },
  holdout: { members: m, rate: q, sigma },
})

/** How often an interval of the difference of means misses it. */
function missed(
  { treated, holdout }: World,
  intervalOf: (treated: ValueSums, holdout: ValueSums) => { low: number; high: number } | undefined,
): number {
  const { uniform } = createSeededRandom(`missed:${JSON.stringify([treated, holdout])}`)
  const truth = (treated.rate - holdout.rate) * Math.exp(treated.sigma ** 2 / 2)
  let misses = 0
  for (let each = 0; each < WORLDS; each += 1) {
    const found = intervalOf(revenueOf(treated, uniform), revenueOf(holdout, uniform))
    if (found === undefined || truth < found.low || truth > found.high) misses += 1
  }
  return misses / WORLDS
}

const SKEWED: readonly (readonly [number, number, number, number, number])[] = [
  [900, 100, 0.1, 0.1, 1],
  [900, 100, 0.4, 0.3, 1],
  [1000, 1000, 0.02, 0.02, 1],
  [1000, 1000, 0.15, 0.1, 0.5],
  [9000, 1000, 0.02, 0.02, 1],
  [9000, 1000, 0.03, 0.02, 1.5],
  [19_000, 1000, 0.1, 0.1, 0.5],
]

describe('the interval of incremental revenue', () => {
  it.each(SKEWED)(
    'for one look misses the truth at most as often as it says: %d and %d members, rates of %d and %d, sigma %d',
    { timeout: SLOW },
    (...figures) => {
      const share = missed(world(...figures), (treated, holdout) => {
        const { fixed } = incrementalRevenue(momentsFromSums(treated), momentsFromSums(holdout), {
          confidence: 0.95,
        })
        return fixed?.perMember
      })
      expect(share).toBeLessThanOrEqual(0.05 + errors(0.05, WORLDS))
    },
  )

  it("would miss it far more often by Welch's test alone, where a small holdout has few buyers", {
    timeout: SLOW,
  }, () => {
    const share = missed(world(900, 100, 0.1, 0.1, 1), (treated, holdout) => {
      const { difference } = welchTest(momentsFromSums(treated), momentsFromSums(holdout), {
        confidence: 0.95,
      })
      return difference ?? undefined
    })
    expect(share).toBeGreaterThan(0.08)
  })

  it.each([
    [900, 100, 0.1, 1],
    [1000, 1000, 0.1, 0.5],
    [100, 100, 0.5, 0.5],
  ])(
    'sees an effect that is not there at any of 46 looks at most as often as it says, while %d and %d members buy bit by bit (rate %d, sigma %d)',
    { timeout: SLOW },
    (n, m, rate, sigma) => {
      const { uniform } = createSeededRandom(`watched:${n}:${m}:${rate}:${sigma}`)
      const without = world(n, m, rate, rate, sigma)
      let alarms = 0
      for (let each = 0; each < WATCHED_WORLDS; each += 1) if (isAlarm(without, uniform)) alarms += 1
      expect(alarms / WATCHED_WORLDS).toBeLessThanOrEqual(0.05 + errors(0.05, WATCHED_WORLDS))
    },
  )
})

/** What one member paid by a look, for the first time or again. */
interface Order {
  readonly arm: 0 | 1
  readonly look: number
  readonly paid: number
  /** What the member had paid before. */
  readonly before: number
}

/** Two orders of every buyer in time; most buy soon, and the last look is after everybody. */
function ordersOf(arm: 0 | 1, { members, rate, sigma }: Shoppers, uniform: Uniform): readonly Order[] {
  const orders: Order[] = []
  const lookOf = () => Math.min(LOOKS, Math.ceil(-Math.log1p(-uniform()) * 0.3 * LOOKS))
  for (let member = 0; member < members; member += 1) {
    if (uniform() >= rate) continue
    const [first, second] = [lookOf(), lookOf()]
    const paid = payment(sigma, uniform)
    orders.push({ arm, look: Math.min(first, second), paid, before: 0 })
    orders.push({ arm, look: Math.max(first, second), paid: payment(sigma, uniform), before: paid })
  }
  return orders
}

/** Whether a world without an effect looks as if it had one, at any look. */
function isAlarm({ treated, holdout }: World, uniform: Uniform): boolean {
  const orders = [...ordersOf(0, treated, uniform), ...ordersOf(1, holdout, uniform)]
  const arms = [treated, holdout].map(({ members }) => ({ count: members, sum: 0, squares: 0 }))
  for (let look = 1; look <= LOOKS; look += 1) {
    for (const { arm, paid, before } of orders.filter((order) => order.look === look)) {
      const sums = arms[arm]
      if (sums === undefined) continue
      sums.sum += paid
      sums.squares += paid * (paid + 2 * before)
    }
    const [a, b] = arms.map(momentsFromSums)
    if (a === undefined || b === undefined) return false
    const { revenue } = incrementalRevenue(a, b, { confidence: 0.95 }).anytime ?? {}
    if (revenue !== undefined && (revenue.low > 0 || revenue.high < 0)) return true
  }
  return false
}
