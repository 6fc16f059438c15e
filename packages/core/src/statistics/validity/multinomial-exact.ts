import { elementAt } from '../../base/element-at.js'

/** Outcomes as likely as the observed one up to rounding count as equally likely, by the convention of R. */
const AS_LIKELY = 1e-7

/** ln 0! to ln n!. */
function logFactorials(most: number): Float64Array {
  const logs = new Float64Array(most + 1)
  let [high, low] = [0, 0]
  for (let number = 1; number <= most; number += 1) {
    const next = high + Math.log(number)
    low += Math.log(number) - (next - high)
    high = next
    logs[number] = high + low
  }
  return logs
}

/** How many outcomes there are: ways to part `members` among `arms`; infinite when beyond a double. */
export function outcomesOf(members: number, arms: number): number {
  let outcomes = 1
  for (let arm = 1; arm < arms; arm += 1) outcomes *= (members + arm) / arm
  return outcomes
}

/**
 * The exact multinomial test: the probability of all outcomes at most as likely as the observed one.
 *
 * @param shares - of each arm, above 0, together 1
 */
export function multinomialPValue(observed: readonly number[], shares: readonly number[]): number {
  const members = observed.reduce((sum, count) => sum + count, 0)
  const factorials = logFactorials(members)
  const termOf = (arm: number, count: number) =>
    count * Math.log(elementAt(shares, arm)) -
    elementAt(factorials, count) +
    elementAt(factorials, members) / shares.length
  const bar = observed.reduce((sum, count, arm) => sum + termOf(arm, count), 0) + AS_LIKELY
  let [counted, total] = [0, 0]
  const visit = (arm: number, left: number, log: number): void => {
    if (arm === shares.length - 1) {
      const outcome = log + termOf(arm, left)
      const probability = Math.exp(outcome)
      total += probability
      if (outcome <= bar) counted += probability
      return
    }
    for (let count = 0; count <= left; count += 1) visit(arm + 1, left - count, log + termOf(arm, count))
  }
  visit(0, members, 0)
  return Math.min(1, counted / total)
}
