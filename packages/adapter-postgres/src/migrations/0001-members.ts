/**
 * The members of runs, those who are planned while a run is frozen, and who has which address while people are counted.
 * Members are written once, a slice of a run at a time in order of customer id, so that both indexes grow side by side.
 *
 * Who is planned stands in arrays, those of one page and one slice in a row: to write and to delete a row costs more
 * than to write what is in it. The same place in each array is one customer; lists within them are written as texts.
 * The arrays of ids and keys do not compress, and are not tried to be.
 */
export function memberTables(schema: string): readonly string[] {
  const name = (table: string) => `"${schema}".${table}`
  const key = 'text collate "C" not null'
  return [
    `create table ${name('members')} (
  tenant ${key},
  run_id ${key},
  customer_id ${key},
  rank_key ${key},
  rank float8,
  due_at float8 not null,
  arm text collate "C",
  exclusion text collate "C",
  channels text[] not null,
  tags text[] not null,
  segments text[] not null,
  primary key (tenant, run_id, customer_id)
)`,
    `create index members_of_customer on ${name('members')} (tenant, customer_id)`,
    `create table ${name('planned_members')} (
  tenant ${key},
  run_id ${key},
  slice int not null,
  page bigint generated always as identity,
  customer_ids text[] collate "C" not null,
  rank_keys text[] collate "C" not null,
  due_ats float8[] not null,
  arms text[] collate "C" not null,
  lanes text[] collate "C" not null,
  exclusions text[] collate "C" not null,
  channels text[] not null,
  tags text[] not null,
  segments text[] not null,
  claim_members int[] not null,
  claim_channels text[] collate "C" not null,
  claim_keys text[] collate "C" not null,
  primary key (tenant, run_id, slice, page)
)`,
    `alter table ${name('planned_members')} ${['customer_ids', 'rank_keys', 'claim_keys']
      .map((column) => `alter column ${column} set storage external`)
      .join(', ')}`,
    `create table ${name('address_claims')} (
  tenant ${key},
  plan ${key},
  channel ${key},
  address_key ${key},
  customer_id ${key},
  claimed_at timestamptz not null default now(),
  primary key (tenant, plan, channel, address_key)
)`,
  ]
}
