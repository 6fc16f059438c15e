import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../../testing/seeded-random.js'
import { drawNormal } from './draws.js'
import { type RollArm, rollArmOfRate, rollOutcome, testAndRoll } from './test-and-roll.js'

/** The website of Feit and Berman (2019), section 4.1: rates of 68 % on average, with a standard deviation of 3 points. */
const PAGE = rollArmOfRate({ mean: 0.68, sd: 0.03 })
const WEBSITE = { population: 100_000, arms: [PAGE, PAGE] as const }
const UNLIKE = {
  population: 50_000,
  arms: [
    { mean: 10, sd: 2, noise: 30 },
    { mean: 11, sd: 4, noise: 20 },
  ] as const,
}
const relative = (value: number, expected: number) => Math.abs(value / expected - 1)
const refusal = (path: string) => expect.objectContaining({ code: 'INVALID_INPUT', path })

describe('Test and roll', () => {
  it('needs as many as in the paper for its website', () => {
    expect(testAndRoll(WEBSITE).sizes).toEqual([2_284, 2_284])
  })

  // expected profits by mpmath in 30 digits
  it('loses as much as the formula says, and less than a test of fixed power', () => {
    const found = testAndRoll(WEBSITE)
    expect(relative(found.regret, 156.570133262238)).toBeLessThan(1e-10)
    expect(relative(found.perfectProfit, 69_692.5687506433)).toBeLessThan(1e-12)
    expect(found.expectedProfit).toBeCloseTo(found.perfectProfit - found.regret, 6)
    // 18,468 an arm: two points at 95 % confidence and 80 % power, the comparison of the paper
    expect(relative(rollOutcome(WEBSITE, [18_468, 18_468]).regret, 632.086387354076)).toBeLessThan(1e-10)
  })

  it('is at the top: no sizes beside it bring more', () => {
    for (const problem of [WEBSITE, UNLIKE]) {
      const best = testAndRoll(problem)
      for (const [one, other] of [
        [1, 1],
        [-1, -1],
        [1, 0],
        [0, -1],
      ] as const) {
        const beside = rollOutcome(problem, [best.sizes[0] + one, best.sizes[1] + other])
        expect(beside.regret).toBeGreaterThanOrEqual(best.regret)
      }
    }
  })

  // by Nelder and Mead over the formula in mpmath, then over the whole numbers around
  it('finds the sizes for arms that are not alike', () => {
    const found = testAndRoll(UNLIKE)
    expect(found.sizes).toEqual([707, 807])
    expect(relative(found.regret, 5_823.55738931567)).toBeLessThan(1e-10)
  })

  it('finds by search what the closed form gives', () => {
    const nearly = testAndRoll({ ...WEBSITE, arms: [PAGE, { ...PAGE, mean: 0.68 + 1e-12 }] })
    expect(Math.abs(nearly.sizes[0] - 2_284) + Math.abs(nearly.sizes[1] - 2_284)).toBeLessThan(10)
    expect(relative(nearly.regret, testAndRoll(WEBSITE).regret)).toBeLessThan(1e-6)
  })

  it('regrets in proportion to the square root of the population', () => {
    const regrets = [1e6, 4e6, 16e6].map((population) => testAndRoll({ ...WEBSITE, population }).regret)
    expect((regrets[1] ?? 0) / (regrets[0] ?? 1)).toBeCloseTo(2, 1)
    expect((regrets[2] ?? 0) / (regrets[1] ?? 1)).toBeCloseTo(2, 1)
  })

  it('tests nobody when it is clear enough which arm is better', () => {
    const clear = [
      { mean: 1, sd: 0.1, noise: 100 },
      { mean: 2, sd: 0.1, noise: 100 },
    ] as const
    const { sizes, regret } = testAndRoll({ population: 1_000, arms: clear })
    expect(sizes).toEqual([0, 0])
    expect(regret).toBeLessThan(1e-6)
  })

  it('fits the smallest list', () => {
    const { sizes } = testAndRoll({ population: 2, arms: [PAGE, PAGE] })
    expect(sizes[0] + sizes[1]).toBeLessThanOrEqual(2)
  })

  it('brings in a simulated world what it expects', () => {
    const { uniform } = createSeededRandom('roll')
    const sizes = [700, 900] as const
    const worlds = 20_000
    let earned = 0
    let squares = 0
    for (let world = 0; world < worlds; world += 1) {
      const arms = UNLIKE.arms.map(({ mean, sd, noise }, index) => {
        const size = sizes[index] ?? 0
        const truth = mean + sd * drawNormal(uniform)
        const seen = truth + (noise / Math.sqrt(size)) * drawNormal(uniform)
        const pull = sd ** 2 / (sd ** 2 + noise ** 2 / size)
        return { truth, believed: mean + pull * (seen - mean), size }
      })
      const [first = { truth: 0, believed: 0, size: 0 }, second = first] = arms
      const better = first.believed > second.believed ? first : second
      const rolled = UNLIKE.population - first.size - second.size
      const profit = first.size * first.truth + second.size * second.truth + rolled * better.truth
      earned += profit / worlds
      squares += profit ** 2 / worlds
    }
    const error = Math.sqrt((squares - earned ** 2) / worlds)
    expect(Math.abs(earned - rollOutcome(UNLIKE, sizes).expectedProfit)).toBeLessThan(3.5 * error)
  })

  const arm = (more: Partial<RollArm>) => ({ mean: 1, sd: 1, noise: 1, ...more })
  it.each([
    [{ population: 1, arms: [PAGE, PAGE] }, 'population'],
    [{ population: 10.5, arms: [PAGE, PAGE] }, 'population'],
    [{ population: 10, arms: [PAGE] }, 'arms'],
    [{ population: 10, arms: [PAGE, arm({ sd: 0 })] }, 'arms[1].sd'],
    [{ population: 10, arms: [arm({ noise: -1 }), PAGE] }, 'arms[0].noise'],
    [{ population: 10, arms: [arm({ mean: Number.NaN }), PAGE] }, 'arms[0].mean'],
  ])('refuses %j', (problem, path) => {
    expect(() => testAndRoll(problem as never)).toThrow(refusal(path))
  })

  it.each([
    [[-1, 5], 'sizes[0]'],
    [[1, 5.5], 'sizes[1]'],
    [[60_000, 40_001], 'sizes[1]'],
  ] as const)('refuses tests of %j', (sizes, path) => {
    expect(() => rollOutcome(WEBSITE, sizes)).toThrow(refusal(path))
  })

  it.each([
    [{ mean: 0, sd: 0.1 }, 'mean'],
    [{ mean: 1, sd: 0.1 }, 'mean'],
    [{ mean: 0.1, sd: 0 }, 'sd'],
    [{ mean: 0.1, sd: 0.31 }, 'sd'],
  ])('refuses a rate of %j', (prior, path) => {
    expect(() => rollArmOfRate(prior)).toThrow(refusal(path))
  })
})
