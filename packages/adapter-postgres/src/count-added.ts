import { OWN_SHARD } from './migrations/0001-delivery-counts.js'
import { type Fragment, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/**
 * Counts deliveries that are inserted, in the transaction that inserts them: no trigger does it.
 *
 * @param added - from `from` on: the rows that are new, with `tenant`, `campaign_id`, `run_id` and `status`
 * @param total - how many they are
 */
export function countAdded(
  { delivery_counts: counts }: Tables,
  added: Fragment,
  total: Fragment = raw('count(*)'),
): Fragment {
  return sql`
    insert into ${counts} as kept (tenant, campaign_id, run_id, status, shard, total)
    select tenant, campaign_id, run_id, status, ${raw(OWN_SHARD)}, ${total} ${added}
    group by tenant, campaign_id, run_id, status order by tenant, campaign_id, run_id, status
    on conflict (tenant, campaign_id, run_id, status, shard) do update set total = kept.total + excluded.total`
}
