import { checkCount } from '../checks.js'
import { checkPositive, refuseNumber } from '../number-checks.js'
import { type AnytimeEvidence, anytimeEvidence, meanLogEvidence } from './anytime-evidence.js'
import { dirichletLogEvidence } from './dirichlet-evidence.js'

/** Large mismatches that few members show, and small ones that take many. */
const CONCENTRATIONS = [100, 10_000]

/** How many members an arm has, and the weight by which it should have them. */
export interface ArmCount {
  readonly count: number
  /** Above 0; only the proportions of the weights matter. */
  readonly weight: number
}

/**
 * Sequential test of a sample ratio mismatch: whether arms have members in the proportions of their weights, at any
 * look, by the Dirichlet-multinomial e-value whose prior is centred at the weights (Lindon and Malek 2022,
 * "Anytime-valid inference for multinomial count data"). Exact when members are drawn by lot; conservative for shares
 * that are kept exactly, as at assignment, where any alarm is a fault. Made for what is left of them on the way:
 * sent, delivered, analysed. Absolute error of `logEvidence` below 1e-11 for totals up to 1e9; it ranks what has a
 * p-value of 0.
 *
 * How near to the weights a mismatch is looked for decides when the test is at its sharpest: a share s is sought within
 * sqrt(s (1 - s) / (concentration + 1)) of where it should be, sharpest at some 16 times as many members. Unless told, the
 * mean of two e-values, an e-value itself: of 100 (within 5 points of a half) and of 10,000 (half a point). At 0.001 it
 * raises its hand from 4.4 to 4.5 standard errors on, from 1,000 to 1,000,000 members, where a concentration of 1,000 alone
 * takes 5.4 at 1,000 and 4.2 at 10,000. Simulated over 46 looks, mismatches of four standard errors at the end (56 to 44 of 1,000, 52
 * to 48 of 10,000, 50.2 to 49.8 of 1,000,000) were found in 35 to 39 of 100 (5, 45 and 35), where one look at the end finds 76.
 *
 * @param arms - two or more
 * @param options - `concentration`: the only one to look for, above 0, settled before the first look.
 *   `previousPValue`: the `runningPValue` of the look before
 * @throws INVALID_INPUT with path `arms`, `arms[i].count`, `arms[i].weight`, `concentration`, `previousPValue`
 *
 * @example
 * ```ts
 * import { anytimeSampleRatio } from '@campaignkit/core/statistics'
 * const { pValue } = anytimeSampleRatio([{ count: 5000, weight: 1 }, { count: 4600, weight: 1 }])
 * console.log(pValue < 0.01) // true
 * ```
 */
export function anytimeSampleRatio(
  arms: readonly ArmCount[],
  {
    concentration,
    previousPValue,
  }: { readonly concentration?: number; readonly previousPValue?: number } = {},
): AnytimeEvidence {
  if (arms.length < 2) refuseNumber('arms', 'expected two or more')
  if (concentration !== undefined) checkPositive(concentration, 'concentration')
  arms.forEach(({ count, weight }, index) => {
    checkCount(count, `arms[${index}].count`)
    checkPositive(weight, `arms[${index}].weight`)
  })
  const total = arms.reduce((sum, { weight }) => sum + weight, 0)
  const shares = arms.map(({ weight }) => weight / total)
  const counts = arms.map(({ count }) => count)
  const evidence = (concentration === undefined ? CONCENTRATIONS : [concentration]).map((each) =>
    dirichletLogEvidence(
      counts,
      shares.map((share) => share * each),
      shares,
    ),
  )
  return anytimeEvidence(meanLogEvidence(evidence), previousPValue)
}
