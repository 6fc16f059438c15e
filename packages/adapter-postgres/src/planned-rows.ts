import type { PlannedMembership, Run, Scope } from '@campaignkit/core/adapter'
import { arrayLiteral, type Columns, given } from './columns.js'
import type { Session } from './database.js'
import { COUNTS, claimNumber, claimsIn, countsOf, fieldsOf, plannedMember } from './planned-member.js'
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
  { name: 'address_keys', type: 'text', of: ({ addressKeys }) => arrayLiteral(addressKeys) },
]

const MEMBER = fieldsOf('given', {
  channels: raw('given.channels::text[]'),
  tags: raw('given.tags::text[]'),
  segments: raw('given.segments::text[]'),
  address_keys: raw('given.address_keys::text[]'),
})

/** Writes a page of the planned members of a run: the page is named by the version into which it moves the run. */
export async function insertPlanned(
  session: Session,
  tables: Tables,
  { tenant }: Scope,
  { id, version }: Run,
  added: readonly PlannedMembership[],
): Promise<void> {
  if (added.length === 0) return
  await session.rows(sql`
    with given as materialized (
      select * from ${given(PLANNED, added)}
    ), claimed as (
      select given.slice, ${claimsIn(claimNumber(raw('c.channel'), raw('c.key')))} as claims
      from given cross join lateral unnest(given.channels::text[], given.address_keys::text[]) as c(channel, key)
      group by given.slice
    ), pages(slice, members, ${COUNTS}) as (
      select given.slice, array_agg(${plannedMember(tables, MEMBER)}), ${countsOf(MEMBER)} from given group by given.slice
    )
    insert into ${tables.planned_members} (tenant, run_id, slice, page, members, claims, ${COUNTS})
    select ${tenant}, ${id}, slice, ${version}, members, coalesce(claimed.claims, '{}'), ${COUNTS}
    from pages left join claimed using (slice)`)
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
