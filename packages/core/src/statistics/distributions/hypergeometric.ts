import { CampaignKitError } from '../../base/error.js'
import { checkCount } from '../checks.js'
import { deviance } from '../special/deviance.js'
import { productDifference } from '../special/exact-difference.js'
import { stirlingFactor } from '../special/stirling.js'
import { type Tails, tailsFromLower, tailsFromUpper } from '../special/tails.js'
import { discreteDistribution } from './discrete.js'
import type { Distribution } from './distribution.js'

/** What is drawn from, and how often; whole numbers. */
export interface HypergeometricParameters {
  /** How many there are. */
  readonly population: number
  /** How many of them count as a success; at most `population`. */
  readonly successes: number
  /** How many are drawn, none twice; at most `population`. */
  readonly draws: number
}

/** One cell of the 2 x 2 table of drawn and left, success and failure. */
interface Cell {
  readonly count: number
  readonly expected: number
}

function checkPart(part: number, population: number, path: string): void {
  checkCount(part, path)
  if (part > population)
    throw new CampaignKitError('INVALID_INPUT', `${path}: more than the population`, { path })
}

/** ln P(X = count): four deviances of the cells and what Stirling leaves of nine factorials. */
function logMass({ population, successes, draws }: HypergeometricParameters, count: number): number {
  const failures = population - successes
  const left = population - draws
  const cells: readonly Cell[] = [
    { count, expected: (successes / population) * draws },
    { count: failures - draws + count, expected: (failures / population) * left },
    { count: successes - count, expected: (successes / population) * left },
    { count: draws - count, expected: (failures / population) * draws },
  ]
  const excess = productDifference(count, population, successes, draws) / population
  const margins = [successes, failures, draws, left].reduce((product, n) => product * stirlingFactor(n), 1)
  const inner = cells.reduce(
    (product, cell) => product * stirlingFactor(cell.count),
    stirlingFactor(population),
  )
  return cells.reduce(
    (sum, cell, at) => sum - deviance(cell.count, cell.expected, at < 2 ? excess : -excess),
    Math.log(margins / inner),
  )
}

/** P(X = count + 1) / P(X = count). */
function stepUp({ population, successes, draws }: HypergeometricParameters, count: number): number {
  return (
    ((successes - count) / (count + 1)) * ((draws - count) / (population - successes - draws + count + 1))
  )
}

/** P(X <= count) / P(X = count), for a count below the mean. */
function lowerSum(parameters: HypergeometricParameters, count: number): number {
  let term = 1
  let total = 1
  for (let at = count; term > total * 1e-17; at -= 1) {
    term /= stepUp(parameters, at - 1)
    total += term
  }
  return total
}

/** P(X >= count) / P(X = count), for a count above the mean. */
function upperSum(parameters: HypergeometricParameters, count: number): number {
  let term = 1
  let total = 1
  for (let at = count; term > total * 1e-17; at += 1) {
    term *= stepUp(parameters, at)
    total += term
  }
  return total
}

/**
 * The hypergeometric distribution: how many successes are among so many draws without putting back. A tail takes
 * some ten standard deviations of steps: 0.3 ms for a population of 1e9.
 *
 * @throws INVALID_INPUT with path `population`, `successes` or `draws`
 *
 * @example
 * ```ts
 * import { hypergeometric } from '@campaignkit/core/statistics'
 *
 * console.log(hypergeometric({ population: 8, successes: 4, draws: 4 }).upperTail(2).toFixed(6)) // 0.242857
 * ```
 */
export function hypergeometric({ population, successes, draws }: HypergeometricParameters): Distribution {
  checkCount(population, 'population')
  checkPart(successes, population, 'successes')
  checkPart(draws, population, 'draws')
  const parameters = { population, successes, draws }
  const mean = population === 0 ? 0 : (successes / population) * draws
  const variance =
    population < 2 ? 0 : (mean * (1 - successes / population) * (population - draws)) / (population - 1)
  return discreteDistribution({
    low: Math.max(0, draws - (population - successes)),
    high: Math.min(successes, draws),
    mean,
    sd: Math.sqrt(variance),
    logMass: (count) => (population === 0 ? 0 : logMass(parameters, count)),
    tails: (count): Tails =>
      count + 0.5 < mean
        ? tailsFromLower(logMass(parameters, count) + Math.log(lowerSum(parameters, count)))
        : tailsFromUpper(logMass(parameters, count + 1) + Math.log(upperSum(parameters, count + 1))),
  })
}
