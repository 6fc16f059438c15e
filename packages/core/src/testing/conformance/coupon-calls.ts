import { DAY_MS } from '../../base/time.js'
import type { CampaignEvent } from '../../model/event.js'
import type { JournalEntry } from '../../model/journal.js'
import type { Redemption } from '../../model/redemption.js'
import type { Scope } from '../../model/scope.js'
import type { RedeemRequest, RedemptionPlace } from '../../ports/storage/coupon-store.js'
import type { Storage } from '../../ports/storage/storage.js'
import type { Overrides } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleEvent, sampleJournalEntry, sampleRedeemRequest, sampleToken } from '../samples.js'
import { foldCounters } from './counter-fold.js'
import { allPages, expectSame } from './expectations.js'

const { campaignId: CAMPAIGN } = sampleToken()

/** Where the redemption of the sample token stands. */
export const SAMPLE_PLACE: RedemptionPlace = { key: 'receipt-no-1', handle: sampleToken().handle }

/** The event and the journal entry of a redemption or of its reversal. */
export function recordsOf(
  type: string,
  redemption: Redemption,
): { event: CampaignEvent; entry: JournalEntry } {
  const { key, at, customerId } = redemption
  return {
    event: sampleEvent({ key: `${type}:${key}`, type, at, customerId }),
    entry: sampleJournalEntry({ id: `${type} ${redemption.id}`, action: type }),
  }
}

/** Redeems the sample token. */
export const redeem = (storage: Storage, scope: Scope, overrides: Overrides<RedeemRequest> = {}) =>
  storage.coupons.redeem(scope, sampleRedeemRequest(overrides), (_token, redemption) =>
    recordsOf('redemption', redemption),
  )

/** Gives a redemption back. */
export const reverse = (
  storage: Storage,
  scope: Scope,
  place: Partial<RedemptionPlace> = {},
  at = SAMPLE_NOW + 2 * DAY_MS,
) =>
  storage.coupons.reverse(scope, { ...SAMPLE_PLACE, ...place }, at, (redemption) =>
    recordsOf('redemption-reversed', redemption),
  )

/** What was written beside the redemptions: keys of the events and actions of the journal. */
export async function recordsIn(storage: Storage, scope: Scope): Promise<readonly [string[], string[]]> {
  const events = await allPages((page) => storage.events.list(scope, CAMPAIGN, {}, page))
  const entries = await allPages((page) => storage.journal.list(scope, {}, page))
  expectSame(await storage.events.counters(scope, CAMPAIGN), foldCounters(events, CAMPAIGN), 'counters')
  return [events.map(({ key }) => key), entries.map(({ action }) => action)]
}
