import type { PlannedMembership, RunId, Scope } from '@campaignkit/core/adapter'
import { arrayLiteral, type Columns, given, namesOf, typedNamesOf } from './columns.js'
import type { Session } from './database.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

/**
 * Into how many slices a run is cut. The more, the fewer members one statement makes in a run of very many; the fewer,
 * the more of a page stand in one row.
 */
const SLICES = 32

/** Members that one placement makes, as long as a slice has no more. */
export const MOST_PLACED = 50_000

const HEX = 16
/** Rank keys with which slices begin; the first slice begins with the first key. */
const BOUNDS = Array.from({ length: SLICES - 1 }, (_, at) =>
  (((at + 1) * HEX * HEX) / SLICES).toString(HEX).padStart(2, '0'),
)

/** Those of a page who are in one slice: a row. */
interface PlannedRow {
  readonly slice: number
  readonly members: PlannedMembership[]
}

type Planned = (row: PlannedRow) => readonly (string | null)[]

const textsOf =
  (of: (member: PlannedMembership) => string | null): Planned =>
  ({ members }) =>
    members.map(of)

const MOST_KNOWN = 1_000

/** Lists within a list, as texts: the same few come again and again. */
function listsOf(of: (member: PlannedMembership) => readonly string[]): Planned {
  const known = new Map<string, string>([['', '{}']])
  return ({ members }) =>
    members.map((member) => {
      const list = of(member)
      // no text has this character
      const place = list.join('\u0000')
      const text = known.get(place) ?? arrayLiteral(list)
      if (known.size < MOST_KNOWN) known.set(place, text)
      return text
    })
}

/** An address that somebody in a row claims. */
interface Claim {
  /** The place of the customer in the arrays of the row, from 1. */
  readonly member: number
  readonly channel: string
  readonly key: string
}

function claimsOf({ members }: PlannedRow): readonly Claim[] {
  return members.flatMap(({ channels, addressKeys }, at) =>
    channels.flatMap((channel, of) => {
      const key = addressKeys[of] ?? null
      return key === null ? [] : [{ member: at + 1, channel, key }]
    }),
  )
}

const PLANNED: Columns<PlannedRow> = [
  { name: 'slice', type: 'int', of: ({ slice }) => slice },
  { name: 'customer_ids', type: 'text[]', of: textsOf(({ customerId }) => customerId) },
  { name: 'rank_keys', type: 'text[]', of: textsOf(({ rankKey }) => rankKey) },
  { name: 'due_ats', type: 'float8[]', of: ({ members }) => members.map(({ dueAt }) => dueAt) },
  { name: 'arms', type: 'text[]', of: textsOf(({ arm }) => arm) },
  { name: 'lanes', type: 'text[]', of: textsOf(({ lane }) => lane) },
  { name: 'exclusions', type: 'text[]', of: textsOf(({ exclusion }) => exclusion) },
  { name: 'channels', type: 'text[]', of: listsOf(({ channels }) => channels) },
  { name: 'tags', type: 'text[]', of: listsOf(({ tags }) => tags) },
  { name: 'segments', type: 'text[]', of: listsOf(({ segments }) => segments) },
  { name: 'claim_members', type: 'int[]', of: (row) => claimsOf(row).map(({ member }) => member) },
  { name: 'claim_channels', type: 'text[]', of: (row) => claimsOf(row).map(({ channel }) => channel) },
  { name: 'claim_keys', type: 'text[]', of: (row) => claimsOf(row).map(({ key }) => key) },
]

/** Writes a page of a run's planned members. */
export async function insertPlanned(
  session: Session,
  { planned_members: planned }: Tables,
  { tenant }: Scope,
  runId: RunId,
  added: readonly PlannedMembership[],
): Promise<void> {
  if (added.length === 0) return
  await session.rows(sql`
    insert into ${planned} (tenant, run_id, ${namesOf(PLANNED)})
    select ${tenant}, ${runId}, ${typedNamesOf(PLANNED)} from ${given(PLANNED, rowsOf(added))}`)
}

function rowsOf(added: readonly PlannedMembership[]): readonly PlannedRow[] {
  const rows = new Map<number, PlannedRow>()
  for (const member of added) {
    const slice = sliceOf(member.rankKey)
    const row = rows.get(slice)
    if (row === undefined) rows.set(slice, { slice, members: [member] })
    else row.members.push(member)
  }
  return [...rows.values()]
}

function sliceOf(rankKey: string): number {
  let low = 0
  let high = BOUNDS.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((BOUNDS[middle] ?? '') <= rankKey) low = middle + 1
    else high = middle
  }
  return low
}
