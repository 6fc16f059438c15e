import type { CampaignEvent } from '../model/event.js'
import type { Counter } from '../model/metrics.js'
import type { CounterCell } from './counter-cell.js'
import { cellsOf } from './counter-cell.js'

/** Whether an event is the first of its customer in a cell, and the first there that no machine made. */
export interface Firsts {
  readonly isFirst: boolean
  readonly isFirstHuman: boolean
}

/** The counter of a cell in which nothing has happened. */
export function emptyCounter(cell: CounterCell): Counter {
  return {
    ...cell,
    total: 0,
    members: 0,
    humanMembers: 0,
    machine: 0,
    amountMinor: 0,
    amountSquares: 0,
    costMicros: 0,
  }
}

/**
 * What one more amount adds to a sum of squares: (before + amount)^2 - before^2. Whole numbers of any size, so that
 * every order of the events comes to the same sum.
 *
 * @param before - what the member's events in the cell came to before, in minor units
 */
export function addedSquare(before: number, amountMinor: number): bigint {
  const amount = BigInt(amountMinor)
  return amount * (amount + 2n * BigInt(before))
}

/** A counter after one more event; its `amountSquares` is {@link addedSquare}'s to keep. */
export function countEvent(
  counter: Counter,
  event: CampaignEvent,
  { isFirst, isFirstHuman }: Firsts,
): Counter {
  return {
    ...counter,
    total: counter.total + 1,
    members: counter.members + (isFirst ? 1 : 0),
    humanMembers: counter.humanMembers + (isFirstHuman ? 1 : 0),
    machine: counter.machine + (event.machine ? 1 : 0),
    amountMinor: counter.amountMinor + event.amountMinor,
    costMicros: counter.costMicros + event.costMicros,
  }
}

/**
 * Folds events into counters: what every storage keeps as it goes. The order of the events does not matter, a key that
 * comes again counts once, and an event without customer counts for no member.
 */
export function foldEvents(events: Iterable<CampaignEvent>): readonly Counter[] {
  const keys = new Set<string>()
  const counters = new Map<string, Counter>()
  const seen = new Set<string>()
  const amounts = new Map<string, number>()
  const squares = new Map<string, bigint>()
  const isNew = (mark: string) => !seen.has(mark) && seen.add(mark) === seen
  for (const event of events) {
    if (keys.has(event.key)) continue
    keys.add(event.key)
    const { customerId, machine } = event
    for (const [key, cell] of cellsOf(event)) {
      const firsts = {
        isFirst: customerId !== null && isNew(JSON.stringify(['any', key, customerId])),
        isFirstHuman: customerId !== null && !machine && isNew(JSON.stringify(['human', key, customerId])),
      }
      counters.set(key, countEvent(counters.get(key) ?? emptyCounter(cell), event, firsts))
      if (customerId === null) continue
      const member = JSON.stringify([key, customerId])
      const before = amounts.get(member) ?? 0
      amounts.set(member, before + event.amountMinor)
      squares.set(key, (squares.get(key) ?? 0n) + addedSquare(before, event.amountMinor))
    }
  }
  return [...counters].map(([key, counter]) => ({
    ...counter,
    amountSquares: Number(squares.get(key) ?? 0n),
  }))
}
