import type { BetaPrior } from '../beta-prior.js'
import { convexCrossing } from './convex-crossing.js'
import { dirichletEvidenceOf } from './dirichlet-evidence.js'

/** Successes and failures that were seen. */
export interface Outcomes {
  readonly successes: number
  readonly failures: number
}

/** ln e-value of the outcomes against the rate whose log odds are given; convex in the log odds. */
export function betaLogEvidence(outcomes: Outcomes, prior: BetaPrior, logOdds: number): number {
  return betaEvidenceOf(outcomes, prior)(logOdds)
}

function betaEvidenceOf({ successes, failures }: Outcomes, prior: BetaPrior): (logOdds: number) => number {
  const evidence = dirichletEvidenceOf([successes, failures], [prior.successes, prior.failures])
  return (logOdds) => evidence([1 / (1 + Math.exp(-logOdds)), 1 / (1 + Math.exp(logOdds))])
}

/** The log odds beyond the likeliest, on one side, at which the evidence reaches its bar. */
function crossing(
  { successes, failures }: Outcomes,
  evidenceAt: (logOdds: number) => number,
  bar: number,
  side: 1 | -1,
): number {
  const trials = successes + failures
  const curve = {
    at: (logOdds: number) => evidenceAt(logOdds) - bar,
    slopeAt: (logOdds: number) => trials / (1 + Math.exp(-logOdds)) - successes,
    from: Math.log((successes + 0.5) / (failures + 0.5)),
    step: Math.sqrt((trials + 1) / ((successes + 0.5) * (failures + 0.5))),
  }
  return convexCrossing(curve, side)
}

/** The rates, as log odds, that the outcomes have not yet spoken against at level alpha. */
export function betaLogOddsInterval(
  outcomes: Outcomes,
  prior: BetaPrior,
  alpha: number,
): { readonly low: number; readonly high: number } {
  const bar = -Math.log(alpha)
  const evidenceAt = betaEvidenceOf(outcomes, prior)
  return {
    low: outcomes.successes === 0 ? Number.NEGATIVE_INFINITY : crossing(outcomes, evidenceAt, bar, -1),
    high: outcomes.failures === 0 ? Number.POSITIVE_INFINITY : crossing(outcomes, evidenceAt, bar, 1),
  }
}
