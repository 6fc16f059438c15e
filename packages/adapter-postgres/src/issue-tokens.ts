import { type CampaignId, idTaken, type QrToken, type Scope } from '@campaignkit/core/adapter'
import { given, namesOf, probes, typedNamesOf } from './columns.js'
import type { Session } from './database.js'
import { brokenConstraint } from './failures.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'
import { TOKEN_COLUMNS, type TokenRow, tokenOf } from './token-row.js'

const KEPT = raw(TOKEN_COLUMNS.map(({ name }) => `kept.${name}`).join(', '))

/** Where a token stands. */
const PLACE = TOKEN_COLUMNS.filter(({ name }) => ['run_id', 'customer_id', 'campaign_id'].includes(name))

/** Adds tokens where (run, customer) has none, cancelled if the campaign's coupons are, and reads those that stand. */
export async function issueTokens(
  session: Session,
  { tokens, cancelled_coupons: cancelledCoupons }: Tables,
  scope: Scope,
  drafts: readonly QrToken[],
): Promise<readonly QrToken[]> {
  if (drafts.length === 0) return []
  const { tenant } = scope
  const campaignIds = [...new Set(drafts.map(({ campaignId }) => campaignId))]
  try {
    await lockCoupons(session, scope, campaignIds, 'shared')
    await session.rows(sql`
      insert into ${tokens} as kept (tenant, ${namesOf(TOKEN_COLUMNS)})
      select ${tenant}, ${typedNamesOf(TOKEN_COLUMNS)} from ${given(TOKEN_COLUMNS, drafts)}
      on conflict (tenant, run_id, customer_id) do nothing`)
  } catch (error) {
    if (brokenConstraint(error) === 'tokens_handle') throw idTaken('token')
    throw error
  }
  const places = probes({ tenant }, PLACE, drafts)
  await session.rows(sql`
    with ${places}
    update ${tokens} as kept set cancelled_at = c.at from given
    join ${cancelledCoupons} as c on c.tenant = given.tenant and c.campaign_id = given.campaign_id
    where kept.tenant = given.tenant and kept.run_id = given.run_id and kept.customer_id = given.customer_id
      and kept.cancelled_at is null`)
  const rows = await session.rows<TokenRow>(sql`
    with ${places}
    select ${KEPT} from given
    join ${tokens} as kept on kept.tenant = given.tenant and kept.run_id = given.run_id
      and kept.customer_id = given.customer_id`)
  const standing = new Map(rows.map(tokenOf).map((token) => [placeOf(token), token]))
  return drafts.map((draft) => standing.get(placeOf(draft)) ?? draft)
}

/**
 * Holds the coupons of campaigns until the end of the transaction: many may issue at once, and whoever cancels is alone,
 * so that no token is issued behind the back of a cancellation.
 */
export async function lockCoupons(
  session: Session,
  { tenant }: Scope,
  campaignIds: readonly CampaignId[],
  mode: 'shared' | 'alone',
): Promise<void> {
  const keys = campaignIds.map((id) => JSON.stringify(['coupons', tenant, id])).sort()
  const lock = raw(mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock')
  await session.rows(sql`
    select ${lock}(hashtextextended(given.key, 0)) from unnest(${keys}::text[]) as given(key)`)
}

function placeOf({ runId, customerId }: QrToken): string {
  return JSON.stringify([runId, customerId])
}
