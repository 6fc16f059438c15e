import type { Bench, Goal, Side } from './bench.js'

const WARM_UP_ROUNDS = 2
/** Rounds of each side that count; more while there is time. */
const FEWEST_ROUNDS = 5
const MOST_ROUNDS = 15

/** What came of a bench. */
export interface Measured {
  readonly stage: string
  readonly unit: string
  readonly bareName: string
  readonly goal: Goal
  /** Microseconds of the processor a unit: medians over the rounds. */
  readonly oursUs: number
  readonly bareUs: number
  /** How many times as fast as the bare way. */
  readonly ratio: number
  readonly met: boolean | null
  readonly rounds: { readonly oursUs: readonly number[]; readonly bareUs: readonly number[] }
}

/** Lets ours and the bare way take turns, so that whatever else the machine does falls on both. */
export async function measure(bench: Bench, budgetMs: number): Promise<Measured> {
  const sides = await bench.prepare()
  const rounds = { oursUs: [] as number[], bareUs: [] as number[] }
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
    await timed(sides.ours)
    await timed(sides.bare)
  }
  const until = performance.now() + budgetMs
  while (
    rounds.oursUs.length < FEWEST_ROUNDS ||
    (performance.now() < until && rounds.oursUs.length < MOST_ROUNDS)
  ) {
    rounds.oursUs.push(await timed(sides.ours))
    rounds.bareUs.push(await timed(sides.bare))
  }
  await sides.end?.()
  const { stage, unit, bareName, goal } = bench
  const oursUs = median(rounds.oursUs)
  const bareUs = median(rounds.bareUs)
  const ratio = bareUs / oursUs
  return { stage, unit, bareName, goal, oursUs, bareUs, ratio, met: isMet(goal, ratio, oursUs), rounds }
}

/** Microseconds a unit of one round: of the processor, which other programs on the machine change the least. */
async function timed(side: Side): Promise<number> {
  const round = await side()
  const begun = process.cpuUsage()
  const units = await round()
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / units
}

function isMet({ timesBare, perSecond }: Goal, ratio: number, oursUs: number): boolean | null {
  if (timesBare === undefined && perSecond === undefined) return null
  return ratio >= (timesBare ?? 0) && 1_000_000 / oursUs >= (perSecond ?? 0)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
