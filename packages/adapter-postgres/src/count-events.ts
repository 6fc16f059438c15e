import {
  type CampaignEvent,
  type CounterCell,
  cellsOf,
  type Scope,
  sha256,
  toHex,
  utf8,
} from '@campaignkit/core/adapter'
import { type Columns, given, namesOf } from './columns.js'
import { type Fragment, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/** A cell in which some of the events count, by its number among them, from 1. */
interface NumberedCell {
  readonly number: number
  /** As which customers are marked in it. */
  readonly id: string
  readonly cell: CounterCell
}

/** An event, and the number of its attributions: the same for the same ones. */
interface AttributedEvent {
  readonly event: CampaignEvent
  readonly document: number
}

/** That an event, by its place among those that are given, counts in a cell, by its number. */
interface Hit {
  readonly place: number
  readonly number: number
}

const PLACE: Columns<NumberedCell> = [
  { name: 'campaign_id', type: 'text', of: ({ cell }) => cell.campaignId },
  { name: 'run_id', type: 'text', of: ({ cell }) => cell.runId },
  { name: 'arm', type: 'text', of: ({ cell }) => cell.arm },
  { name: 'channel', type: 'text', of: ({ cell }) => cell.channel ?? '' },
  { name: 'segment', type: 'text', of: ({ cell }) => cell.segment ?? '' },
  { name: 'type', type: 'text', of: ({ cell }) => cell.type },
  { name: 'currency', type: 'text', of: ({ cell }) => cell.currency ?? '' },
]

const CELLS: Columns<NumberedCell> = [{ name: 'number', type: 'int', of: ({ number }) => number }, ...PLACE]

const HITS: Columns<Hit> = [
  { name: 'place', type: 'int', of: ({ place }) => place },
  { name: 'number', type: 'int', of: ({ number }) => number },
]

const SUMS = 'total, members, human_members, machine, amount_minor, amount_squares, cost_micros'

/** Among how many rows the additions to one cell are spread, so that writers seldom wait for each other. */
export const SHARDS = 8

/**
 * The part of a statement that folds events into the counters, as `foldEvents` would, with a row lock for each cell it
 * touches; empty when none counts anywhere. It stands behind `facts`, the events by their place, and `fresh`, the keys of
 * those that are new.
 */
export function countingOf(
  { counters, counted_members: countedMembers }: Tables,
  { tenant }: Scope,
  facts: readonly AttributedEvent[],
): Fragment {
  const { cells, hits } = cellsHitBy(facts)
  if (cells.length === 0) return raw('')
  const ids = cells.map(({ id }) => id)
  // what was known of a customer before is kept beside what is known now, so that one statement writes and answers;
  // cells are joined last, and their ids never, or the planner would expect next to no rows and compare all with all
  return sql`, additions as materialized (
      select number, (${ids}::uuid[])[number] as cell, customer_id, count(*) as total,
        count(*) filter (where machine) as machine, bool_or(not machine) as human, sum(amount_minor) as amount,
        ${exactSum('amount_minor')} as amount_minor, ${exactSum('cost_micros')} as cost_micros
      from ${given(HITS, hits)} join facts using (place) join fresh using (key)
      group by number, customer_id
    ), marked as (
      insert into ${countedMembers} as kept (tenant, cell, customer_id, human, amount)
      select ${tenant}, cell, customer_id, human, amount from additions
      where customer_id is not null order by customer_id, cell
      on conflict (tenant, customer_id, cell) do update set was_human = kept.human, was_amount = kept.amount,
        human = kept.human or excluded.human, amount = kept.amount + excluded.amount
      returning cell, customer_id, was_human, coalesce(was_amount, 0) as was_amount
    ), sums as (
      select number, sum(total) as total, count(marked.cell) filter (where was_human is null) as members,
        count(marked.cell) filter (where human and was_human is not true) as human_members, sum(machine) as machine,
        sum(amount_minor) as amount_minor, coalesce(sum(${ADDED_SQUARE}), 0) as amount_squares,
        sum(cost_micros) as cost_micros
      from additions left join marked using (cell, customer_id) group by number
    ), counted as (
      insert into ${counters} as kept (tenant, shard, ${namesOf(PLACE)}, ${raw(SUMS)})
      select ${tenant}, mod(pg_backend_pid(), ${SHARDS}), ${namesOf(PLACE)}, ${raw(SUMS)}
      from sums join ${given(CELLS, cells)} using (number) order by ${namesOf(PLACE)}
      on conflict (tenant, campaign_id, run_id, arm, channel, segment, type, currency, shard) do update set
        ${raw(
          SUMS.split(', ')
            .map((name) => `${name} = kept.${name} + excluded.${name}`)
            .join(', '),
        )}
    )`
}

/** The sum of doubles that are whole, to the last digit: a double becomes a numeric of 15 digits. */
function exactSum(column: string): Fragment {
  return raw(`sum(${column}::bigint)`)
}

/**
 * What an amount adds to the square of the sum of a customer, (w + a)^2 - w^2: null for nobody. A text of a double holds
 * all its digits.
 */
const ADDED_SQUARE = raw('amount_minor * (2 * was_amount::text::numeric + amount_minor)')

/** Which cell a customer is marked in: 128 bits of the digest of its key, in the form of a UUID. */
export function cellIdOf(key: string): string {
  const hex = toHex(sha256(utf8(key)))
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}

function cellsHitBy(facts: readonly AttributedEvent[]) {
  const cells = new Map<string, NumberedCell>()
  const hits: Hit[] = []
  const hitAlike = new Map<string, readonly number[]>()
  const numberOf = (key: string, cell: CounterCell): number => {
    const known = cells.get(key) ?? { number: cells.size + 1, id: cellIdOf(key), cell }
    cells.set(key, known)
    return known.number
  }
  facts.forEach(({ event, document }, place) => {
    // a chunk has many events that count in the same cells
    const alike = `${document} ${event.currency} ${event.type}`
    const numbers = hitAlike.get(alike) ?? Array.from(cellsOf(event), ([key, cell]) => numberOf(key, cell))
    hitAlike.set(alike, numbers)
    for (const number of numbers) hits.push({ place, number })
  })
  return { cells: [...cells.values()], hits }
}
