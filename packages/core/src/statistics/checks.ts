import { CampaignKitError } from '../base/error.js'

/** So many successes among so many trials. */
export interface Proportion {
  readonly successes: number
  /** At least 1: an interval of nothing says nothing. */
  readonly trials: number
}

/** Counts above this are refused, so that every product of two of them is a finite double. */
const MOST = Number.MAX_SAFE_INTEGER

function refuse(path: string, message: string): never {
  throw new CampaignKitError('INVALID_INPUT', `${path}: ${message}`, { path })
}

function isCount(count: number, least: number): boolean {
  return Number.isInteger(count) && count >= least && count <= MOST
}

/** @throws INVALID_INPUT with the path of the count that is not a whole number from `least` to 2^53 - 1 */
export function checkCount(count: number, path: string, least = 0): void {
  if (!isCount(count, least)) refuse(path, `expected a whole number from ${least}`)
}

/** What {@link checkProportion} lets pass. */
export function isProportion({ successes, trials }: Proportion): boolean {
  return isCount(trials, 1) && isCount(successes, 0) && successes <= trials
}

/**
 * @param path - where the proportion stands; empty at the top
 * @throws INVALID_INPUT with the path of the count that is wrong
 */
export function checkProportion({ successes, trials }: Proportion, path = ''): void {
  if (isProportion({ successes, trials })) return
  const prefix = path === '' ? '' : `${path}.`
  checkCount(trials, `${prefix}trials`, 1)
  checkCount(successes, `${prefix}successes`)
  refuse(`${prefix}successes`, 'more successes than trials')
}

/** @throws INVALID_INPUT when a number is not strictly between 0 and 1 */
export function checkOpenShare(share: number, path: string): void {
  if (!(share > 0 && share < 1)) refuse(path, 'expected a number between 0 and 1, both excluded')
}

/** @throws INVALID_INPUT when a number is not from 0 to 1 */
export function checkProbability(probability: number, path: string): void {
  if (!(probability >= 0 && probability <= 1)) refuse(path, 'expected a probability from 0 to 1')
}
