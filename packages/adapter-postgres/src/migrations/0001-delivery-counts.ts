const SHARDS = 8

/** The row of the counts that a connection writes to. */
export const OWN_SHARD = `pg_backend_pid() % ${SHARDS}`

/**
 * How many deliveries of each run have which status: to count a million rows for every chunk that is sent would cost more
 * than to send it. Triggers keep the counts once a statement, whatever statement changes or deletes deliveries. What
 * inserts them counts by itself (`countAdded`): for a trigger every row would be kept a second time until the end of the
 * statement, which a freezing feels. Connections write to rows of their own as far as there are shards, so that they
 * seldom wait for each other; one row may be negative, the sum never.
 */
export function deliveryCounts(schema: string): readonly string[] {
  const counts = `"${schema}".delivery_counts`
  const deliveries = `"${schema}".deliveries`
  const count = `"${schema}".count_deliveries`
  const key = 'text collate "C" not null'
  const trigger = (event: string, tables: string) =>
    `create trigger count_${event} after ${event} on ${deliveries} referencing ${tables} for each statement execute function ${count}()`
  const change = (table: string, by: number) =>
    `select tenant, campaign_id, run_id, status, ${by} as change from ${table}`
  const write = (
    changes: string,
  ) => `insert into ${counts} as kept (tenant, campaign_id, run_id, status, shard, total)
    select tenant, campaign_id, run_id, status, ${OWN_SHARD}, sum(change) from (${changes}) as changes
    group by tenant, campaign_id, run_id, status having sum(change) <> 0
    order by tenant, campaign_id, run_id, status
    on conflict (tenant, campaign_id, run_id, status, shard) do update set total = kept.total + excluded.total;`
  return [
    `create table ${counts} (
  tenant ${key},
  campaign_id ${key},
  run_id ${key},
  status ${key},
  shard int not null,
  total bigint not null,
  primary key (tenant, campaign_id, run_id, status, shard)
) with (fillfactor = 50)`,
    `create function ${count}() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    ${write(change('removed', -1))}
  else
    ${write(`${change('added', 1)} union all ${change('removed', -1)}`)}
  end if;
  return null;
end $$`,
    trigger('update', 'old table as removed new table as added'),
    trigger('delete', 'old table as removed'),
  ]
}
