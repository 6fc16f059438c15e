import {
  checkGcraRequest,
  gcraKeyOf,
  type Permit,
  type RateLimiter,
  slackMsOf,
  spacingMsOf,
} from '@campaignkit/core/adapter'
import type { Database } from './database.js'
import { frequent } from './ready-statements.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

/** The rate limiter of {@link createPostgresStorage}: a row for each limit, locked while a reservation is made. */
export function createRateLimiter(database: Database, { schema, limits: kept }: Tables): RateLimiter {
  return {
    reserve: async ({ tenant }, request) => {
      checkGcraRequest(request)
      const { limits, count, notBefore, horizonMs } = request
      const [permit] = await database.rows<Permit>(
        frequent(sql`
        select first_at as "firstAt", interval_ms as "intervalMs", given as count, slack_ms as "slackMs"
        from ${schema}.reserve_slots(
          ${limits.map((limit) => gcraKeyOf(tenant, limit))}::text[],
          ${limits.map(({ pace }) => spacingMsOf(pace))}::float8[],
          ${limits.map(({ pace }) => slackMsOf(pace))}::float8[],
          ${count}::int, ${notBefore}::float8, ${horizonMs}::float8)`),
      )
      return permit as Permit
    },
    postpone: async ({ tenant }, limit, until) => {
      await database.rows(sql`
        insert into ${kept} as kept (key, free) values (${gcraKeyOf(tenant, limit)}, ${until})
        on conflict (key) do update set free = greatest(kept.free, excluded.free)`)
    },
  }
}
