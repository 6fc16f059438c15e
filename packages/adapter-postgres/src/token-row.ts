import type {
  CampaignId,
  CustomerId,
  Instant,
  QrToken,
  Redemption,
  RedemptionId,
  RunId,
} from '@campaignkit/core/adapter'
import type { Columns } from './columns.js'

/** How a token is written. */
export const TOKEN_COLUMNS: Columns<QrToken> = [
  { name: 'run_id', type: 'text', of: ({ runId }) => runId },
  { name: 'customer_id', type: 'text', of: ({ customerId }) => customerId },
  { name: 'campaign_id', type: 'text', of: ({ campaignId }) => campaignId },
  { name: 'handle', type: 'text', of: ({ handle }) => handle },
  { name: 'hash', type: 'text', of: ({ hash }) => hash },
  { name: 'sealed', type: 'text', of: ({ sealed }) => sealed },
  { name: 'reward', type: 'json', of: ({ reward }) => reward },
  { name: 'issued_at', type: 'float8', of: ({ issuedAt }) => issuedAt },
  { name: 'valid_from', type: 'float8', of: ({ validFrom }) => validFrom },
  { name: 'expires_at', type: 'float8', of: ({ expiresAt }) => expiresAt },
  { name: 'max_redemptions', type: 'int', of: ({ maxRedemptions }) => maxRedemptions },
  { name: 'cancelled_at', type: 'float8', of: ({ cancelledAt }) => cancelledAt },
]

/** A token as its table has it. */
export interface TokenRow {
  readonly run_id: RunId
  readonly customer_id: CustomerId
  readonly campaign_id: CampaignId
  readonly handle: string
  readonly hash: string
  readonly sealed: string
  readonly reward: QrToken['reward']
  readonly issued_at: Instant
  readonly valid_from: Instant
  readonly expires_at: Instant | null
  readonly max_redemptions: number
  readonly cancelled_at: Instant | null
}

/** A token as the kit knows it. */
export function tokenOf(row: TokenRow): QrToken {
  return {
    runId: row.run_id,
    campaignId: row.campaign_id,
    customerId: row.customer_id,
    handle: row.handle,
    hash: row.hash,
    sealed: row.sealed,
    reward: row.reward,
    issuedAt: row.issued_at,
    validFrom: row.valid_from,
    expiresAt: row.expires_at,
    maxRedemptions: row.max_redemptions,
    cancelledAt: row.cancelled_at,
  }
}

/** How a redemption is written. */
export const REDEMPTION_COLUMNS: Columns<Redemption> = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  { name: 'key', type: 'text', of: ({ key }) => key },
  { name: 'handle', type: 'text', of: ({ handle }) => handle },
  { name: 'campaign_id', type: 'text', of: ({ campaignId }) => campaignId },
  { name: 'run_id', type: 'text', of: ({ runId }) => runId },
  { name: 'customer_id', type: 'text', of: ({ customerId }) => customerId },
  { name: 'at', type: 'float8', of: ({ at }) => at },
  { name: 'redeemed_by', type: 'text', of: ({ by }) => by },
  { name: 'amount_minor', type: 'float8', of: ({ amount }) => amount?.amountMinor },
  { name: 'currency', type: 'text', of: ({ amount }) => amount?.currency },
  { name: 'reversed_at', type: 'float8', of: ({ reversedAt }) => reversedAt },
]

/** A redemption as its table has it. */
export interface RedemptionRow {
  readonly id: RedemptionId
  readonly key: string
  readonly handle: string
  readonly campaign_id: CampaignId
  readonly run_id: RunId
  readonly customer_id: CustomerId
  readonly at: Instant
  readonly redeemed_by: string
  readonly amount_minor: number | null
  readonly currency: string | null
  readonly reversed_at: Instant | null
}

/** A redemption as the kit knows it. */
export function redemptionOf(row: RedemptionRow): Redemption {
  const { amount_minor: amountMinor, currency } = row
  return {
    id: row.id,
    key: row.key,
    handle: row.handle,
    campaignId: row.campaign_id,
    runId: row.run_id,
    customerId: row.customer_id,
    at: row.at,
    by: row.redeemed_by,
    amount: amountMinor === null || currency === null ? null : { amountMinor, currency },
    reversedAt: row.reversed_at,
  }
}
