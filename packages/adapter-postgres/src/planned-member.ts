import { type Fragment, joined, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/** The fields of a planned member, in the order of its type. */
const FIELDS = [
  'customer_id',
  'rank_key',
  'due_at',
  'arm',
  'lane',
  'exclusion',
  'channels',
  'tags',
  'segments',
] as const

type PlannedField = (typeof FIELDS)[number]

/** A planned member, of what each field is to be. */
export function plannedMember(
  { planned_member: type }: Tables,
  fields: Readonly<Record<PlannedField, Fragment>>,
): Fragment {
  return sql`row(${joined(
    FIELDS.map((field) => fields[field]),
    ', ',
  )})::${type}`
}

/** The address that the members of a row claim on a channel: two numbers of each, which are null where none is claimed. */
export interface Claims {
  readonly channel: Fragment
  readonly claim: Fragment
  readonly twin: Fragment
}

/**
 * The numbers that stand for an address on a channel. The first is hardly ever the same for another address, both
 * together never: 128 bits, made of a key that nobody can choose.
 */
export function claimOf(channel: Fragment, key: Fragment): Pick<Claims, 'claim' | 'twin'> {
  return {
    claim: sql`hashtextextended(${key}, hashtext(${channel}))`,
    twin: sql`hashtextextended(${key}, ~hashtext(${channel}))`,
  }
}

/** The columns of {@link claimsIn}. */
export const CLAIMS = raw('claim_channels, claims, claim_twins')

/**
 * What the members of a row claim, channel by channel, each time in the order in which they stand in the row: they are
 * to be aggregated side by side.
 */
export function claimsIn(ways: readonly Claims[]): Fragment {
  const channels = joined(
    ways.map(({ channel }) => channel),
    ', ',
  )
  const numbers = (which: 'claim' | 'twin') =>
    joined([raw(`'{}'::bigint[]`), ...ways.map((way) => sql`array_agg(${way[which]})`)], ' || ')
  return sql`array[${channels}]::text[], ${numbers('claim')}, ${numbers('twin')}`
}

/** The claims in the rows of `p`, each a row of its own under an alias, with the place of its member in the array as `at`. */
export function claimsOf(alias: string): Fragment {
  // reckoned from the claims: to count the members, all of them would be read for each
  const members = 'cardinality(p.claims) / cardinality(p.claim_channels)'
  return raw(`(
    select p.claim_channels[(place - 1) / (${members}) + 1] as channel, (place - 1) % (${members}) + 1 as at, claim, twin
    from unnest(p.claims, p.claim_twins) with ordinality as one(claim, twin, place) where claim is not null
  ) as ${alias}`)
}

/** The columns of {@link countsOf}. */
export const COUNTS = raw('excluded, kept, newcomers, only_lane')

/** What stands beside the members of a row for their sizes to be known without taking it apart, of what their fields are. */
export function countsOf({
  exclusion,
  arm,
  lane,
}: Readonly<Record<'exclusion' | 'arm' | 'lane', Fragment>>): Fragment {
  return sql`count(${exclusion})::int, count(${arm})::int, count(${lane})::int,
    case when min(${lane}) = max(${lane}) then min(${lane}) end`
}

/** The fields as they stand under an alias; `changed` stand in the place of theirs. */
export function fieldsOf(
  alias: string,
  changed: Readonly<Partial<Record<PlannedField, Fragment>>> = {},
): Readonly<Record<PlannedField, Fragment>> {
  const own = FIELDS.map((field) => [field, raw(`${alias}.${field}`)])
  return { ...Object.fromEntries(own), ...changed }
}

/** The planned members in the rows of `p`, each a row of its own under an alias, with its place in the array as `at`. */
export function membersOf(alias: string): Fragment {
  return raw(`unnest(p.members) with ordinality as ${alias}(${FIELDS.join(', ')}, at)`)
}
