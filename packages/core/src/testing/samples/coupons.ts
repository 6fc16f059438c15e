import { digestOf } from '../../base/digest.js'
import { DAY_MS } from '../../base/time.js'
import type { QrToken } from '../../model/qr-token.js'
import type { RedeemRequest } from '../../ports/storage/coupon-store.js'
import { asId, type Overrides } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'

const RUN = { id: 'run-1', campaignId: 'campaign-1' }
const CUSTOMER = 'customer-1'

/** A coupon for one use, valid for thirty days. Its handle and hash are made from run and customer. */
export function sampleToken(overrides: Overrides<QrToken> = {}): QrToken {
  const { runId = RUN.id, customerId = CUSTOMER } = overrides
  const hash = digestOf(runId, customerId)
  return {
    handle: `C4MP-${hash.slice(0, 12).toUpperCase()}`,
    hash,
    sealed: `test.${hash}`,
    reward: { kind: 'percent', value: 30 },
    issuedAt: SAMPLE_NOW,
    validFrom: SAMPLE_NOW,
    expiresAt: SAMPLE_NOW + 30 * DAY_MS,
    maxRedemptions: 1,
    cancelledAt: null,
    ...overrides,
    runId: asId(runId),
    customerId: asId(customerId),
    campaignId: asId(overrides.campaignId ?? RUN.campaignId),
  }
}

/** What a till asks. */
export function sampleRedeemRequest(overrides: Overrides<RedeemRequest> = {}): RedeemRequest {
  return {
    handle: sampleToken().handle,
    key: 'receipt-no-1',
    at: SAMPLE_NOW + DAY_MS,
    by: 'till-3',
    amount: null,
    ...overrides,
    id: asId(overrides.id ?? 'redemption-1'),
  }
}
