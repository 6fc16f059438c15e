import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import type { RedemptionId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { CampaignEvent } from '../model/event.js'
import { parseInput } from '../model/parse.js'
import type { QrToken } from '../model/qr-token.js'
import {
  type RedeemOptions,
  type Redemption,
  type RedemptionOutcome,
  type ReverseOptions,
  redeemOptionsSchema,
  reverseOptionsSchema,
} from '../model/redemption.js'
import type { Scope } from '../model/scope.js'
import { codeMatches, parseScanned } from '../qr/token.js'
import type { EngineContext } from './context.js'
import { cancelCoupons } from './control-campaign.js'
import { journalEntry } from './journal-entry.js'
import { publishEvents } from './publish-events.js'
import { attributionOfMember } from './track-events.js'

/**
 * Takes a coupon at the till. Answers with an outcome whatever was scanned; the same key asks again without taking
 * the coupon twice, even when the use was given back since, and may take other coupons, each once.
 *
 * @param scanned - the code or its link, in any case
 * @throws INVALID_INPUT for the options alone; FORBIDDEN
 */
export async function redeemCoupon(
  context: EngineContext,
  scope: Scope,
  scanned: string,
  options: RedeemOptions,
): Promise<RedemptionOutcome> {
  authorize(context.access, scope, 'coupon.redeem')
  const { by, key, at = context.clock.now(), amount = null } = parseInput(redeemOptionsSchema, options)
  const parsed = typeof scanned === 'string' ? parseScanned(scanned) : null
  if (parsed === null) return { outcome: 'unknown' }
  const token = await context.storage.coupons.byHandle(scope, parsed.handle)
  if (token === null || !codeMatches(parsed.code, token.hash)) return { outcome: 'unknown' }
  await finishCancelling(context, scope, token)
  const [member] = await context.storage.audience.get(scope, token.runId, [token.customerId])
  const id = context.ids.next('redemption') as RedemptionId
  const published: CampaignEvent[] = []
  const decision = await context.storage.coupons.redeem(
    scope,
    { handle: parsed.handle, id, key, at, by, amount },
    (taken, redemption) => {
      const attributions = member === undefined ? [] : [attributionOfMember(taken.campaignId, member)]
      const event = redemptionEvent(redemption, 'redemption', at, context.clock.now(), attributions)
      published.push(event)
      const entry = journalEntry(context, scope, {
        action: 'coupon.redeem',
        subject: { type: 'campaign', id: taken.campaignId },
        after: { handle: taken.handle, key, by },
      })
      return { event, entry }
    },
  )
  if (decision.outcome === 'unknown') return decision
  const { reward, expiresAt } = decision.token
  if (decision.outcome === 'reversed') return { outcome: 'reversed', redemption: decision.redemption, reward }
  if (decision.outcome !== 'redeemed') return { outcome: decision.outcome, reward, expiresAt }
  // a storage may have tried, and have found on trying again that another was faster
  if (!decision.repeated) await publishEvents(context, scope, published.slice(-1))
  const remaining = remainingUses(decision.token, decision.used)
  return {
    outcome: 'redeemed',
    redemption: decision.redemption,
    reward,
    remaining,
    repeated: decision.repeated,
  }
}

/** A process may have died after it had cancelled the campaign and before its coupons. */
async function finishCancelling(context: EngineContext, scope: Scope, token: QrToken): Promise<void> {
  if (token.cancelledAt !== null) return
  const campaign = await context.storage.campaigns.get(scope, token.campaignId)
  if (campaign?.status === 'cancelled') await cancelCoupons(context, scope, campaign)
}

function remainingUses(token: QrToken, used: number): number {
  return Math.max(0, token.maxRedemptions - used)
}

function redemptionEvent(
  redemption: Redemption,
  type: 'redemption' | 'redemption-reversed',
  at: Instant,
  recordedAt: Instant,
  attributions: CampaignEvent['attributions'],
): CampaignEvent {
  const sign = type === 'redemption' ? 1 : -1
  return {
    key: `${type}:${redemption.id}`,
    type,
    at,
    recordedAt,
    customerId: redemption.customerId,
    deliveryId: null,
    attributions,
    amountMinor: sign * (redemption.amount?.amountMinor ?? 0),
    costMicros: 0,
    currency: redemption.amount?.currency ?? null,
    reason: null,
    url: null,
    machine: false,
    interaction: null,
  }
}

/**
 * Gives one use of a coupon back: a wrong scan, a returned purchase. Doing it again changes nothing, and the key of
 * the use takes this coupon no more.
 *
 * @throws REDEMPTION_NOT_FOUND when nothing was redeemed under the key, or not this coupon; REDEMPTION_AMBIGUOUS when
 *   the key took several coupons, those given back already among them, and none is named; INVALID_INPUT, FORBIDDEN
 */
export async function reverseRedemption(
  context: EngineContext,
  scope: Scope,
  options: ReverseOptions,
): Promise<Redemption> {
  authorize(context.access, scope, 'coupon.reverse')
  const { key, code, by, reason } = parseInput(reverseOptionsSchema, options)
  const found = await findRedemption(context, scope, key, code)
  const [member] = await context.storage.audience.get(scope, found.runId, [found.customerId])
  const attributions = member === undefined ? [] : [attributionOfMember(found.campaignId, member)]
  const now = context.clock.now()
  const published: CampaignEvent[] = []
  const reversed = await context.storage.coupons.reverse(scope, found, now, (redemption) => {
    const event = redemptionEvent(redemption, 'redemption-reversed', now, now, attributions)
    published.push(event)
    const entry = journalEntry(context, scope, {
      action: 'coupon.reverse',
      subject: { type: 'campaign', id: redemption.campaignId },
      reason,
      before: { handle: redemption.handle, key },
      after: { by },
    })
    return { event, entry }
  })
  if (reversed === null) throw notFound(key)
  // a storage may have tried, and have found on trying again that another was faster
  if (reversed.reversedAt === now) await publishEvents(context, scope, published.slice(-1))
  return reversed
}

async function findRedemption(
  context: EngineContext,
  scope: Scope,
  key: string,
  code: string | undefined,
): Promise<Redemption> {
  const all = await context.storage.coupons.redemptionsByKey(scope, key)
  const named = code === undefined ? all : await redemptionsOf(context, scope, all, code)
  const [found, ...others] = named
  if (found === undefined) throw notFound(key)
  if (others.length === 0) return found
  throw new CampaignKitError('REDEMPTION_AMBIGUOUS', 'code: this key took several coupons', {
    path: 'code',
    details: { key, handles: named.map(({ handle }) => handle) },
  })
}

async function redemptionsOf(
  context: EngineContext,
  scope: Scope,
  redemptions: readonly Redemption[],
  code: string,
): Promise<readonly Redemption[]> {
  const parsed = parseScanned(code)
  const token = parsed === null ? null : await context.storage.coupons.byHandle(scope, parsed.handle)
  if (parsed === null || token === null || !codeMatches(parsed.code, token.hash)) return []
  return redemptions.filter(({ handle }) => handle === token.handle)
}

function notFound(key: string): CampaignKitError {
  return new CampaignKitError('REDEMPTION_NOT_FOUND', 'Nothing was redeemed under this key', {
    details: { key },
  })
}
