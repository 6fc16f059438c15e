import type { StratumOutcome } from './stratum.js'

/** Successes and trials of a, then of b. */
export type StratumRow = readonly [number, number, number, number]

export const strataOf = (rows: readonly StratumRow[]): StratumOutcome[] =>
  rows.map(([successesA, trialsA, successesB, trialsB]) => ({
    a: { successes: successesA, trials: trialsA },
    b: { successes: successesB, trials: trialsB },
  }))

export const turnedRound = (strata: readonly StratumOutcome[]): StratumOutcome[] =>
  strata.map(({ a, b }) => ({ a: b, b: a }))

export const TWO: readonly StratumRow[] = [
  [60, 500, 40, 500],
  [25, 100, 20, 100],
]
export const SMALL: readonly StratumRow[] = [
  [3, 8, 0, 9],
  [1, 8, 2, 8],
  [4, 6, 1, 9],
]
/** Admissions to Berkeley in 1973, men and women, by department: `UCBAdmissions` of R. */
export const BERKELEY: readonly StratumRow[] = [
  [512, 825, 89, 108],
  [353, 560, 17, 25],
  [120, 325, 202, 593],
  [138, 417, 131, 375],
  [53, 191, 94, 393],
  [22, 373, 24, 341],
]
/** Unequal shares, and a stratum in which nobody answered. */
export const RARE: readonly StratumRow[] = [
  [1, 300, 4, 300],
  [0, 250, 3, 250],
  [2, 40, 1, 360],
  [0, 100, 0, 100],
]
/** Shares of 9 to 1 and 1 to 9, and no difference within either: together, a is ahead by far. */
export const SIMPSON: readonly StratumRow[] = [
  [180, 1_800, 20, 200],
  [4, 200, 36, 1_800],
]

/** Whether a figure agrees with one that was worked out elsewhere, to 12 digits. */
export const agrees = (value: number | null | undefined, expected: number): boolean =>
  Math.abs((value ?? Number.NaN) / expected - 1) < 1e-12
