import type { CampaignId, CustomerId, Membership, Scope } from '@campaignkit/core/adapter'
import type { Session } from './database.js'
import type { MemberRow } from './member-row.js'
import { frequent } from './ready-statements.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

const MOST_OF_CUSTOMER = 1_000

interface Row extends Pick<MemberRow, 'customer_id' | 'run_id' | 'due_at' | 'arm' | 'segments'> {
  readonly campaign_id: CampaignId
}

/** The memberships of customers in every run, latest due first. */
export async function readMemberships(
  session: Session,
  { members, runs }: Tables,
  { tenant }: Scope,
  customerIds: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, readonly Membership[]>> {
  const rows = await session.rows<Row>(
    frequent(sql`
    select campaign_id, customer_id, run_id, due_at, arm, segments from unnest(${[...new Set(customerIds)]}::text[]) as asked(id)
    cross join lateral (
      select r.campaign_id, m.customer_id, m.run_id, m.due_at, m.arm, m.segments from ${members} as m
      join ${runs} as r on r.tenant = m.tenant and r.id = m.run_id
      where m.tenant = ${tenant} and m.customer_id = asked.id and m.arm is not null
      order by m.due_at desc, m.run_id limit ${MOST_OF_CUSTOMER}
    ) as latest`),
  )
  const byCustomer = new Map<CustomerId, Membership[]>()
  for (const row of rows) {
    const { campaign_id: campaignId, run_id: runId, due_at: dueAt, arm, segments } = row
    const membership = { campaignId, member: { runId, dueAt, arm, segments } }
    const known = byCustomer.get(row.customer_id)
    if (known === undefined) byCustomer.set(row.customer_id, [membership])
    else known.push(membership)
  }
  return byCustomer
}
