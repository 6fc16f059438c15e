import { checkCount } from '../checks.js'
import { checkPositive, refuseNumber } from '../number-checks.js'

/**
 * The normal distribution of possible effects, centred at 0, over which a likelihood ratio is averaged. It decides
 * when the procedure is at its sharpest, never whether it holds its level, and has to be settled before the first
 * look. Either the number of members, of both arms together, at which the interval is to be narrowest; or the
 * variance of the effects, in squared units of the difference (`tau^2` of the mSPRT): the square of an effect that
 * one would call usual.
 */
export type EffectMixture = { readonly plannedMembers: number } | { readonly effectVariance: number }

/**
 * @throws INVALID_INPUT with path `mixture.plannedMembers`, `mixture.effectVariance`, or `mixture` when it has
 * both
 */
export function checkMixture(mixture: EffectMixture): void {
  if ('plannedMembers' in mixture) {
    if ('effectVariance' in mixture) refuseNumber('mixture', 'expected one of the two')
    checkCount(mixture.plannedMembers, 'mixture.plannedMembers', 1)
  } else checkPositive(mixture.effectVariance, 'mixture.effectVariance')
}

/**
 * The ratio of effect variance to squared standard error at which the interval is narrowest in units of the latter:
 * the root x > 1 of `x - ln x = 1 - 2 ln alpha`, less 1; in terms of Lambert's function -W(-alpha^2 / e) - 1 on the
 * lower branch (Waudby-Smith et al. 2024, appendix on the choice of rho; Howard et al. 2021, prop. 3). 8.2 at 0.05.
 */
export function sharpestRatio(alpha: number): number {
  const level = 1 - 2 * Math.log(alpha)
  let root = level + Math.log(level)
  for (let step = 0; step < 8; step += 1) root -= ((root - Math.log(root) - level) * root) / (root - 1)
  return root - 1
}

/** What there is at one look: squared standard error of the difference, and the members behind it. */
export interface Precision {
  readonly squaredError: number
  readonly members: number
}

/** Effect variance over squared standard error at this look. */
export function mixtureRatio(
  mixture: EffectMixture,
  { squaredError, members }: Precision,
  alpha: number,
): number {
  return 'plannedMembers' in mixture
    ? (sharpestRatio(alpha) * members) / mixture.plannedMembers
    : mixture.effectVariance / squaredError
}

/**
 * ln of the likelihood ratio averaged over the mixture, sqrt(V / (V + tau^2)) exp(z^2 tau^2 / (2 (V + tau^2))) with V
 * the squared standard error (Robbins 1970; Johari, Pekelis and Walsh 2022, "Always valid inference", the mSPRT of
 * the normal).
 */
export function mixtureLogEvidence(squaredZ: number, ratio: number): number {
  return (squaredZ * (ratio / (1 + ratio)) - Math.log1p(ratio)) / 2
}

/**
 * Half the width of the confidence sequence in standard errors, the |z| at which {@link mixtureLogEvidence} is
 * ln(1 / alpha): sqrt((2 (t rho^2 + 1) / (t rho^2)) ln(sqrt(t rho^2 + 1) / alpha)) with t rho^2 the ratio
 * (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, "Time-uniform central limit theory and asymptotic
 * confidence sequences", theorem 2.2).
 */
export function mixtureRadius(ratio: number, alpha: number): number {
  return Math.sqrt(((1 + ratio) / ratio) * (Math.log1p(ratio) - 2 * Math.log(alpha)))
}
