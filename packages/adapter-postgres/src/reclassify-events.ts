import type { CampaignId, JournalEntry, Judgement, ReclassifyResult, Scope } from '@campaignkit/core/adapter'
import { type Columns, given } from './columns.js'
import type { Session } from './database.js'
import { locksOf } from './fact-locks.js'
import { writeJournal } from './journal.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

const JUDGEMENTS: Columns<Judgement> = [
  { name: 'key', type: 'text', of: ({ key }) => key },
  { name: 'at', type: 'float8', of: ({ at }) => at },
  { name: 'machine', type: 'bool', of: ({ machine }) => machine },
  { name: 'rule', type: 'text', of: ({ rule }) => rule },
]

/** What is written, of which campaign, and who is told to have done it. */
interface Reclassification {
  readonly campaignId: CampaignId
  readonly judgements: readonly Judgement[]
  readonly entry: JournalEntry
}

/**
 * The rule of `EventStore.reclassify`; to be called within a transaction. It has the facts of the campaign and of the erased for
 * itself, so that neither an erasure nor another judgement locks the same events the other way round.
 */
export async function reclassifyEvents(
  session: Session,
  tables: Tables,
  scope: Scope,
  { campaignId, judgements, entry }: Reclassification,
): Promise<ReclassifyResult> {
  const { tenant } = scope
  await session.rows(sql`
    select 1 where ${locksOf(scope, [campaignId], 'alone')} and ${locksOf(scope, 'erasure', 'alone')}`)
  const thinned = await session.rows(sql`
    select 1 from ${tables.thinned_campaigns} where tenant = ${tenant} and campaign_id = ${campaignId}`)
  if (thinned.length > 0) return { outcome: 'factsGone' }
  await session.rows(sql`
    update ${tables.events} as e set machine = given.machine, machine_rule = given.rule
    from ${given(JUDGEMENTS, judgements)}
    where e.tenant = ${tenant} and e.campaign_id = ${campaignId} and e.at = given.at and e.key = given.key
      and e.machine_rule is not null`)
  await writeJournal(session, tables, scope, [entry])
  return { outcome: 'written' }
}
