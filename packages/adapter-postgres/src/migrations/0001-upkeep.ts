/**
 * What upkeep needs: the campaigns of which events were dropped, and ways to find what is old. A block range index costs a
 * writer next to nothing, since rows stand in the order in which they came.
 */
export function upkeepStatements(schema: string): readonly string[] {
  const name = (table: string) => `"${schema}".${table}`
  return [
    `create table ${name('thinned_campaigns')} (
  tenant text collate "C" not null,
  campaign_id text collate "C" not null,
  primary key (tenant, campaign_id)
)`,
    `create index event_keys_by_time on ${name('event_keys')} using brin (recorded_at) with (autosummarize = on)`,
    `create index events_default_by_time on ${name('events_default')} using brin (recorded_at) with (autosummarize = on)`,
    ...HOT.map(
      (table) =>
        `alter table ${name(table)} set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 1)`,
    ),
  ]
}

/** Tables whose rows are written again and again. */
const HOT = ['deliveries', 'counters', 'counted_members', 'limits', 'ledger_accounts', 'ledger_entries']
