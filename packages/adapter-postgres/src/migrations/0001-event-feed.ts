/**
 * The feed of events: each row has the number of the transaction that wrote it, in the order of which rows are read once
 * no older one is open. The index is small, since all rows of a transaction share an entry, and grows at its end.
 */
export function eventFeedTables(schema: string): readonly string[] {
  const name = (table: string) => `"${schema}".${table}`
  return [
    `alter table ${name('events')} add column xid xid8 not null default pg_current_xact_id()`,
    `create index events_by_transaction on ${name('events')} (xid) where part = 0`,
    `create table ${name('event_sinks')} (
  name text collate "C" primary key,
  fence float8 not null,
  position text,
  failures int not null,
  rests_until float8,
  lease_until float8
)`,
  ]
}
