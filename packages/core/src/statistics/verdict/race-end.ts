import { holmAdjusted } from '../corrections/holm.js'
import { type Compared, comparedOf, decidingPValueOf } from './compare-arms.js'
import { leastMembersWhere, MOST_MEMBERS, type Start } from './least-members.js'
import { projectedPair } from './projected.js'
import { armOf, type Race } from './race.js'
import type { Question } from './verdict-input.js'

/** ln of 1 over the smallest p-value that is told from 0. */
const MOST_EVIDENCE = 745
/** Rounds of Holm's correction that are tried: what it takes from the leading pair depends on all others. */
const ROUNDS = 6
/** How far beyond the guess the search begins: what is too much costs less than what is too little. */
const BEYOND = 1.05
/** What a correction may differ by and be the same. */
const NEARLY = 1 - 1e-6

/** All pairs of a race: those of the arm ahead, the leading one first, and what else is corrected with them. */
interface Pairs {
  readonly own: readonly [Compared, ...Compared[]]
  readonly others: readonly Compared[]
}

function pairsOf(question: Question, { ahead, behind, family }: Race): Pairs {
  const pairOf = (first: string, second: string) =>
    comparedOf(armOf(question, first), armOf(question, second), question)
  const rivals = family
    .filter((pair) => pair.includes(ahead))
    .map(([first, second]) => (first === ahead ? second : first))
  const trailing = rivals.filter((arm) => arm !== behind)
  return {
    own: [pairOf(ahead, behind), ...trailing.map((arm) => pairOf(ahead, arm))],
    others: family.filter((pair) => !pair.includes(ahead)).map(([first, second]) => pairOf(first, second)),
  }
}

/**
 * About how many members an arm has when a pair reaches some evidence, -ln p: z squared grows as they do, a one-look p-value is
 * e^(-z^2 / 2) less what its tail is thinner, an e-value less what its prior costs.
 */
function roughly({ a, b }: Compared, { decision }: Question, evidence: number): number {
  const [first, second] = [a.successes / a.trials, b.successes / b.trials]
  const spread = first * (1 - first) + second * (1 - second)
  return ((2 * evidence + (decision === 'anytime' ? 3 : -2)) * spread) / (first - second) ** 2
}

/**
 * How many more members an arm needs until the one that is ahead beats all others, by the view that decides. The leading pair is
 * followed until it speaks at the level that the correction leaves it; what that is, all pairs together say there. From the
 * strictest on, until it is the one that was assumed.
 *
 * @returns null when there are not as many
 */
export function raceEnd(question: Question, race: Race, start: Start): number | null {
  const { own, others } = pairsOf(question, race)
  const isWhole = question.decision === 'fixed'
  const pValueAt = (pair: Compared, more: number) =>
    decidingPValueOf(projectedPair(pair, more, isWhole), question)
  const logAt = (more: number) => Math.max(-MOST_EVIDENCE, Math.log(pValueAt(own[0], more)))
  let factor = own.length + others.length
  let found: number | null = null
  for (let round = 0; round < ROUNDS; round += 1) {
    const bar = Math.log(question.alpha / factor)
    const guess = roughly(own[0], question, -bar) * BEYOND - start.have
    const aimed = guess > start.least && guess < MOST_MEMBERS ? { ...start, guess } : start
    const more = leastMembersWhere(aimed, (tried) => logAt(tried) - bar)
    if (more === null || own.length + others.length === 1) return more
    const adjusted = holmAdjusted([...own, ...others].map((pair) => pValueAt(pair, more)))
    const worst = Math.max(...adjusted.slice(0, own.length))
    const isSettled = worst < question.alpha
    if (isSettled) found = Math.min(found ?? more, more)
    const taken = worst / pValueAt(own[0], more)
    if (isSettled && (taken >= factor * NEARLY || more === start.least)) break
    factor = taken
  }
  return found
}
