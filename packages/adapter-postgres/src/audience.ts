import type { AddressClaim, ArmCount, AudienceStore, CustomerId } from '@campaignkit/core/adapter'
import type { Announcer } from './announcements.js'
import { assignMembers } from './assign-members.js'
import { countAudience } from './audience-counts.js'
import { type Columns, given, namesOf, probes, typedNamesOf } from './columns.js'
import type { Database } from './database.js'
import { MEMBER_COLUMNS, type MemberRow, memberOf } from './member-row.js'
import { readMemberships } from './memberships.js'
import { pageFrom } from './paging.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'
import { unlessThere } from './unless-there.js'

const CLAIM: Columns<AddressClaim & { readonly turn: number }> = [
  { name: 'turn', type: 'int', of: ({ turn }) => turn },
  { name: 'channel', type: 'text', of: ({ channel }) => channel },
  { name: 'address_key', type: 'text', of: ({ addressKey }) => addressKey },
  { name: 'customer_id', type: 'text', of: ({ customerId }) => customerId },
]

/** The audience of {@link createPostgresStorage}. */
export function createAudienceStore(database: Database, tables: Tables, announcer: Announcer): AudienceStore {
  const { members, runs, address_claims: addressClaims } = tables
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
    append: async ({ tenant }, runId, added) => {
      if (added.length === 0) return
      const rows = added.map((member) => ({ ...member, runId }))
      await unlessThere('members_pkey', (ifThere) =>
        database.rows(sql`
          insert into ${members} (tenant, ${namesOf(MEMBER_COLUMNS)})
          select ${tenant}, ${typedNamesOf(MEMBER_COLUMNS)} from ${given(MEMBER_COLUMNS, rows)} ${ifThere}`),
      )
    },
    byRank: async ({ tenant }, runId, { after, limit }) => {
      const behind =
        after === null ? sql`` : sql`and (rank_key, customer_id) > (${after.rankKey}, ${after.customerId})`
      const rows = await database.rows<MemberRow>(sql`
        select ${namesOf(MEMBER_COLUMNS)} from ${members}
        where tenant = ${tenant} and run_id = ${runId} and exclusion is null ${behind}
        order by rank_key, customer_id limit ${limit}`)
      return rows.map(memberOf)
    },
    reaches: async ({ tenant }, runId, wanted) => {
      const [row] = await database.rows<{ readonly count: number }>(sql`
        select count(*)::float8 as count from (
          select from ${members} where tenant = ${tenant} and run_id = ${runId} and exclusion is null limit ${wanted}
        ) as reached`)
      return (row?.count ?? 0) >= wanted
    },
    assign: async (scope, runId, assignments, first) => {
      await assignMembers(database, tables, scope, runId, assignments, first)
      if (first !== undefined) announcer.announce(scope, [first.campaignId])
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
    segmentCounts: async ({ tenant }, runId) => {
      const rows = await database.rows<{ readonly segment: string; readonly count: number }>(sql`
        select held.segment, count(*)::float8 as count from (
          select distinct m.customer_id, unnest(m.segments) as segment from ${members} as m
          where m.tenant = ${tenant} and m.run_id = ${runId} and m.exclusion is null
        ) as held group by held.segment`)
      return new Map(rows.map(({ segment, count }) => [segment, count]))
    },
    armCounts: async ({ tenant }, runId) => {
      const ofRun = sql`from ${members} as m where m.tenant = ${tenant} and m.run_id = ${runId} and m.arm is not null`
      return database.rows<ArmCount>(sql`
        select m.arm, null as segment, count(*)::float8 as count ${ofRun} group by m.arm
        union all
        select s.arm, s.segment, count(*)::float8 from (
          select distinct m.customer_id, m.arm, unnest(m.segments) as segment ${ofRun}
        ) as s group by s.arm, s.segment`)
    },
    forget: async ({ tenant }, customerIds) => {
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
