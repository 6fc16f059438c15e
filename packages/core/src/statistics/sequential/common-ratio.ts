import { convexCrossing } from './convex-crossing.js'

/**
 * The successes of one stratum, and how they fall to its two arms where the rates are equal. Numbers that stand for a
 * prior may be broken.
 */
export interface SuccessSplit {
  /** Successes of the first arm, and of both. */
  readonly own: number
  readonly successes: number
  /** The share of the members that the first arm has, and that of the other; above 0, together 1. */
  readonly share: number
  readonly rest: number
}

/**
 * ln of the likelihood ratio of splits under one ratio of rates, e^x in every stratum, against the ratio 1; concave. A
 * success of a stratum falls to the first arm with probability share e^x / (share e^x + rest).
 */
function logRatioAt(splits: readonly SuccessSplit[], x: number): number {
  return Math.abs(x) < NEAR ? nearRatioAt(splits, x) : farRatioAt(splits, x)
}

/** Where ln(share e^x + rest) would lose digits if it were not written by e^x - 1. */
const NEAR = 0.7

/** Two loops that are written out, since they are the innermost of all. */
function nearRatioAt(splits: readonly SuccessSplit[], x: number): number {
  const fall = Math.expm1(-Math.abs(x))
  let sum = 0
  let [scaled, log] = [Number.NaN, 0]
  for (const { own, successes, share, rest } of splits) {
    const part = x > 0 ? rest : share
    // strata that are divided alike grow alike
    if (part !== scaled) log = Math.log1p(part * fall)
    scaled = part
    sum += own * x - successes * (x > 0 ? x + log : log)
  }
  return sum
}

/** From the side where nothing overflows. */
function farRatioAt(splits: readonly SuccessSplit[], x: number): number {
  const left = Math.exp(-Math.abs(x))
  let sum = 0
  for (const { own, successes, share, rest } of splits) {
    const log = x > 0 ? Math.log(rest * left + share) : Math.log(share * left + rest)
    sum += own * x - successes * (x > 0 ? x + log : log)
  }
  return sum
}

/** Its first derivative, and the second with its sign turned. */
function bendAt(
  splits: readonly SuccessSplit[],
  x: number,
): { readonly slope: number; readonly curvature: number } {
  const fall = Math.exp(-x)
  let slope = 0
  let curvature = 0
  for (const { own, successes, share, rest } of splits) {
    const falls = share / (share + rest * fall)
    slope += own - successes * falls
    curvature += successes * falls * (1 - falls)
  }
  return { slope, curvature }
}

const MOST_STEPS = 100
const LONGEST_STEP = 4

/** Where the likelihood ratio is largest, by Newton's iteration within what is known to hold it. Both arms need a success. */
function likeliest(splits: readonly SuccessSplit[]): number {
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  let x = 0
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const { slope, curvature } = bendAt(splits, x)
    if (slope > 0) low = x
    else high = x
    const newton = Math.max(-LONGEST_STEP, Math.min(LONGEST_STEP, slope / curvature))
    if (Math.abs(newton) <= 1e-15 * Math.max(1, Math.abs(x))) return x
    x = x + newton > low && x + newton < high ? x + newton : (low + high) / 2
  }
  return x
}

/** How finely an integral is taken. */
interface Grid {
  /** In standard errors; the integrand is analytic, so that the error falls exponentially with 1 / step. */
  readonly step: number
  /** ln of what is too small to count. */
  readonly negligible: number
}

const LONGEST_STRIDE = 0.3
/** All digits. */
const FINE: Grid = { step: 0.4, negligible: -45 }
/** Some six digits, for a quarter of the work. */
const COARSE: Grid = { step: 1, negligible: -15 }

interface Mass {
  /** ln of the integral. */
  readonly logTotal: number
  readonly mean: number
  readonly spread: number
}

/** The likelihood ratio integrated over all x, by the trapezoidal rule (Trefethen and Weideman 2014, theorem 5.1). */
function massOf(splits: readonly SuccessSplit[], { step, negligible }: Grid): Mass {
  const mode = likeliest(splits)
  const top = logRatioAt(splits, mode)
  const spread = 1 / Math.sqrt(bendAt(splits, mode).curvature)
  const stride = Math.min(step * spread, LONGEST_STRIDE)
  let total = 1
  let moment = 0
  for (const side of [1, -1]) {
    for (let at = side * stride; ; at += side * stride) {
      const log = logRatioAt(splits, mode + at) - top
      if (log < negligible) break
      total += Math.exp(log)
      moment += at * Math.exp(log)
    }
  }
  return { logTotal: top + Math.log(stride * total), mean: mode + moment / total, spread }
}

/** What splits say about one ratio of rates, as logarithms. */
export interface RatioEvidence {
  /** ln of the e-value against the ratio 1. */
  readonly logEvidence: number
  /** ln of the ratios that nothing has spoken against yet; without end where an arm has no success. */
  readonly low: number
  readonly high: number
  /** ln of the likeliest ratio; null where an arm has no success. */
  readonly likeliest: number | null
}

function evidenceOf(posterior: Mass, prior: SuccessSplit): number {
  return posterior.logTotal - massOf([prior], FINE).logTotal
}

/** ln of the e-value of {@link ratioEvidence} alone, its error below 1e-5: for plans, not for decisions. */
export function ratioLogEvidence(splits: readonly SuccessSplit[], prior: SuccessSplit): number {
  return evidenceOf(massOf([...splits, prior], COARSE), prior)
}

/**
 * The e-value of splits against the ratio 1: their likelihood ratio averaged over a prior, a split that was seen
 * beforehand of as many successes as it has; and the ratios against which the same average has not yet
 * spoken at level alpha.
 */
export function ratioEvidence(
  splits: readonly SuccessSplit[],
  prior: SuccessSplit,
  alpha: number,
): RatioEvidence {
  const posterior = massOf([...splits, prior], FINE)
  const logEvidence = evidenceOf(posterior, prior)
  const bar = -Math.log(alpha)
  const curve = {
    at: (x: number) => logEvidence - bar - logRatioAt(splits, x),
    slopeAt: (x: number) => -bendAt(splits, x).slope,
    // by Jensen's inequality the evidence against the mean is at most 1
    from: posterior.mean,
    step: posterior.spread,
  }
  const own = splits.reduce((sum, split) => sum + split.own, 0)
  const others = splits.reduce((sum, split) => sum + split.successes - split.own, 0)
  return {
    logEvidence,
    low: own === 0 ? Number.NEGATIVE_INFINITY : convexCrossing(curve, -1),
    high: others === 0 ? Number.POSITIVE_INFINITY : convexCrossing(curve, 1),
    likeliest: own === 0 || others === 0 ? null : likeliest(splits),
  }
}
