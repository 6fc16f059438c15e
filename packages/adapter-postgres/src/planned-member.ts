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
  'address_keys',
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

/**
 * The number under which an address is claimed on a channel: the same for the same address, and hardly ever for another.
 */
export function claimNumber(channel: Fragment, key: Fragment): Fragment {
  return sql`hashtextextended(${key}, hashtext(${channel}))`
}

/** The numbers of those who claim an address, as `planned_members` has them. */
export function claimsIn(numbers: Fragment): Fragment {
  return sql`coalesce(array_agg(${numbers}) filter (where ${numbers} is not null), '{}')`
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
