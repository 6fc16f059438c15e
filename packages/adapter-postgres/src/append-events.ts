import type { CampaignEvent, CampaignId, Instant, Scope } from '@campaignkit/core/adapter'
import { type Columns, given, namesOf, typedNamesOf } from './columns.js'
import { countEvents } from './count-events.js'
import type { Session } from './database.js'
import { EVENT_COLUMNS, partsOf } from './event-row.js'
import { locksOf } from './fact-locks.js'
import { firstOfEach } from './first-of-each.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

const KEY: Columns<{ readonly key: string; readonly recordedAt: Instant }> = [
  { name: 'key', type: 'text', of: ({ key }) => key },
  { name: 'recorded_at', type: 'float8', of: ({ recordedAt }) => recordedAt },
]

/**
 * Adds events and folds them into the counts; to be called within a transaction. Who writes a key first has the event:
 * another transaction with the same one waits for the end of this.
 *
 * @returns those that were new, in order
 */
export async function appendEvents(
  session: Session,
  tables: Tables,
  scope: Scope,
  events: readonly CampaignEvent[],
): Promise<readonly CampaignEvent[]> {
  const firsts = firstOfEach(events, ({ key }) => key)
  if (firsts.length === 0) return []
  const written = await session.rows<{ readonly key: string }>(sql`
    insert into ${tables.event_keys} (tenant, ${namesOf(KEY)})
    select ${scope.tenant}, ${typedNamesOf(KEY)} from ${given(KEY, firsts)}
    where ${locksOf(scope, campaignsOf(firsts), 'shared')} order by given.key
    on conflict (tenant, key) do nothing returning key`)
  const keys = new Set(written.map(({ key }) => key))
  const fresh = firsts.filter(({ key }) => keys.has(key))
  if (fresh.length === 0) return []
  await session.rows(sql`
    insert into ${tables.events} (tenant, ${namesOf(EVENT_COLUMNS)})
    select ${scope.tenant}, ${typedNamesOf(EVENT_COLUMNS)} from ${given(EVENT_COLUMNS, fresh.flatMap(partsOf))}`)
  await countEvents(session, tables, scope, fresh)
  return fresh
}

function campaignsOf(events: readonly CampaignEvent[]): readonly CampaignId[] {
  return events.flatMap(({ attributions }) => attributions.map(({ campaignId }) => campaignId))
}
