import { checkOpenShare } from '../checks.js'
import { checkWord, refuseNumber } from '../number-checks.js'
import { normalUpperTail } from '../special/normal-tail.js'
import { boundFor, continuing, type Paths, startingPaths } from './crossing.js'
import { type Spending, spentAlpha } from './spending.js'

/** One planned look. */
export interface PlannedLook {
  /** Share of the planned information (members, in an experiment with fixed shares) that is in by then. */
  readonly fraction: number
  /**
   * "No difference" is rejected when |z|, or z if one-sided, exceeds this; Infinity where next to nothing may be
   * spent.
   */
  readonly z: number
  /** The bound as a p-value of this look: reject when the p-value of the z test is below it. */
  readonly nominalPValue: number
  /** Probability of rejecting at this look or an earlier one when there is no difference. */
  readonly cumulativeAlpha: number
}

/** How looks are planned. */
export interface GroupSequentialOptions {
  /** Error of the whole plan, in both directions together if two-sided; 1e-6 to 0.5. */
  readonly alpha: number
  /** Shares of the planned information, up to 50 looks: ascending, from 0.01 to 1, at least 1e-3 apart. */
  readonly fractions: readonly number[]
  /** @default 'obrien-fleming' */
  readonly spending?: Spending
  /** 2: either direction rejects, each with half of alpha. 1: only upwards. @default 2 */
  readonly sides?: 1 | 2
}

const MOST_LOOKS = 50
const FIRST_FRACTION = 0.01
const LEAST_STEP = 1e-3
const ROUNDING = 1e-12
/** An error below this (a z of 19) is left for the next look. */
const NOTHING = 1e-80

function checkOptions({ alpha, fractions, spending, sides }: Required<GroupSequentialOptions>): void {
  checkOpenShare(alpha, 'alpha')
  if (alpha < 1e-6 || alpha > 0.5) refuseNumber('alpha', 'expected a number from 1e-6 to 0.5')
  checkWord(spending, ['obrien-fleming', 'pocock'], 'spending')
  if (sides !== 1 && sides !== 2) refuseNumber('sides', 'expected 1 or 2')
  if (fractions.length < 1 || fractions.length > MOST_LOOKS)
    refuseNumber('fractions', 'expected 1 to 50 looks')
  fractions.forEach((fraction, index) => {
    const least = index === 0 ? FIRST_FRACTION : (fractions[index - 1] ?? 0) + LEAST_STEP
    if (!(fraction >= least - ROUNDING && fraction <= 1)) {
      refuseNumber(`fractions[${index}]`, `expected a share from ${least} to 1`)
    }
  })
}

/**
 * The bounds of a test that looks at planned points: the error is spent by a function of the information (Lan and
 * DeMets 1983), and each bound is solved for from the density of z on the paths that have not been stopped, carried
 * from look to look by numerical integration (Armitage, McPherson and Rowe 1969; Jennison and Turnbull 2000, "Group
 * sequential methods", chapter 19). Bounds are not binding for futility. |error| of z below 1e-9, relative error of
 * `cumulativeAlpha` below 1e-9.
 *
 * Valid for statistics with independent increments, as those of means and proportions of members who are each counted
 * once; for looks that were planned without a view of the difference. Whoever looks as he likes takes
 * `compareProportionsAnytime`, which costs more members.
 *
 * @throws INVALID_INPUT with path `alpha`, `fractions`, `fractions[i]`, `spending` or `sides`
 *
 * @example
 * ```ts
 * import { groupSequentialBounds } from '@campaignkit/core/statistics'
 * const looks = groupSequentialBounds({ alpha: 0.05, fractions: [0.2, 0.4, 0.6, 0.8, 1] })
 * console.log(looks.map(({ z }) => z.toFixed(4)).join(' ')) // 4.8769 3.3570 2.6803 2.2898 2.0310
 * ```
 */
export function groupSequentialBounds({
  alpha,
  fractions,
  spending = 'obrien-fleming',
  sides = 2,
}: GroupSequentialOptions): readonly PlannedLook[] {
  checkOptions({ alpha, fractions, spending, sides })
  let paths: Paths = startingPaths()
  let spent = 0
  return fractions.map((fraction, index) => {
    const allowed = spentAlpha(spending, alpha / sides, fraction) - spent
    const z = allowed > NOTHING ? boundFor(paths, fraction, allowed) : Number.POSITIVE_INFINITY
    if (z < Number.POSITIVE_INFINITY) spent += allowed
    const nextFraction = fractions[index + 1]
    if (nextFraction !== undefined) paths = continuing(paths, { fraction, upper: z, sides, nextFraction })
    return { fraction, z, nominalPValue: sides * normalUpperTail(z), cumulativeAlpha: sides * spent }
  })
}
