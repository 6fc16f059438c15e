import type { CouponStore, TokenReseal } from '@campaignkit/core/adapter'
import { type Columns, given, namesOf } from './columns.js'
import type { Database } from './database.js'
import { issueTokens, lockCoupons } from './issue-tokens.js'
import { writeJournal } from './journal.js'
import { pageFrom, placeCursor, readPlace } from './paging.js'
import { redeem, reverse } from './redeem.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'
import {
  REDEMPTION_COLUMNS,
  type RedemptionRow,
  redemptionOf,
  TOKEN_COLUMNS,
  type TokenRow,
  tokenOf,
} from './token-row.js'

const RESEAL: Columns<TokenReseal> = [
  { name: 'handle', type: 'text', of: ({ handle }) => handle },
  { name: 'replaces', type: 'text', of: ({ replaces }) => replaces },
  { name: 'sealed', type: 'text', of: ({ sealed }) => sealed },
]

/** The coupons of {@link createPostgresStorage}. */
export function createCouponStore(database: Database, tables: Tables): CouponStore {
  const { tokens, redemptions, cancelled_coupons: cancelledCoupons } = tables
  return {
    issue: (scope, drafts) => database.transaction((session) => issueTokens(session, tables, scope, drafts)),
    byHandle: async ({ tenant }, handle) => {
      const [row] = await database.rows<TokenRow>(sql`
        select ${namesOf(TOKEN_COLUMNS)} from ${tokens} where tenant = ${tenant} and handle = ${handle}`)
      return row === undefined ? null : tokenOf(row)
    },
    uses: async ({ tenant }, handle) => {
      const [row] = await database.rows<{ readonly used: number }>(sql`
        select used from ${tokens} where tenant = ${tenant} and handle = ${handle}`)
      return row?.used ?? 0
    },
    ofRun: async ({ tenant }, runId, customerIds) => {
      const rows = await database.rows<TokenRow>(sql`
        select ${namesOf(TOKEN_COLUMNS)} from ${tokens}
        where tenant = ${tenant} and run_id = ${runId} and customer_id = any(${customerIds}::text[])`)
      return rows.map(tokenOf)
    },
    redeem: (scope, request, records) =>
      database.transaction((session) => redeem(session, tables, scope, request, records)),
    redemptionsByKey: async ({ tenant }, key) => {
      const rows = await database.rows<RedemptionRow>(sql`
        select ${namesOf(REDEMPTION_COLUMNS)} from ${redemptions}
        where tenant = ${tenant} and key = ${key} order by handle`)
      return rows.map(redemptionOf)
    },
    reverse: (scope, place, at, records) =>
      database.transaction((session) => reverse(session, tables, scope, place, at, records)),
    sealedOtherwise: async ({ tenant }, keyId, { cursor, limit }) => {
      const rows = await database.rows<TokenRow>(sql`
        select ${namesOf(TOKEN_COLUMNS)} from ${tokens}
        where tenant = ${tenant} and handle > ${cursor ?? ''} and split_part(sealed, '.', 1) <> ${keyId}
        order by handle limit ${limit + 1}`)
      return pageFrom(rows.map(tokenOf), limit, ({ handle }) => handle)
    },
    reseal: (scope, reseals, entry) =>
      database.transaction(async (session) => {
        const replaced = await session.rows(sql`
          update ${tokens} as kept set sealed = given.sealed from ${given(RESEAL, reseals)}
          where kept.tenant = ${scope.tenant} and kept.handle = given.handle and kept.sealed = given.replaces
          returning 1`)
        await writeJournal(session, tables, scope, [entry])
        return replaced.length
      }),
    cancel: (scope, campaignId, at, entry) =>
      database.transaction(async (session) => {
        const { tenant } = scope
        await lockCoupons(session, scope, [campaignId], 'alone')
        await session.rows(sql`
          insert into ${cancelledCoupons} as kept (tenant, campaign_id, at) values (${tenant}, ${campaignId}, ${at})
          on conflict (tenant, campaign_id) do update set at = least(kept.at, excluded.at)`)
        await session.rows(sql`
          update ${tokens} set cancelled_at = least(cancelled_at, ${at})
          where tenant = ${tenant} and campaign_id = ${campaignId}`)
        await writeJournal(session, tables, scope, [entry])
      }),
    redemptions: async ({ tenant }, campaignId, { cursor, limit }) => {
      const after = cursor === null ? null : readPlace(cursor)
      const behind = after === null ? sql`` : sql`and (at, id) > (${after.at}, ${after.key})`
      const rows = await database.rows<RedemptionRow>(sql`
        select ${namesOf(REDEMPTION_COLUMNS)} from ${redemptions}
        where tenant = ${tenant} and campaign_id = ${campaignId} ${behind} order by at, id limit ${limit + 1}`)
      return pageFrom(rows.map(redemptionOf), limit, ({ at, id }) => placeCursor({ at, key: id }))
    },
  }
}
