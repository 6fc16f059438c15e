/**
 * The members of runs, and who has which address while a run is matched. More than half of each page is left free: every
 * member is updated once, with its rank and arm, and what fits into the page beside the old row touches no index.
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
) with (fillfactor = 45)`,
    `create index members_by_rank on ${name('members')} (tenant, run_id, rank_key, customer_id) where exclusion is null`,
    `create index members_of_customer on ${name('members')} (tenant, customer_id)`,
    `create table ${name('address_claims')} (
  tenant ${key},
  plan ${key},
  channel ${key},
  address_key ${key},
  customer_id ${key},
  primary key (tenant, plan, channel, address_key)
)`,
  ]
}
