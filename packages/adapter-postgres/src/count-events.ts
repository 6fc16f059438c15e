import {
  addedSquare,
  type CampaignEvent,
  type CounterCell,
  type CustomerId,
  cellsOf,
  type Scope,
  sha256,
  toHex,
  utf8,
} from '@campaignkit/core/adapter'
import { type Columns, given, namesOf, typedNamesOf } from './columns.js'
import type { Session } from './database.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

/** What a batch of events adds to one cell. */
interface Addition {
  readonly cell: CounterCell
  total: number
  members: number
  humanMembers: number
  machine: number
  amountMinor: bigint
  amountSquares: bigint
  costMicros: number
}

/** What a batch of events says of one customer in one cell. */
interface Mark {
  readonly key: string
  readonly cell: string
  readonly customerId: CustomerId
  human: boolean
  amount: number
}

const MARK: Columns<Mark> = [
  { name: 'cell', type: 'text', of: ({ cell }) => cell },
  { name: 'customer_id', type: 'text', of: ({ customerId }) => customerId },
  { name: 'human', type: 'bool', of: ({ human }) => human },
  { name: 'amount', type: 'float8', of: ({ amount }) => amount },
]

const ADDITION: Columns<Addition> = [
  { name: 'campaign_id', type: 'text', of: ({ cell }) => cell.campaignId },
  { name: 'run_id', type: 'text', of: ({ cell }) => cell.runId },
  { name: 'arm', type: 'text', of: ({ cell }) => cell.arm },
  { name: 'channel', type: 'text', of: ({ cell }) => cell.channel ?? '' },
  { name: 'segment', type: 'text', of: ({ cell }) => cell.segment ?? '' },
  { name: 'type', type: 'text', of: ({ cell }) => cell.type },
  { name: 'currency', type: 'text', of: ({ cell }) => cell.currency ?? '' },
  { name: 'total', type: 'float8', of: ({ total }) => total },
  { name: 'members', type: 'float8', of: ({ members }) => members },
  { name: 'human_members', type: 'float8', of: ({ humanMembers }) => humanMembers },
  { name: 'machine', type: 'float8', of: ({ machine }) => machine },
  { name: 'amount_minor', type: 'numeric', of: ({ amountMinor }) => String(amountMinor) },
  { name: 'amount_squares', type: 'numeric', of: ({ amountSquares }) => String(amountSquares) },
  { name: 'cost_micros', type: 'numeric', of: ({ costMicros }) => String(costMicros) },
]

/** Among how many rows the additions to one cell are spread, so that writers seldom wait for each other. */
export const SHARDS = 8

/** Folds events that are new into the counters, as `foldEvents` would, with a row lock for each cell it touches. */
export async function countEvents(
  session: Session,
  { counters, counted_members: countedMembers }: Tables,
  { tenant }: Scope,
  events: readonly CampaignEvent[],
): Promise<void> {
  const { additions, marks } = additionsOf(events)
  if (marks.length > 0) {
    // what was known of a customer before is kept beside what is known now, so that one statement writes and answers
    const before = await session.rows<MarkRow>(sql`
      insert into ${countedMembers} as kept (tenant, cell, customer_id, human, amount)
      select ${tenant}, given.cell::uuid, given.customer_id, given.human, given.amount from ${given(MARK, marks)}
      order by given.customer_id, given.cell
      on conflict (tenant, customer_id, cell) do update set was_human = kept.human, was_amount = kept.amount,
        human = kept.human or excluded.human, amount = kept.amount + excluded.amount
      returning cell::text, customer_id, was_human, was_amount`)
    addFirsts(additions, marks, before)
  }
  if (additions.size === 0) return
  await session.rows(sql`
    insert into ${counters} as kept (tenant, shard, ${namesOf(ADDITION)})
    select ${tenant}, mod(pg_backend_pid(), ${SHARDS}), ${typedNamesOf(ADDITION)}
    from ${given(ADDITION, [...additions.values()])}
    order by given.campaign_id, given.run_id, given.arm, given.channel, given.segment, given.type, given.currency
    on conflict (tenant, campaign_id, run_id, arm, channel, segment, type, currency, shard) do update set
      total = kept.total + excluded.total, members = kept.members + excluded.members,
      human_members = kept.human_members + excluded.human_members, machine = kept.machine + excluded.machine,
      amount_minor = kept.amount_minor + excluded.amount_minor,
      amount_squares = kept.amount_squares + excluded.amount_squares,
      cost_micros = kept.cost_micros + excluded.cost_micros`)
}

interface MarkRow {
  readonly cell: string
  readonly customer_id: CustomerId
  /** Null for a customer of whom nothing was known in the cell. */
  readonly was_human: boolean | null
  readonly was_amount: number | null
}

/** Which cell a customer is marked in: 128 bits of the digest of its key, in the form of a UUID. */
export function cellIdOf(key: string): string {
  const hex = toHex(sha256(utf8(key)))
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}

function additionsOf(events: readonly CampaignEvent[]) {
  const additions = new Map<string, Addition>()
  const marks = new Map<string, Mark>()
  const ids = new Map<string, string>()
  for (const event of events) {
    for (const [key, cell] of cellsOf(event)) {
      const addition = additions.get(key) ?? emptyAddition(cell)
      additions.set(key, addition)
      addition.total += 1
      addition.machine += event.machine ? 1 : 0
      addition.amountMinor += BigInt(event.amountMinor)
      addition.costMicros += event.costMicros
      if (event.customerId === null) continue
      const id = ids.get(key) ?? cellIdOf(key)
      ids.set(key, id)
      const place = `${id} ${event.customerId}`
      const mark = marks.get(place) ?? {
        key,
        cell: id,
        customerId: event.customerId,
        human: false,
        amount: 0,
      }
      marks.set(place, mark)
      mark.human ||= !event.machine
      mark.amount += event.amountMinor
    }
  }
  return { additions, marks: [...marks.values()] }
}

function emptyAddition(cell: CounterCell): Addition {
  return {
    cell,
    total: 0,
    members: 0,
    humanMembers: 0,
    machine: 0,
    amountMinor: 0n,
    amountSquares: 0n,
    costMicros: 0,
  }
}

/** Counts who is first in a cell, and first there as a person, and what each customer's amounts add to the squares. */
function addFirsts(
  additions: ReadonlyMap<string, Addition>,
  marks: readonly Mark[],
  before: readonly MarkRow[],
): void {
  const known = new Map(before.map((row) => [`${row.cell} ${row.customer_id}`, row]))
  for (const { key, cell, customerId, human, amount } of marks) {
    const addition = additions.get(key)
    const row = known.get(`${cell} ${customerId}`)
    if (addition === undefined || row === undefined) continue
    if (row.was_human === null) addition.members += 1
    if (human && row.was_human !== true) addition.humanMembers += 1
    addition.amountSquares += addedSquare(row.was_amount ?? 0, amount)
  }
}
