import type { AddressClaim, ArmCount, AudienceStore, CustomerId } from '@campaignkit/core/adapter'
import { countAudience } from './audience-counts.js'
import { type Columns, given, namesOf, probes } from './columns.js'
import type { Database } from './database.js'
import { MEMBER_COLUMNS, type MemberRow, memberOf } from './member-row.js'
import { readMemberships } from './memberships.js'
import { pageFrom } from './paging.js'
import { fieldsOf, membersOf, plannedMember } from './planned-member.js'
import { frequent } from './ready-statements.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

const CLAIM: Columns<AddressClaim & { readonly turn: number }> = [
  { name: 'turn', type: 'int', of: ({ turn }) => turn },
  { name: 'channel', type: 'text', of: ({ channel }) => channel },
  { name: 'address_key', type: 'text', of: ({ addressKey }) => addressKey },
  { name: 'customer_id', type: 'text', of: ({ customerId }) => customerId },
]

/** The audience of {@link createPostgresStorage}. */
export function createAudienceStore(database: Database, tables: Tables): AudienceStore {
  const { members, planned_members: planned, runs, address_claims: addressClaims } = tables
  return {
    claimAddresses: (scope, plan, claims) =>
      database.transaction(async (session) => {
        if (claims.length === 0) return []
        const turns = claims.map((claim, turn) => ({ ...claim, turn }))
        const won = await session.rows(sql`
          insert into ${addressClaims} (tenant, plan, channel, address_key, customer_id)
          select distinct on (given.channel, given.address_key)
            ${scope.tenant}, ${plan}, given.channel, given.address_key, given.customer_id
          from ${given(CLAIM, turns)} order by given.channel, given.address_key, given.turn
          on conflict (tenant, plan, channel, address_key) do nothing returning 1`)
        if (won.length === claims.length) return []
        const lost = await session.rows<{ readonly turn: number }>(sql`
          with ${probes({ tenant: scope.tenant, plan }, CLAIM, turns)}
          select given.turn from given
          join ${addressClaims} as kept on kept.tenant = given.tenant and kept.plan = given.plan
            and kept.channel = given.channel and kept.address_key = given.address_key
          where kept.customer_id <> given.customer_id`)
        const lostTurns = new Set(lost.map(({ turn }) => turn))
        return claims.filter((_, turn) => lostTurns.has(turn))
      }),
    releaseAddresses: async ({ tenant }, plan) => {
      await database.rows(sql`delete from ${addressClaims} where tenant = ${tenant} and plan = ${plan}`)
    },
    get: async ({ tenant }, runId, customerIds) => {
      const rows = await database.rows<MemberRow>(sql`
        select ${namesOf(MEMBER_COLUMNS)} from ${members}
        where tenant = ${tenant} and run_id = ${runId} and customer_id = any(${customerIds}::text[])`)
      return rows.map(memberOf)
    },
    armsOf: async ({ tenant }, campaignId, exceptRun, customerIds) => {
      const rows = await database.rows<{ readonly customer_id: CustomerId; readonly arm: string }>(sql`
        select distinct on (m.customer_id) m.customer_id, m.arm
        from ${members} as m join ${runs} as r on r.tenant = m.tenant and r.id = m.run_id
        where m.tenant = ${tenant} and m.customer_id = any(${customerIds}::text[]) and m.arm is not null
          and r.campaign_id = ${campaignId} and r.id <> ${exceptRun}
        order by m.customer_id, r.created_at, r.id`)
      return new Map(rows.map(({ customer_id, arm }) => [customer_id, arm]))
    },
    membershipsOf: (scope, customerIds) => readMemberships(database, tables, scope, customerIds),
    counts: (scope, runId) => countAudience(database, tables, scope, runId),
    armCounts: async ({ tenant }, runId) => {
      const ofRun = sql`from ${members} as m where m.tenant = ${tenant} and m.run_id = ${runId} and m.arm is not null`
      return database.rows<ArmCount>(
        frequent(sql`
        select m.arm, null as segment, count(*)::float8 as count ${ofRun} group by m.arm
        union all
        select s.arm, s.segment, count(*)::float8 from (
          select distinct m.customer_id, m.arm, unnest(m.segments) as segment ${ofRun}
        ) as s group by s.arm, s.segment`),
      )
    },
    forget: async ({ tenant }, customerIds) => {
      const isOne = sql`m.customer_id = any(${customerIds}::text[])`
      const untagged = plannedMember(
        tables,
        fieldsOf('m', { tags: sql`case when ${isOne} then '{}' else m.tags end` }),
      )
      // first of those who are planned: whoever is placed meanwhile is a member for the second statement
      await database.rows(sql`
        update ${planned} as p set members = (select array_agg(${untagged} order by m.at) from ${membersOf('m')})
        where p.tenant = ${tenant} and exists (select from ${membersOf('m')} where ${isOne})`)
      await database.rows(sql`
        update ${members} set tags = '{}' where tenant = ${tenant} and customer_id = any(${customerIds}::text[])`)
    },
    list: async ({ tenant }, runId, { exclusion, arm }, { cursor, limit }) => {
      const excluded = exclusion === undefined ? sql`` : sql`and exclusion = ${exclusion}`
      const ofArm = arm === undefined ? sql`` : sql`and arm = ${arm}`
      const rows = await database.rows<MemberRow>(sql`
        select ${namesOf(MEMBER_COLUMNS)} from ${members}
        where tenant = ${tenant} and run_id = ${runId} and customer_id > ${cursor ?? ''} ${excluded} ${ofArm}
        order by customer_id limit ${limit + 1}`)
      return pageFrom(rows.map(memberOf), limit, ({ customerId }) => customerId)
    },
  }
}
