import { checkCount } from '../checks.js'
import { checkPositive, refuseNumber } from '../number-checks.js'
import { type AnytimeEvidence, anytimeEvidence } from './anytime-evidence.js'
import { dirichletLogEvidence } from './dirichlet-evidence.js'

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
 * @param arms - two or more
 * @param options - `concentration`: how near to the weights a mismatch is looked for, above 0, settled before the first
 *   look; a share s is sought within sqrt(s (1 - s) / (concentration + 1)) of where it should be, by default (1000)
 *   within 1.6 points of a half. `previousPValue`: the `runningPValue` of the look before
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
    concentration = 1000,
    previousPValue,
  }: { readonly concentration?: number; readonly previousPValue?: number } = {},
): AnytimeEvidence {
  if (arms.length < 2) refuseNumber('arms', 'expected two or more')
  checkPositive(concentration, 'concentration')
  arms.forEach(({ count, weight }, index) => {
    checkCount(count, `arms[${index}].count`)
    checkPositive(weight, `arms[${index}].weight`)
  })
  const total = arms.reduce((sum, { weight }) => sum + weight, 0)
  const shares = arms.map(({ weight }) => weight / total)
  const prior = shares.map((share) => share * concentration)
  return anytimeEvidence(
    dirichletLogEvidence(
      arms.map(({ count }) => count),
      prior,
      shares,
    ),
    previousPValue,
  )
}
