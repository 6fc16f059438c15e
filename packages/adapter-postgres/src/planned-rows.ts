import type { ChannelKind, PlannedMembership, Run, Scope } from '@campaignkit/core/adapter'
import { arrayLiteral, type Columns, given } from './columns.js'
import type { Session } from './database.js'
import { CLAIMS, COUNTS, claimOf, claimsIn, countsOf, fieldsOf, plannedMember } from './planned-member.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/**
 * Into how many slices a run is cut. The more, the fewer members one statement makes in a run of very many; the fewer,
 * the more of a page stand in one row.
 */
export const SLICES = 32

/** Members that one placement makes, as long as a slice has no more. */
export const MOST_PLACED = 75_000

const HEX = 16
/** Rank keys with which slices begin; the first slice begins with the first key. */
const BOUNDS = Array.from({ length: SLICES - 1 }, (_, at) =>
  (((at + 1) * HEX * HEX) / SLICES).toString(HEX).padStart(2, '0'),
)

const MOST_KNOWN = 1_000

/** Lists within a list, as texts: the same few come again and again. */
function listsOf(
  of: (member: PlannedMembership) => readonly string[],
): (member: PlannedMembership) => string {
  const known = new Map<string, string>([['', '{}']])
  return (member) => {
    const list = of(member)
    // no text has this character
    const place = list.join('\u0000')
    const text = known.get(place) ?? arrayLiteral(list)
    if (known.size < MOST_KNOWN) known.set(place, text)
    return text
  }
}

const PLANNED: Columns<PlannedMembership> = [
  { name: 'slice', type: 'int', of: ({ rankKey }) => sliceOf(rankKey) },
  { name: 'customer_id', type: 'text', of: ({ customerId }) => customerId },
  { name: 'rank_key', type: 'text', of: ({ rankKey }) => rankKey },
  { name: 'due_at', type: 'float8', of: ({ dueAt }) => dueAt },
  { name: 'arm', type: 'text', of: ({ arm }) => arm },
  { name: 'lane', type: 'text', of: ({ lane }) => lane },
  { name: 'exclusion', type: 'text', of: ({ exclusion }) => exclusion },
  { name: 'channels', type: 'text', of: listsOf(({ channels }) => channels) },
  { name: 'tags', type: 'text', of: listsOf(({ tags }) => tags) },
  { name: 'segments', type: 'text', of: listsOf(({ segments }) => segments) },
]

const MEMBER = fieldsOf('given', {
  channels: raw('given.channels::text[]'),
  tags: raw('given.tags::text[]'),
  segments: raw('given.segments::text[]'),
})

const keyAt = (at: number) => `key_${at}`

/** The keys of the addresses on each of the channels that are used. */
function keyColumns(channels: readonly ChannelKind[]): Columns<PlannedMembership> {
  return channels.map((channel, at) => ({
    name: keyAt(at),
    type: 'text',
    of: (member) => member.addressKeys[member.channels.indexOf(channel)],
  }))
}

/** Writes a page of the planned members of a run: the page is named by the version into which it moves the run. */
export async function insertPlanned(
  session: Session,
  tables: Tables,
  { tenant }: Scope,
  { id, version }: Run,
  added: readonly PlannedMembership[],
): Promise<void> {
  if (added.length === 0) return
  const channels = [...new Set(added.flatMap((member) => member.channels))].sort()
  const ways = channels.map((kind, at) => {
    const channel = sql`${kind}::text`
    return { channel, ...claimOf(channel, raw(`given.${keyAt(at)}`)) }
  })
  await session.rows(sql`
    insert into ${tables.planned_members} (tenant, run_id, slice, page, members, ${CLAIMS}, ${COUNTS})
    select ${tenant}, ${id}, given.slice, ${version}::bigint, array_agg(${plannedMember(tables, MEMBER)}), ${claimsIn(ways)}, ${countsOf(MEMBER)}
    from ${given([...PLANNED, ...keyColumns(channels)], added)} group by given.slice`)
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
