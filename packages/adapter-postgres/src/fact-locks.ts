import type { CampaignId, Scope } from '@campaignkit/core/adapter'
import { type Fragment, raw, sql } from './sql.js'

/** A batch of events may be of any number of campaigns, and the locks of a server are limited. */
const BUCKETS = 16

/** Apart from the locks that a host may take by hashes of its own. */
const SEED = 7_240_113

/**
 * A condition that holds, once the transaction has the locks of the facts of campaigns: whoever adds facts shares them, whoever
 * counts anew has them alone. To stand where the planner asks it once, before all rows.
 *
 * @param facts - the campaigns, or `erasure` for the facts of customers in whatever campaigns
 */
export function locksOf(
  { tenant }: Scope,
  facts: readonly CampaignId[] | 'erasure',
  mode: 'shared' | 'alone',
): Fragment {
  const buckets = facts === 'erasure' ? [facts] : [...new Set(facts.map(bucketOf))].sort()
  const names = buckets.map((bucket) => `${tenant} ${bucket}`)
  const lock = raw(mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock')
  return sql`(select count(${lock}(hashtextextended(name, ${SEED}))) >= 0 from unnest(${names}::text[]) as asked(name))`
}

function bucketOf(campaignId: CampaignId): string {
  let sum = 0
  for (let at = 0; at < campaignId.length; at += 1) sum = (sum * 31 + campaignId.charCodeAt(at)) % 65_521
  return String(sum % BUCKETS)
}
