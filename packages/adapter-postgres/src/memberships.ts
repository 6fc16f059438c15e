import type { CampaignId, CustomerId, Membership, Scope } from '@campaignkit/core/adapter'
import { namesOf } from './columns.js'
import type { Session } from './database.js'
import { MEMBER_COLUMNS, type MemberRow, memberOf } from './member-row.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'

const MOST_OF_CUSTOMER = 1_000

interface Row extends MemberRow {
  readonly campaign_id: CampaignId
}

const OF_MEMBER = raw(MEMBER_COLUMNS.map(({ name }) => `m.${name}`).join(', '))

/** The memberships of customers in every run, latest due first. */
export async function readMemberships(
  session: Session,
  { members, runs }: Tables,
  { tenant }: Scope,
  customerIds: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, readonly Membership[]>> {
  const rows = await session.rows<Row>(sql`
    select campaign_id, ${namesOf(MEMBER_COLUMNS)} from unnest(${[...new Set(customerIds)]}::text[]) as asked(id)
    cross join lateral (
      select r.campaign_id, ${OF_MEMBER} from ${members} as m
      join ${runs} as r on r.tenant = m.tenant and r.id = m.run_id
      where m.tenant = ${tenant} and m.customer_id = asked.id and m.arm is not null
      order by m.due_at desc, m.run_id limit ${MOST_OF_CUSTOMER}
    ) as latest`)
  const byCustomer = new Map<CustomerId, Membership[]>()
  for (const row of rows) {
    const membership = { campaignId: row.campaign_id, member: memberOf(row) }
    const known = byCustomer.get(row.customer_id)
    if (known === undefined) byCustomer.set(row.customer_id, [membership])
    else known.push(membership)
  }
  return byCustomer
}
