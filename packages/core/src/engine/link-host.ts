import { readSignedLink } from '../access/signed-link.js'
import { isCampaignKitError } from '../base/error.js'
import type { DeliveryId } from '../base/ids.js'
import type { DurationMs, Instant } from '../base/time.js'
import type { Reward } from '../model/coupon.js'
import type { QrToken } from '../model/qr-token.js'
import { type RedeemOptions, type RedemptionOutcome, refuseRedemption } from '../model/redemption.js'
import type { Scope } from '../model/scope.js'
import { codeMatches, linkOfCode, parseScanned } from '../qr/token.js'
import { type ConsentQuestion, confirmConsent, readQuestion } from './confirm-consent.js'
import type { EngineContext } from './context.js'
import { createGuessGuard, type GuessGuard } from './guess-guard.js'
import { linkScope } from './link-scope.js'
import {
  type PreferenceCentre,
  readPreferences,
  type SavedPreferences,
  type SubmittedPreferences,
  savePreferences,
} from './preference-centre.js'
import { recordInteraction, recordUnsubscribe } from './record-unsubscribe.js'
import { admitTill, readTillKey, redeemAtTill, type Till } from './till-keys.js'

/** What the page of a coupon shows. */
export interface CouponPage {
  readonly code: string
  /** The QR code as an SVG document. */
  readonly svg: string
  readonly reward: Reward
  /** What the campaign says of its use, as it was written; null for nothing. */
  readonly terms: string | null
  readonly validFrom: Instant
  readonly expiresAt: Instant | null
  /** What the till would say now; `redeemed` when no use is left. */
  readonly state: 'valid' | 'notYetValid' | 'expired' | 'cancelled' | 'redeemed'
  /** IANA zone of the tenant, in which the page writes its dates. */
  readonly timeZone: string
}

/** Serves the links that stand in messages. A text that was not signed by this kit is null or false, never an error. */
export interface LinkHost {
  /** Where a tracked link leads; counts nothing. */
  leadsTo(text: string): string | null
  /**
   * Where a tracked link leads; the click is counted. A click that cannot be counted still leads there.
   *
   * @param agent - `User-Agent` of the request, by which clicks of machines are told apart @default it is not known
   */
  follow(text: string, agent?: string | null): Promise<string | null>
  /** Counts that the picture of a message was fetched. @param agent - as `follow` takes it */
  open(text: string, agent?: string | null): Promise<boolean>
  /** Whether an unsubscribe link is genuine; changes nothing. */
  isUnsubscribeLink(text: string): boolean
  /** Takes back the permission of the customer to whom the link was sent. */
  unsubscribe(text: string, basis: string): Promise<boolean>
  /** The page of a coupon, for the tenant whose host name was asked; null for a code that the tenant does not have. */
  coupon(tenant: string, scanned: string): Promise<CouponPage | null>
  /** What the customer whose link it is allows; null for nobody's link. Changes nothing. */
  preferences(text: string): Promise<PreferenceCentre | null>
  /** Saves what the customer changed on the page; null for nobody's link. */
  savePreferences(text: string, submitted: SubmittedPreferences): Promise<SavedPreferences | null>
  /** The question of a double opt-in; null for a link that is not genuine. Changes nothing. */
  question(text: string): Promise<ConsentQuestion | null>
  /** The person says yes, once; null for a link that is not genuine. */
  confirm(text: string): Promise<ConsentQuestion | null>
  /** The till of a key of `kit.coupons.tillKey`; null for one that is forged or has expired. */
  tillOf(key: string): Till | null
  /** After how many milliseconds a till may ask; 0 for now. */
  admitTill(till: Till): Promise<DurationMs>
  /** Takes a coupon at a till. @throws INVALID_INPUT, FORBIDDEN */
  redeem(till: Till, scanned: string, options: Omit<RedeemOptions, 'by' | 'at'>): Promise<RedemptionOutcome>
  /** Keeps clients from trying out links. */
  readonly guesses: GuessGuard
}

/** Makes the host of the links that this kit signs. */
export function createLinkHost(context: EngineContext): LinkHost {
  const { secrets } = context.settings
  return {
    leadsTo: (text) => readSignedLink(secrets, 'click', text)?.[2] ?? null,
    async follow(text, agent = null) {
      const fields = readSignedLink(secrets, 'click', text)
      const url = fields?.[2]
      if (fields === null || url === undefined) return null
      await forDelivery(fields, (scope, id) =>
        recordInteraction(context, scope, id, 'clicked', url, agent),
      ).catch(() => {
        context.logger.error('a click could not be counted')
      })
      return url
    },
    async open(text, agent = null) {
      const fields = readSignedLink(secrets, 'open', text)
      return (
        fields !== null &&
        forDelivery(fields, (scope, id) => recordInteraction(context, scope, id, 'opened', null, agent))
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
    preferences: (text) => readPreferences(context, text),
    savePreferences: (text, submitted) => savePreferences(context, text, submitted),
    question: (text) => readQuestion(context, text),
    confirm: (text) => confirmConsent(context, text),
    tillOf: (key) => readTillKey(context, key),
    admitTill: (till) => admitTill(context, till),
    redeem: (till, scanned, options) => redeemAtTill(context, till, scanned, options),
    guesses: createGuessGuard(context),
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

/** Of no code. */
const NO_HASH = '0'.repeat(64)

async function couponPage(context: EngineContext, scope: Scope, scanned: string): Promise<CouponPage | null> {
  const parsed =
    typeof scanned === 'string' && typeof scope.tenant === 'string' ? parseScanned(scanned) : null
  if (parsed === null) return null
  const token = await context.storage.coupons.byHandle(scope, parsed.handle)
  // an unknown handle takes as long as a known one with another secret
  const matches = codeMatches(parsed.code, token?.hash ?? NO_HASH)
  if (token === null || !matches) return null
  const [used, campaign] = await Promise.all([
    context.storage.coupons.uses(scope, token.handle),
    context.storage.campaigns.get(scope, token.campaignId),
  ])
  const { reward, validFrom, expiresAt } = token
  return {
    code: parsed.code,
    svg: context.qr.svg(linkOfCode(context.settings.publicUrl, parsed.code)),
    reward,
    terms: campaign?.content.coupon?.terms ?? null,
    validFrom,
    expiresAt,
    state: stateAt(token, used, context.clock.now()),
    timeZone: context.settings.tenant(scope.tenant).timeZone,
  }
}

/** What the redeem rule says: of a coupon that is used up, that rather than that its time is over. */
function stateAt(token: QrToken, used: number, now: Instant): CouponPage['state'] {
  const refusal = refuseRedemption(token, used, now)
  if (refusal === null) return 'valid'
  return refusal === 'spent' || (refusal === 'expired' && used >= token.maxRedemptions) ? 'redeemed' : refusal
}
