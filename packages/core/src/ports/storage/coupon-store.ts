import type { CampaignId, CustomerId, RedemptionId, RunId } from '../../base/ids.js'
import type { Money } from '../../base/money.js'
import type { Instant } from '../../base/time.js'
import type { CampaignEvent } from '../../model/event.js'
import type { JournalEntry } from '../../model/journal.js'
import type { Page, PageRequest } from '../../model/page.js'
import type { QrToken } from '../../model/qr-token.js'
import type { Redemption, RefusedRedemption } from '../../model/redemption.js'
import type { TokenReseal } from '../../model/reseal.js'
import type { Scope } from '../../model/scope.js'

/** What tells a redemption apart: one key may take several coupons, each once. */
export interface RedemptionPlace {
  readonly key: string
  readonly handle: string
}

/** A redemption that is asked for. */
export interface RedeemRequest extends RedemptionPlace {
  readonly id: RedemptionId
  readonly at: Instant
  readonly by: string
  readonly amount: Money | null
}

/** What the storage decided. */
export type RedeemDecision =
  | {
      readonly outcome: 'redeemed'
      readonly token: QrToken
      readonly redemption: Redemption
      readonly used: number
      readonly repeated: boolean
    }
  | { readonly outcome: 'reversed'; readonly token: QrToken; readonly redemption: Redemption }
  | { readonly outcome: Exclude<RefusedRedemption, 'unknown'>; readonly token: QrToken }
  | { readonly outcome: 'unknown' }

/** Coupons and their uses. */
export interface CouponStore {
  /**
   * Adds tokens; where (run, customer) has one already, that one stays.
   *
   * @returns the tokens that stand, one for each draft, in order
   */
  issue(scope: Scope, drafts: readonly QrToken[]): Promise<readonly QrToken[]>
  byHandle(scope: Scope, handle: string): Promise<QrToken | null>
  /** Redemptions of a token that stand; 0 for an unknown handle. */
  uses(scope: Scope, handle: string): Promise<number>
  /** Tokens of customers in a run; those without are left out. */
  ofRun(scope: Scope, runId: RunId, customerIds: readonly CustomerId[]): Promise<readonly QrToken[]>
  /**
   * Decides by `refuseRedemption` and writes, with the event and the journal entry, as one step that no other
   * redemption or reversal of the token comes between. A (key, handle) that has a redemption gets the same one again,
   * as `redeemed` while it stands and as `reversed` once it was given back, before anything else is asked, and writes
   * nothing; a refusal is not remembered. The same key may take other tokens.
   *
   * @param records - makes the event and the journal entry of the redemption
   */
  redeem(
    scope: Scope,
    request: RedeemRequest,
    records: (
      token: QrToken,
      redemption: Redemption,
    ) => { readonly event: CampaignEvent; readonly entry: JournalEntry },
  ): Promise<RedeemDecision>
  /** The redemptions under a key, one for each token that it took, by handle. */
  redemptionsByKey(scope: Scope, key: string): Promise<readonly Redemption[]>
  /**
   * Gives a use back, with event and journal entry, for good: no later call makes a use of this place again. One that was
   * given back already stays as it is.
   *
   * @returns the redemption as it stands, or null when there is none of this key and token
   */
  reverse(
    scope: Scope,
    place: RedemptionPlace,
    at: Instant,
    records: (redemption: Redemption) => { readonly event: CampaignEvent; readonly entry: JournalEntry },
  ): Promise<Redemption | null>
  /** Tokens that are sealed under another key than this one, by handle in the order of code points. */
  sealedOtherwise(scope: Scope, keyId: string, page: PageRequest): Promise<Page<QrToken>>
  /**
   * Puts seals in the place of others of the same codes, each only where the one that it replaces still stands
   * (`resealedToken`), with the journal entry; unknown handles are left out.
   *
   * @returns how many seals were replaced
   */
  reseal(scope: Scope, reseals: readonly TokenReseal[], entry: JournalEntry): Promise<number>
  /** Makes every token of a campaign answer `cancelled` from the instant on, with the journal entry. */
  cancel(scope: Scope, campaignId: CampaignId, at: Instant, entry: JournalEntry): Promise<void>
  /** Redemptions of a campaign, oldest first (ties by id). */
  redemptions(scope: Scope, campaignId: CampaignId, page: PageRequest): Promise<Page<Redemption>>
}
