import type { BetaPrior } from '../beta-prior.js'
import { dirichletLogEvidence } from './dirichlet-evidence.js'

/** Successes and failures that were seen. */
export interface Outcomes {
  readonly successes: number
  readonly failures: number
}

/** ln e-value of the outcomes against the rate whose log odds are given; convex in the log odds. */
export function betaLogEvidence(
  { successes, failures }: Outcomes,
  prior: BetaPrior,
  logOdds: number,
): number {
  const shares = [1 / (1 + Math.exp(-logOdds)), 1 / (1 + Math.exp(logOdds))]
  return dirichletLogEvidence([successes, failures], [prior.successes, prior.failures], shares)
}

const MOST_STEPS = 100

/**
 * The log odds beyond the likeliest, on one side, at which the evidence reaches its bar: doubling steps until it is
 * above, then Newton's iteration, which on a convex curve comes nearer from that side alone.
 */
function crossing(outcomes: Outcomes, prior: BetaPrior, bar: number, side: 1 | -1): number {
  const { successes, failures } = outcomes
  const trials = successes + failures
  const middle = Math.log((successes + 0.5) / (failures + 0.5))
  const excessAt = (logOdds: number) => betaLogEvidence(outcomes, prior, logOdds) - bar
  let step = Math.sqrt((trials + 1) / ((successes + 0.5) * (failures + 0.5)))
  let at = middle + side * step
  while (excessAt(at) < 0) {
    step *= 2
    at = middle + side * step
  }
  for (let round = 0; round < MOST_STEPS; round += 1) {
    const next = at - excessAt(at) / (trials / (1 + Math.exp(-at)) - successes)
    if (!((at - next) * side > 1e-15 * Math.max(1, Math.abs(at)))) return at
    at = next
  }
  return at
}

/** The rates, as log odds, that the outcomes have not yet spoken against at level alpha. */
export function betaLogOddsInterval(
  outcomes: Outcomes,
  prior: BetaPrior,
  alpha: number,
): { readonly low: number; readonly high: number } {
  const bar = -Math.log(alpha)
  return {
    low: outcomes.successes === 0 ? Number.NEGATIVE_INFINITY : crossing(outcomes, prior, bar, -1),
    high: outcomes.failures === 0 ? Number.POSITIVE_INFINITY : crossing(outcomes, prior, bar, 1),
  }
}
