import {
  type CouponStore,
  type Instant,
  type QrToken,
  type RedeemDecision,
  type RedeemRequest,
  type Redemption,
  type RedemptionPlace,
  refuseRedemption,
  type Scope,
} from '@campaignkit/core/adapter'
import { appendEvents } from './append-events.js'
import { given, namesOf, typedNamesOf } from './columns.js'
import type { Session } from './database.js'
import { writeJournal } from './journal.js'
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

interface Locked {
  readonly token: QrToken
  readonly used: number
}

/** The rule of `CouponStore.redeem`, under the lock of the token's row: other redemptions of it wait. */
export async function redeem(
  session: Session,
  tables: Tables,
  scope: Scope,
  request: RedeemRequest,
  records: Parameters<CouponStore['redeem']>[2],
): Promise<RedeemDecision> {
  const locked = await lockToken(session, tables, scope, request.handle)
  if (locked === null) return { outcome: 'unknown' }
  const { token, used } = locked
  const earlier = await readRedemption(session, tables, scope, request)
  if (earlier !== null) {
    return earlier.reversedAt === null
      ? { outcome: 'redeemed', token, redemption: earlier, used, repeated: true }
      : { outcome: 'reversed', token, redemption: earlier }
  }
  const outcome = refuseRedemption(token, used, request.at)
  if (outcome !== null) return { outcome, token }
  const redemption = newRedemption(token, request)
  const { event, entry } = records(token, redemption)
  await session.rows(sql`
    insert into ${tables.redemptions} (tenant, ${namesOf(REDEMPTION_COLUMNS)})
    select ${scope.tenant}, ${typedNamesOf(REDEMPTION_COLUMNS)} from ${given(REDEMPTION_COLUMNS, [redemption])}`)
  await addUse(session, tables, scope, token, 1)
  await appendEvents(session, tables, scope, [event])
  await writeJournal(session, tables, scope, [entry])
  return { outcome: 'redeemed', token, redemption, used: used + 1, repeated: false }
}

/** The rule of `CouponStore.reverse`, under the same lock. */
export async function reverse(
  session: Session,
  tables: Tables,
  scope: Scope,
  place: RedemptionPlace,
  at: Instant,
  records: Parameters<CouponStore['reverse']>[3],
): Promise<Redemption | null> {
  const locked = await lockToken(session, tables, scope, place.handle)
  const redemption = await readRedemption(session, tables, scope, place)
  if (redemption === null || redemption.reversedAt !== null) return redemption
  const reversed = { ...redemption, reversedAt: at }
  const { event, entry } = records(reversed)
  await session.rows(sql`
    update ${tables.redemptions} set reversed_at = ${at}
    where tenant = ${scope.tenant} and key = ${place.key} and handle = ${place.handle}`)
  if (locked !== null) await addUse(session, tables, scope, locked.token, -1)
  await appendEvents(session, tables, scope, [event])
  await writeJournal(session, tables, scope, [entry])
  return reversed
}

async function lockToken(
  session: Session,
  { tokens }: Tables,
  { tenant }: Scope,
  handle: string,
): Promise<Locked | null> {
  const [row] = await session.rows<TokenRow & { readonly used: number }>(sql`
    select ${namesOf(TOKEN_COLUMNS)}, used from ${tokens}
    where tenant = ${tenant} and handle = ${handle} for update`)
  return row === undefined ? null : { token: tokenOf(row), used: row.used }
}

async function readRedemption(
  session: Session,
  { redemptions }: Tables,
  { tenant }: Scope,
  { key, handle }: RedemptionPlace,
): Promise<Redemption | null> {
  const [row] = await session.rows<RedemptionRow>(sql`
    select ${namesOf(REDEMPTION_COLUMNS)} from ${redemptions}
    where tenant = ${tenant} and key = ${key} and handle = ${handle}`)
  return row === undefined ? null : redemptionOf(row)
}

async function addUse(
  session: Session,
  { tokens }: Tables,
  { tenant }: Scope,
  { handle }: QrToken,
  by: number,
): Promise<void> {
  await session.rows(sql`
    update ${tokens} set used = used + ${by} where tenant = ${tenant} and handle = ${handle}`)
}

function newRedemption(token: QrToken, { id, key, at, by, amount }: RedeemRequest): Redemption {
  const { handle, campaignId, runId, customerId } = token
  return { id, key, handle, campaignId, runId, customerId, at, by, amount, reversedAt: null }
}
