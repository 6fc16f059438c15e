import { factsFit, tagBits } from './0001-compact-facts.js'
import { deliveryCounts } from './0001-delivery-counts.js'
import { eventFeedTables } from './0001-event-feed.js'
import { ledgerTables } from './0001-ledger.js'
import { memberTables } from './0001-members.js'
import { reserveSlots } from './0001-reserve-slots.js'
import { segmentIndexes } from './0001-segment-indexes.js'
import { upkeepStatements } from './0001-upkeep.js'

/**
 * The first tables. Texts by which rows are found or ordered compare by code points (COLLATE "C"), whatever the
 * database's own order is. Instants are milliseconds of the epoch as doubles, which hold every one that the kit knows:
 * `to_timestamp(at / 1000)` reads one. Documents that nothing asks are json, which keeps them as they were written.
 *
 * Where ids are sought in large tables the tenant stands last in the index: while a table is new a planner takes one index
 * for as good as another, and by the tenant alone all of its rows would be gone through.
 */
export function firstTables(schema: string): readonly string[] {
  const name = (table: string) => `"${schema}".${table}`
  const key = 'text collate "C" not null'
  // as `standsIn` (lines.ts) asks for it
  const lineFor = (seed: number) => `hashtextextended(channel, hashtextextended(run_id, ${seed}))`
  return [
    `create table ${name('journal')} (
  tenant ${key},
  sequence bigint generated always as identity,
  id ${key},
  at float8 not null,
  actor json not null,
  action text not null,
  subject_type ${key},
  subject_id ${key},
  reason text,
  before json,
  after json,
  primary key (tenant, id)
)`,
    `create index journal_by_sequence on ${name('journal')} (tenant, sequence)`,
    `create index journal_by_subject on ${name('journal')} (tenant, subject_type, subject_id, sequence)`,

    factsFit(schema),
    tagBits(schema),
    `create table ${name('customers')} (
  tenant ${key},
  id ${key},
  first_name text,
  last_name text,
  email text,
  phone text,
  push text,
  tags text[] collate "C" not null,
  last_login_at float8,
  last_order_at float8,
  order_count float8,
  total_spent_minor float8,
  currency text collate "C",
  last_conversation_at float8,
  conversation_status text collate "C",
  incomplete_transactions float8,
  latest_activity_at float8 generated always as (greatest(last_login_at, last_order_at, last_conversation_at)) stored,
  tag_bits bigint not null generated always as ("${schema}".tag_bits(tags)) stored,
  is_compact boolean not null generated always as ("${schema}".facts_fit(tenant, id, tags, conversation_status)) stored,
  time_zone text,
  locale text,
  attributes jsonb not null,
  sealed json,
  email_keys bytea,
  phone_keys bytea,
  push_keys bytea,
  primary key (tenant, id)
) with (fillfactor = 80)`,

    `create table ${name('consents')} (
  tenant ${key},
  customer_id ${key},
  identity ${key},
  channel ${key},
  topic ${key},
  decision text not null,
  basis text not null,
  obtained_at float8 not null,
  evidence text,
  primary key (tenant, customer_id, identity)
)`,
    `create table ${name('suppressions')} (
  tenant ${key},
  address_key ${key},
  channel ${key},
  reason text not null,
  since float8 not null,
  primary key (tenant, address_key, channel)
)`,

    `create table ${name('segments')} (
  tenant ${key},
  name ${key},
  criteria json not null,
  version int not null,
  updated_at float8 not null,
  primary key (tenant, name)
)`,

    `create table ${name('campaigns')} (
  tenant ${key},
  id ${key},
  name ${key},
  status text collate "C" not null,
  version int not null,
  created_at float8 not null,
  archived_at float8,
  ends_at float8,
  priority int not null,
  channels text[] not null,
  document json not null,
  primary key (tenant, id),
  constraint campaigns_name unique (tenant, name)
) with (fillfactor = 80)`,
    `create index campaigns_newest on ${name('campaigns')} (tenant, created_at desc, id desc)`,

    `create sequence ${name('turns')}`,
    `create table ${name('runs')} (
  tenant ${key},
  id ${key},
  campaign_id ${key},
  occurrence ${key},
  scheduled_for float8 not null,
  freezing json not null,
  is_frozen boolean not null,
  status text not null,
  version int not null,
  created_at float8 not null,
  ended_at float8,
  first_ended_at float8,
  turn bigint,
  primary key (tenant, id),
  constraint runs_occurrence unique (tenant, campaign_id, occurrence)
) with (fillfactor = 80)`,
    `create index runs_open on ${name('runs')} (scheduled_for) where status = 'open'`,

    ...memberTables(schema),

    `create table ${name('deliveries')} (
  tenant ${key},
  id ${key},
  run_id ${key},
  campaign_id ${key},
  customer_id text collate "C",
  placement text collate "C",
  step int not null,
  channel ${key},
  arm text not null,
  rank float8 not null,
  segments text[] not null,
  due_at float8 not null,
  first_due_at float8 not null,
  status text collate "C" not null,
  tries int not null,
  fence float8 not null,
  lease_worker text,
  lease_until float8,
  attempt_id text,
  attempt_started_at float8,
  reason text,
  provider_message_id text collate "C",
  address_key text,
  receipts json not null,
  sent_at float8,
  settled_at float8,
  cost_micros float8 not null,
  currency text,
  line bigint generated always as (case when status = 'queued' then ${lineFor(1)}
    when status = 'inDoubt' and lease_until is null then ${lineFor(2)} end) stored,
  is_leased boolean generated always as (lease_until is not null) stored,
  is_first boolean not null,
  constraint deliveries_id primary key (id, tenant),
  check ((customer_id is null) <> (placement is null))
) with (fillfactor = 60)`,
    // what a freezing queues is found by its id, which names its run and its member
    `create unique index deliveries_place on ${name('deliveries')} (tenant, run_id, customer_id, step, channel) where not is_first`,
    `create unique index deliveries_placement on ${name('deliveries')} (tenant, run_id, placement, step, channel) where placement is not null`,
    // status and lease themselves stand in no index, so that the opening of a window touches none
    // of numbers alone: four texts that all of a run have in common were compared at each step of each search in it
    `create index deliveries_waiting on ${name('deliveries')} (line, due_at, rank) where line is not null`,
    `create index deliveries_leased on ${name('deliveries')} (tenant, run_id, channel) where is_leased`,
    `create index deliveries_of_campaign on ${name('deliveries')} (tenant, campaign_id, id) where not is_first`,
    `create index deliveries_of_provider on ${name('deliveries')} (tenant, provider_message_id) where provider_message_id is not null`,
    `create index deliveries_inbox on ${name('deliveries')} (tenant, customer_id, sent_at, id) where channel = 'in-app' and sent_at is not null`,
    ...deliveryCounts(schema),
    `create table ${name('attempts')} (
  tenant ${key},
  id ${key},
  sequence bigint generated always as identity,
  delivery_id ${key},
  address_key text collate "C",
  worker text not null,
  fence float8 not null,
  started_at float8 not null,
  ended_at float8,
  outcome text not null,
  code text,
  provider_message_id text collate "C",
  primary key (tenant, delivery_id, id)
) with (fillfactor = 80)`,
    `create index attempts_of_provider on ${name('attempts')} (provider_message_id, tenant) where provider_message_id is not null`,
    `create index attempts_of_address on ${name('attempts')} (address_key, tenant)`,

    `create table ${name('event_keys')} (
  tenant ${key},
  key ${key},
  recorded_at float8 not null,
  primary key (tenant, key)
) partition by hash (tenant, key)`,
    ...[0, 1, 2, 3].map(
      (part) =>
        `create table ${name(`event_keys_${part}`)} partition of ${name('event_keys')} for values with (modulus 4, remainder ${part})`,
    ),
    `create table ${name('events')} (
  tenant ${key},
  key ${key},
  part int not null,
  campaign_id text collate "C",
  type ${key},
  at float8 not null,
  recorded_at float8 not null,
  customer_id text collate "C",
  delivery_id text collate "C",
  attributions json not null,
  amount_minor float8 not null,
  cost_micros float8 not null,
  currency text,
  reason text,
  url text,
  machine boolean not null,
  agent text,
  machine_hint boolean,
  machine_rule text,
  erased_as uuid
) partition by range (recorded_at)`,
    `create table ${name('events_default')} partition of ${name('events')} default`,
    `create index events_of_campaign on ${name('events')} (tenant, campaign_id, at, key)`,
    `create index events_of_customer on ${name('events')} (tenant, customer_id, type, at) where part = 0`,

    `create table ${name('counters')} (
  tenant ${key},
  campaign_id ${key},
  run_id ${key},
  arm ${key},
  channel ${key},
  segment ${key},
  type ${key},
  currency ${key},
  shard int not null,
  total bigint not null,
  members bigint not null,
  human_members bigint not null,
  machine bigint not null,
  amount_minor numeric not null,
  amount_squares numeric not null,
  cost_micros numeric not null,
  primary key (tenant, campaign_id, run_id, arm, channel, segment, type, currency, shard)
) with (fillfactor = 50)`,
    `create table ${name('counted_members')} (
  tenant ${key},
  cell uuid not null,
  customer_id ${key},
  human boolean not null,
  amount float8 not null,
  was_human boolean,
  was_amount float8,
  primary key (tenant, customer_id, cell)
) with (fillfactor = 80)`,

    `create table ${name('tokens')} (
  tenant ${key},
  run_id ${key},
  customer_id ${key},
  campaign_id ${key},
  handle ${key},
  hash text not null,
  sealed text not null,
  reward json not null,
  issued_at float8 not null,
  valid_from float8 not null,
  expires_at float8,
  max_redemptions int not null,
  cancelled_at float8,
  used int not null default 0,
  primary key (run_id, customer_id, tenant),
  constraint tokens_handle unique (tenant, handle)
) with (fillfactor = 80)`,
    `create index tokens_of_campaign on ${name('tokens')} (campaign_id, tenant)`,
    `create table ${name('cancelled_coupons')} (
  tenant ${key},
  campaign_id ${key},
  at float8 not null,
  primary key (tenant, campaign_id)
)`,
    `create table ${name('redemptions')} (
  tenant ${key},
  id ${key},
  key ${key},
  handle ${key},
  campaign_id ${key},
  run_id ${key},
  customer_id ${key},
  at float8 not null,
  redeemed_by text not null,
  amount_minor float8,
  currency text,
  reversed_at float8,
  primary key (tenant, key, handle)
)`,
    `create index redemptions_of_campaign on ${name('redemptions')} (tenant, campaign_id, at, id)`,

    ...ledgerTables(schema),

    `create table ${name('limits')} (
  key ${key} primary key,
  free float8 not null
) with (fillfactor = 50)`,
    reserveSlots(schema),
    `create table ${name('rings')} (
  tenant ${key},
  run_id ${key},
  at float8 not null,
  priority int not null,
  tries int not null,
  busy_until float8,
  holder text,
  primary key (tenant, run_id)
) with (fillfactor = 50)`,
    `create index rings_by_time on ${name('rings')} (at)`,
    `create table ${name('enlistments')} (
  mark uuid primary key default gen_random_uuid(),
  at timestamptz not null default now()
)`,
    ...segmentIndexes(schema),
    ...eventFeedTables(schema),
    ...upkeepStatements(schema),
  ]
}
