import { checkCount, checkOpenShare } from '../checks.js'
import { chiSquare } from '../distributions/chi-square.js'
import { checkPositive, refuseNumber } from '../number-checks.js'
import { productDifference } from '../special/exact-difference.js'
import { multinomialPValue, outcomesOf } from './multinomial-exact.js'

/** An arm as it was meant and as it came out. */
export interface AssignedArm {
  readonly arm: string
  /** Members. */
  readonly assigned: number
  /** Its share among the weights of all arms, above 0. */
  readonly weight: number
}

/** Whether the arms have the sizes that they were meant to have. */
export interface SampleRatioTest {
  readonly method: 'chi-square' | 'exact-multinomial'
  /** Why it was that method. */
  readonly choice: {
    /** `expected-counts`: exact when one is below `threshold`; `too-many-outcomes`: it would be, but is out of reach. */
    readonly rule: 'expected-counts' | 'too-many-outcomes'
    readonly leastExpected: number
    /** 5. */
    readonly threshold: number
  }
  /** Pearson's. */
  readonly statistic: number
  readonly df: number
  readonly pValue: number
  /** Whether the p-value is below alpha: the assignment or the counting is broken, and no comparison of arms is to be trusted. */
  readonly mismatch: boolean
  readonly alpha: number
  readonly arms: readonly (AssignedArm & {
    /** Members that the weights give it. */
    readonly expected: number
  })[]
}

const LEAST_EXPECTED = 5
const MOST_OUTCOMES = 1_000_000
const ALPHA = 0.001

function checkedArms(arms: readonly AssignedArm[]): void {
  if (arms.length < 2) refuseNumber('arms', 'expected at least two')
  arms.forEach(({ assigned, weight }, index) => {
    checkCount(assigned, `arms[${index}].assigned`)
    checkPositive(weight, `arms[${index}].weight`)
  })
  if (arms.every(({ assigned }) => assigned === 0)) refuseNumber('arms', 'expected a member')
}

function chosen(
  leastExpected: number,
  members: number,
  arms: number,
): Pick<SampleRatioTest, 'method' | 'choice'> {
  const figures = { leastExpected, threshold: LEAST_EXPECTED }
  if (leastExpected >= LEAST_EXPECTED) {
    return { method: 'chi-square', choice: { rule: 'expected-counts', ...figures } }
  }
  return outcomesOf(members, arms) <= MOST_OUTCOMES
    ? { method: 'exact-multinomial', choice: { rule: 'expected-counts', ...figures } }
    : { method: 'chi-square', choice: { rule: 'too-many-outcomes', ...figures } }
}

/**
 * Tests whether members were assigned in the ratio intended (sample ratio mismatch; Fabijan et al. 2019, "Diagnosing
 * sample ratio mismatch in online controlled experiments"): Pearson's chi-square of the counts against the weights,
 * or, when an expected count is below 5, the exact multinomial test, that is the probability of all outcomes at most as
 * likely as the observed one. For independent assignment by chance; an assignment that is exact by rank always passes.
 * To be looked at once: watched while members come in, it raises more false alarms than alpha says.
 *
 * @param options - `alpha`, 0 to 1, both excluded; by default 0.001, for a false alarm throws a whole experiment away
 * @throws INVALID_INPUT with path `arms` (fewer than two, or no member), `arms[i].assigned`, `arms[i].weight`, `alpha`
 *
 * @example
 * ```ts
 * import { sampleRatioTest } from '@campaignkit/core/statistics'
 * const { pValue, mismatch } = sampleRatioTest([
 *   { arm: 'plain', assigned: 50_912, weight: 1 },
 *   { arm: 'emoji', assigned: 50_201, weight: 1 },
 * ])
 * console.log(pValue.toFixed(4), mismatch) // 0.0254 false
 * ```
 */
export function sampleRatioTest(
  arms: readonly AssignedArm[],
  { alpha = ALPHA }: { readonly alpha?: number } = {},
): SampleRatioTest {
  checkedArms(arms)
  checkOpenShare(alpha, 'alpha')
  const members = arms.reduce((sum, { assigned }) => sum + assigned, 0)
  const weights = arms.reduce((sum, { weight }) => sum + weight, 0)
  const expected = arms.map((arm) => ({ ...arm, expected: (arm.weight / weights) * members }))
  const statistic = expected.reduce((sum, { assigned, weight, expected: meant }) => {
    const apart = productDifference(assigned, weights, members, weight) / weights
    return sum + (apart * apart) / meant
  }, 0)
  const least = expected.reduce((min, { expected: meant }) => Math.min(min, meant), members)
  const { method, choice } = chosen(least, members, arms.length)
  const df = arms.length - 1
  const pValue =
    method === 'chi-square'
      ? chiSquare(df).upperTail(statistic)
      : multinomialPValue(
          arms.map(({ assigned }) => assigned),
          arms.map(({ weight }) => weight / weights),
        )
  return { method, choice, statistic, df, pValue, mismatch: pValue < alpha, alpha, arms: expected }
}
