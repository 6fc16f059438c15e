import { type Fragment, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/** Digits of the rank in the id of a first delivery; see `firstDeliveryId`. */
const RANK_DIGITS = 10

/** The id that the first delivery of the member of a run with a rank has on a channel. */
export function firstId(runId: Fragment, rank: Fragment, channel: Fragment): Fragment {
  return sql`${runId} || '-' || lpad((${rank}::bigint)::text, ${raw(String(RANK_DIGITS))}, '0') || '-' || ${channel}`
}

/** Where the ids of a run's first deliveries stand in the order of all: none but theirs begin so. */
const WITHIN_RUN = raw(`d.id > r.id || '-' and d.id < r.id || '.'`)

/** Some deliveries of the run `r`, in a statement that knows it: its first ones by their ids, the others by their place. */
export function ofRun(deliveries: Fragment, columns: Fragment, some: Fragment): Fragment {
  return sql`
    (select ${columns} from ${deliveries} as d
      where d.tenant = r.tenant and ${WITHIN_RUN} and d.run_id = r.id and d.is_first ${some})
    union all
    (select ${columns} from ${deliveries} as d
      where d.tenant = r.tenant and d.run_id = r.id and not d.is_first ${some})`
}

/**
 * The deliveries of a campaign: its first ones run by run, the others by an index of their own.
 *
 * @param condition - on `d`; with an order and a limit, no more than so many of each part
 */
export function ofCampaign(
  { runs, deliveries }: Pick<Tables, 'runs' | 'deliveries'>,
  tenant: string,
  campaignId: string,
  columns: Fragment,
  condition: Fragment,
): Fragment {
  return sql`
    select of_run.* from ${runs} as r cross join lateral (
      select ${columns} from ${deliveries} as d
      where d.tenant = r.tenant and ${WITHIN_RUN} and d.run_id = r.id and d.is_first ${condition}
    ) as of_run where r.tenant = ${tenant} and r.campaign_id = ${campaignId}
    union all
    (select ${columns} from ${deliveries} as d
      where d.tenant = ${tenant} and d.campaign_id = ${campaignId} and not d.is_first ${condition})`
}
