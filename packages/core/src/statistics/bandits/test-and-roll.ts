import { checkCount } from '../checks.js'
import { checkFinite, checkPositive, refuseNumber } from '../number-checks.js'
import { normalUpperTail } from '../special/normal-tail.js'
import { bestSizes } from './best-sizes.js'

/** What is believed of an arm before the test, in units of profit per customer. */
export interface RollArm {
  /** Mean of the prior: what campaigns like it earned on average. */
  readonly mean: number
  /** Standard deviation of the prior, above 0: by how much campaigns like it differed in truth. */
  readonly sd: number
  /** Standard deviation of what one customer brings, above 0. */
  readonly noise: number
}

/** So many customers, two arms: test both on some, then give all others the one that did better. */
export interface TestAndRollProblem {
  /** Customers of test and roll together, a whole number of at least 2. */
  readonly population: number
  readonly arms: readonly [RollArm, RollArm]
}

/** What a test of certain sizes is expected to bring. */
export interface RollOutcome {
  /** Customers in the test, by arm. */
  readonly sizes: readonly [number, number]
  /** Of test and roll together. */
  readonly expectedProfit: number
  /** What could be earned by someone who knew the better arm from the start. */
  readonly perfectProfit: number
  /** `perfectProfit - expectedProfit`, computed as such: what not knowing costs. */
  readonly regret: number
}

/**
 * The sizes of a test that make the expected profit of test and roll together greatest: "Test & Roll: Profit-Maximizing
 * A/B Tests" (Feit and Berman 2019, Marketing Science 38:6). For two arms alike, by their closed form
 * `n = sqrt(N/4 r + (3/4 r)^2) - 3/4 r` with `r = (noise / sd)^2`; for different ones by search over whole sizes.
 * The sizes grow with the square root of the population, and so does the regret: where a test of fixed power would eat up
 * the list or not fit on it, this one does not.
 *
 * It takes the arm with the better posterior mean, however little better, and controls no error rate: right where a
 * wrong choice costs only what it earns less, as between two subject lines, wrong where the choice is kept for years.
 * Priors and responses are normal; the responses of a test of hundreds are near enough.
 *
 * @throws INVALID_INPUT with path `population`, `arms[0].sd` and the like
 *
 * @example
 * ```ts
 * import { rollArmOfRate, testAndRoll } from '@campaignkit/core/statistics'
 * const page = rollArmOfRate({ mean: 0.68, sd: 0.03 })
 * const { sizes, regret } = testAndRoll({ population: 100_000, arms: [page, page] })
 * console.log(sizes, Math.round(regret)) // [ 2284, 2284 ] 157
 * ```
 */
export function testAndRoll(problem: TestAndRollProblem): RollOutcome {
  checkProblem(problem)
  const { population, arms } = problem
  const [first, second] = arms
  const alike = first.mean === second.mean && first.sd === second.sd && first.noise === second.noise
  const profitOf = (sizes: readonly [number, number]) => -regretOf(problem, sizes)
  const sizes = alike ? evenSizes(population, first, profitOf) : bestSizes(population, profitOf)
  return rollOutcome(problem, sizes)
}

/**
 * What a test of given sizes is expected to bring (Feit and Berman 2019, expected profit under the rule of the better
 * posterior mean): to compare {@link testAndRoll} with a test of fixed power, or with none.
 *
 * @param sizes - customers in the test by arm; together at most the population
 * @throws INVALID_INPUT with path `population`, `arms[0].sd`, `sizes[1]` and the like
 *
 * @example
 * ```ts
 * import { rollArmOfRate, rollOutcome } from '@campaignkit/core/statistics'
 * const page = rollArmOfRate({ mean: 0.68, sd: 0.03 })
 * const { regret } = rollOutcome({ population: 100_000, arms: [page, page] }, [18_468, 18_468])
 * console.log(Math.round(regret)) // 632
 * ```
 */
