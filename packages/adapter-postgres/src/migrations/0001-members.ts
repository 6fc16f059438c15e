/**
 * The members of runs, those who are planned while a run is frozen, and who has which address while people are counted.
 * Members are written once, a slice of a run at a time in order of customer id, so that both indexes grow side by side.
 *
 * Who is planned stands in arrays, those of one page and one slice in a row: to write and to delete a row costs more
 * than to write what is in it. An array of ids and keys does not compress, and is not tried to be. Beside it stand
 * numbers that stand for the addresses, those of all members on the first of `claim_channels`, then those on the next, by
 * which addresses that are claimed more than once are found without taking it apart, and how many members there are of
 * which kind (`only_lane` where all newcomers stand in one).
 *
 * Where a storage plans by itself, the audience is divided into stretches of ids beforehand, so that a stretch that is
 * planned twice is the same one.
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
    `create index members_of_customer on ${name('members')} (customer_id, tenant)`,
    `create type ${name('planned_member')} as (
  customer_id text collate "C",
  rank_key text collate "C",
  due_at float8,
  arm text collate "C",
  lane text collate "C",
  exclusion text collate "C",
  channels text[],
  tags text[],
  segments text[]
)`,
    `create table ${name('planned_members')} (
  tenant ${key},
  run_id ${key},
  slice int not null,
  page bigint not null,
  members ${name('planned_member')}[] not null,
  claim_channels text[] not null,
  claims bigint[] not null,
  claim_twins bigint[] not null,
  excluded int not null,
  kept int not null,
  newcomers int not null,
  only_lane text collate "C",
  primary key (tenant, run_id, slice, page)
)`,
    `alter table ${name('planned_members')} alter column members set storage external,
  alter column claims set storage external, alter column claim_twins set storage external`,
    `create table ${name('planned_stretches')} (
  tenant ${key},
  run_id ${key},
  number int not null,
  after ${key},
  up_to text collate "C",
  primary key (tenant, run_id, number)
)`,
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
