import type { Scope } from '@campaignkit/core/adapter'
import { type Fragment, sql } from './sql.js'
import type { Tables } from './tables.js'

/** When the last attempt of a delivery began, in a statement that calls the delivery's table `d`; null without any. */
export function lastAttemptOf({ attempts }: Tables, { tenant }: Scope): Fragment {
  return sql`
    (select a.started_at from ${attempts} as a where a.tenant = ${tenant} and a.delivery_id = d.id
     order by a.sequence desc limit 1)`
}