export function rollOutcome(problem: TestAndRollProblem, sizes: readonly [number, number]): RollOutcome {
  checkProblem(problem)
  checkCount(sizes[0], 'sizes[0]')
  checkCount(sizes[1], 'sizes[1]')
  if (sizes[0] + sizes[1] > problem.population) refuseNumber('sizes[1]', 'more in the test than there are')
  const perfectProfit = problem.population * expectedGreater(problem.arms, [1, 1])
  const regret = regretOf(problem, sizes)
  return { sizes: [sizes[0], sizes[1]], expectedProfit: perfectProfit - regret, perfectProfit, regret }
}

/**
 * An arm whose profit is a conversion or none: 1 or 0 a customer, by the normal approximation of Feit and Berman.
 *
 * @param prior - mean of the rates of earlier campaigns, 0 to 1, and their standard deviation
 * @throws INVALID_INPUT with path `mean` or `sd`
 */
export function rollArmOfRate({ mean, sd }: { readonly mean: number; readonly sd: number }): RollArm {
  if (!(mean > 0 && mean < 1)) refuseNumber('mean', 'expected a number between 0 and 1, both excluded')
  // no distribution of rates is wider than that of sure successes and sure failures
  if (!(sd > 0 && sd < Math.sqrt(mean * (1 - mean))))
    refuseNumber('sd', 'expected 0 to sqrt(mean (1 - mean))')
  return { mean, sd, noise: Math.sqrt(mean * (1 - mean)) }
}

function checkProblem({ population, arms }: TestAndRollProblem): void {
  checkCount(population, 'population', 2)
  if (arms.length !== 2) refuseNumber('arms', 'expected two')
  arms.forEach(({ mean, sd, noise }, index) => {
    checkFinite(mean, `arms[${index}].mean`)
    checkPositive(sd, `arms[${index}].sd`)
    checkPositive(noise, `arms[${index}].noise`)
  })
}

/** The closed form, and of the whole numbers beside it the better. */
function evenSizes(
  population: number,
  { sd, noise }: RollArm,
  profitOf: (sizes: readonly [number, number]) => number,
): readonly [number, number] {
  const ratio = (noise / sd) ** 2
  const around = 0.75 * ratio
  // the difference of the roots as a quotient, which loses no digits where the ratio is large
  const exact = (population * ratio) / 4 / (Math.sqrt((population * ratio) / 4 + around ** 2) + around)
  const low = Math.min(Math.floor(exact), Math.floor(population / 2))
  const high = Math.min(low + 1, Math.floor(population / 2))
  return profitOf([high, high]) > profitOf([low, low]) ? [high, high] : [low, low]
}

/** Everything relative to the first prior mean, so that large means cost no digits. */
function regretOf({ population, arms }: TestAndRollProblem, sizes: readonly [number, number]): number {
  const [first, second] = arms
  const ahead = second.mean - first.mean
  const centred = [
    { ...first, mean: 0 },
    { ...second, mean: ahead },
  ] as const
  const known = [learnt(first, sizes[0]), learnt(second, sizes[1])] as const
  const rolled = population - sizes[0] - sizes[1]
  return (
    population * expectedGreater(centred, [1, 1]) -
    sizes[1] * ahead -
    rolled * expectedGreater(centred, known)
  )
}

/** The share of an arm's prior variance that a test of so many customers is expected to explain. */
function learnt({ sd, noise }: RollArm, size: number): number {
  return size / (size + (noise / sd) ** 2)
}

/** The expected greater one of two normal means of which these shares of their variances are known (Clark 1961). */
function expectedGreater(
  [first, second]: readonly [RollArm, RollArm],
  known: readonly [number, number],
): number {
  const spread = Math.hypot(first.sd * Math.sqrt(known[0]), second.sd * Math.sqrt(known[1]))
  if (spread === 0) return Math.max(first.mean, second.mean)
  const z = (first.mean - second.mean) / spread
  const density = Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)
  return first.mean * normalUpperTail(-z) + second.mean * normalUpperTail(z) + spread * density
}
