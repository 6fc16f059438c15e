import { readSignedLink } from '../access/signed-link.js'
import { isCampaignKitError } from '../base/error.js'
import type { DeliveryId, TenantId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Reward } from '../model/coupon.js'
import type { QrToken } from '../model/qr-token.js'
import { refuseRedemption } from '../model/redemption.js'
import type { Scope } from '../model/scope.js'
import { codeMatches, linkOfCode, parseScanned } from '../qr/token.js'
import type { EngineContext } from './context.js'
import { recordInteraction, recordUnsubscribe } from './record-unsubscribe.js'

/** What the page of a coupon shows. */
export interface CouponPage {
  readonly code: string
  /** The QR code as an SVG document. */
  readonly svg: string
  readonly reward: Reward
  readonly validFrom: Instant
  readonly expiresAt: Instant | null
  /** Whether the till would take it now, as far as dates tell. */
  readonly state: 'valid' | 'notYetValid' | 'expired' | 'cancelled'
  /** IANA zone of the tenant, in which the page writes its dates. */
  readonly timeZone: string
}

/** Serves the links that stand in messages. A text that was not signed by this kit is null or false, never an error. */
export interface LinkHost {
  /** Where a tracked link leads; counts nothing. */
  leadsTo(text: string): string | null
  /** Where a tracked link leads; the click is counted. A click that cannot be counted still leads there. */
  follow(text: string): Promise<string | null>
  /** Counts that the picture of a message was fetched. */
  open(text: string): Promise<boolean>
  /** Whether an unsubscribe link is genuine; changes nothing. */
  isUnsubscribeLink(text: string): boolean
  /** Takes back the permission of the customer to whom the link was sent. */
  unsubscribe(text: string, basis: string): Promise<boolean>
  /** The page of a coupon, for the tenant whose host name was asked; null for a code that the tenant does not have. */
  coupon(tenant: string, scanned: string): Promise<CouponPage | null>
}

/** Makes the host of the links that this kit signs. */
export function createLinkHost(context: EngineContext): LinkHost {
  const { secrets } = context.settings
  return {
    leadsTo: (text) => readSignedLink(secrets, 'click', text)?.[2] ?? null,
    async follow(text) {
      const fields = readSignedLink(secrets, 'click', text)
      const url = fields?.[2]
      if (fields === null || url === undefined) return null
      await forDelivery(fields, (scope, id) => recordInteraction(context, scope, id, 'clicked', url)).catch(
        () => {
          context.logger.error('a click could not be counted')
        },
      )
      return url
    },
    async open(text) {
      const fields = readSignedLink(secrets, 'open', text)
      return (
        fields !== null &&
        forDelivery(fields, (scope, id) => recordInteraction(context, scope, id, 'opened', null))
      )
    },
    isUnsubscribeLink: (text) => readSignedLink(secrets, 'unsubscribe', text) !== null,
    async unsubscribe(text, basis) {
      const fields = readSignedLink(secrets, 'unsubscribe', text)
      return (
        fields !== null && forDelivery(fields, (scope, id) => recordUnsubscribe(context, scope, id, basis))
      )
    },
    coupon: (tenant, scanned) => couponPage(context, linkScope(tenant), scanned),
  }
}

/** Runs an act for the delivery that a link names; false when it is gone (a preview, a deleted campaign). */
async function forDelivery(
  [tenant, deliveryId]: readonly string[],
  act: (scope: Scope, deliveryId: DeliveryId) => Promise<void>,
): Promise<boolean> {
  if (tenant === undefined || deliveryId === undefined) return false
  try {
    await act(linkScope(tenant), deliveryId as DeliveryId)
    return true
  } catch (thrown) {
    if (isCampaignKitError(thrown, 'DELIVERY_NOT_FOUND')) return false
    if (isCampaignKitError(thrown, 'CAMPAIGN_NOT_FOUND')) return false
    throw thrown
  }
}

/** Whoever follows a link acts as the person to whom it was sent. */
function linkScope(tenant: string): Scope {
  return { tenant: tenant as TenantId, actor: { id: 'recipient', kind: 'system', roles: [] } }
}

async function couponPage(context: EngineContext, scope: Scope, scanned: string): Promise<CouponPage | null> {
  const parsed =
    typeof scanned === 'string' && typeof scope.tenant === 'string' ? parseScanned(scanned) : null
  if (parsed === null) return null
  const token = await context.storage.coupons.byHandle(scope, parsed.handle)
  if (token === null || !codeMatches(parsed.code, token.hash)) return null
  const { reward, validFrom, expiresAt } = token
  return {
    code: parsed.code,
    svg: context.qr.svg(linkOfCode(context.settings.publicUrl, parsed.code)),
    reward,
    validFrom,
    expiresAt,
    state: stateAt(token, context.clock.now()),
    timeZone: context.settings.tenant(scope.tenant).timeZone,
  }
}

/** What the redeem rule says of the dates; whether uses are left is told at the till. */
function stateAt(token: QrToken, now: Instant): CouponPage['state'] {
  const refusal = refuseRedemption(token, 0, now)
  return refusal === null || refusal === 'spent' ? 'valid' : refusal
}
