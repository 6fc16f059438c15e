import {
  type CouponStore,
  keyIdOf,
  type QrToken,
  type RedeemDecision,
  type RedeemRequest,
  type Redemption,
  refuseRedemption,
} from '@campaignkit/core/adapter'
import { frozenCopy } from './frozen-copy.js'
import { pageOf, placeCursor, textCursor } from './paging.js'
import type { Tenant, TenantOf } from './tenants.js'

/** The coupons of {@link createMemoryStorage}. */
export function createCouponStore(tenantOf: TenantOf): CouponStore {
  return {
    issue: async (scope, ...given) => {
      const [drafts] = frozenCopy(given)
      const { coupons } = tenantOf(scope)
      coupons.check(drafts)
      return drafts.map((draft) => coupons.issue(draft))
    },
    byHandle: async (scope, handle) => tenantOf(scope).coupons.token(handle),
    uses: async (scope, handle) => tenantOf(scope).coupons.used(handle),
    ofRun: async (scope, runId, customerIds) => {
      const { coupons } = tenantOf(scope)
      return [...new Set(customerIds)].flatMap((id) => coupons.tokenOf(runId, id) ?? [])
    },
    redeem: async (scope, request, records) => redeem(tenantOf(scope), frozenCopy(request), records),
    redemptionsByKey: async (scope, key) => tenantOf(scope).coupons.redemptionsByKey(key),
    reverse: async (scope, place, at, records) => {
      const { coupons, events, journal } = tenantOf(scope)
      const redemption = coupons.redemption(place)
      if (redemption === null || redemption.reversedAt !== null) return redemption
      const reversed = Object.freeze({ ...redemption, reversedAt: at })
      const { event, entry } = frozenCopy(records(reversed))
      coupons.reverse(reversed)
      events.append([event])
      journal.write(entry)
      return reversed
    },
    sealedOtherwise: async (scope, keyId, page) => {
      const { coupons } = tenantOf(scope)
      return pageOf(coupons.handles, textCursor(), page, (handle) => {
        const token = coupons.token(handle)
        return token === null || keyIdOf(token.sealed) === keyId ? null : token
      })
    },
    reseal: async (scope, ...given) => {
      const [reseals, entry] = frozenCopy(given)
      const { coupons, journal } = tenantOf(scope)
      const replaced = coupons.reseal(reseals)
      journal.write(entry)
      return replaced
    },
    cancel: async (scope, ...given) => {
      const [campaignId, at, entry] = frozenCopy(given)
      const { coupons, journal } = tenantOf(scope)
      coupons.cancel(campaignId, at)
      journal.write(entry)
    },
    redemptions: async (scope, campaignId, page) => {
      const { coupons } = tenantOf(scope)
      return pageOf(coupons.orderOf(campaignId), placeCursor, page, ({ key }) => coupons.redemptionById(key))
    },
  }
}

function redeem(
  { coupons, events, journal }: Tenant,
  request: RedeemRequest,
  records: Parameters<CouponStore['redeem']>[2],
): RedeemDecision {
  const { handle, at } = request
  const token = coupons.token(handle)
  if (token === null) return { outcome: 'unknown' }
  const earlier = coupons.redemption(request)
  if (earlier !== null) return answerAgain(token, earlier, coupons.used(handle))
  const outcome = refuseRedemption(token, coupons.used(handle), at)
  if (outcome !== null) return { outcome, token }
  const redemption = redemptionOf(token, request)
  const { event, entry } = frozenCopy(records(token, redemption))
  coupons.addRedemption(redemption)
  events.append([event])
  journal.write(entry)
  return { outcome: 'redeemed', token, redemption, used: coupons.used(handle), repeated: false }
}

/** What a key is told that has a redemption of the token already. */
function answerAgain(token: QrToken, redemption: Redemption, used: number): RedeemDecision {
  return redemption.reversedAt === null
    ? { outcome: 'redeemed', token, redemption, used, repeated: true }
    : { outcome: 'reversed', token, redemption }
}

function redemptionOf(token: QrToken, { id, key, at, by, amount }: RedeemRequest): Redemption {
  const { handle, campaignId, runId, customerId } = token
  return Object.freeze({ id, key, handle, campaignId, runId, customerId, at, by, amount, reversedAt: null })
}
