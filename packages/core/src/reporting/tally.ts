import type { Money } from '../base/money.js'
import { minorFromMicros } from '../base/money.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Arm } from '../model/experiment.js'
import type { Counter } from '../model/metrics.js'

/** Which cells of the counts to add up; `null` is the cell across all. */
export interface Slice {
  readonly arms: readonly Arm[]
  readonly channel: ChannelKind | null
  readonly segment: string | null
}

/** Cells added up over runs, arms and currencies. */
interface Figures {
  readonly total: number
  /** A member who did it in two currencies counts twice. */
  readonly members: number
  readonly humanMembers: number
  readonly machine: number
}

/** The counts of a campaign, looked up by slice and type. */
export interface Tally {
  figures(slice: Slice, type: string): Figures
  /** Amounts of events of the types by currency, in code-unit order; a currency whose sum is 0 is left out. */
  amounts(slice: Slice, types: readonly string[]): readonly Money[]
  /** Costs of every type by currency, in code-unit order, in millionths of a minor unit. */
  costMicros(slice: Slice): ReadonlyMap<string, number>
}

const NOTHING: Figures = { total: 0, members: 0, humanMembers: 0, machine: 0 }

function add(left: Figures, right: Figures): Figures {
  return {
    total: left.total + right.total,
    members: left.members + right.members,
    humanMembers: left.humanMembers + right.humanMembers,
    machine: left.machine + right.machine,
  }
}

type Place = Pick<Counter, 'arm' | 'channel' | 'segment'>

function placeKey({ arm, channel, segment }: Place): string {
  return JSON.stringify([arm, channel, segment])
}

/** Indexes counts once, so that every look-up takes constant time a cell. */
export function createTally(counters: Iterable<Counter>): Tally {
  const places = new Map<string, Counter[]>()
  for (const counter of counters) {
    const key = placeKey(counter)
    const cells = places.get(key)
    if (cells === undefined) places.set(key, [counter])
    else cells.push(counter)
  }
  const cellsOf = ({ arms, channel, segment }: Slice) =>
    arms.flatMap((arm) => places.get(placeKey({ arm, channel, segment })) ?? [])

  return {
    figures: (slice, type) =>
      cellsOf(slice)
        .filter((cell) => cell.type === type)
        .reduce<Figures>(add, NOTHING),
    amounts: (slice, types) =>
      [...sumByCurrency(cellsOf(slice), (cell) => (types.includes(cell.type) ? cell.amountMinor : 0))].map(
        ([currency, amountMinor]) => ({ amountMinor, currency }),
      ),
    costMicros: (slice) => sumByCurrency(cellsOf(slice), ({ costMicros }) => costMicros),
  }
}

function sumByCurrency(cells: readonly Counter[], amountOf: (cell: Counter) => number): Map<string, number> {
  const sums = new Map<string, number>()
  for (const cell of cells) {
    if (cell.currency !== null) sums.set(cell.currency, (sums.get(cell.currency) ?? 0) + amountOf(cell))
  }
  return new Map(
    [...sums].filter(([, amount]) => amount !== 0).sort(([left], [right]) => (left < right ? -1 : 1)),
  )
}

/** Costs in whole minor units, by currency. */
export function costOf(costMicros: ReadonlyMap<string, number>): readonly Money[] {
  return [...costMicros].map(([currency, micros]) => ({ amountMinor: minorFromMicros(micros), currency }))
}
