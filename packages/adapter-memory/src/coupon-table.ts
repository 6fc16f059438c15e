import {
  byCodePoints,
  type CampaignId,
  type CustomerId,
  type Instant,
  idTaken,
  type QrToken,
  type Redemption,
  type RedemptionPlace,
  type RunId,
  resealedToken,
  type TokenReseal,
} from '@campaignkit/core/adapter'
import { byPlace, type Place } from './order.js'
import { SortedList } from './sorted-list.js'

/** Coupons of a tenant and their uses; what is written must be frozen. */
export class CouponTable {
  /** Handles of the tokens, in order. */
  readonly handles = new SortedList<string>(byCodePoints)
  readonly #tokens = new Map<string, QrToken>()
  readonly #byMember = new Map<RunId, Map<CustomerId, string>>()
  readonly #ofCampaign = new Map<CampaignId, Set<string>>()
  readonly #cancelled = new Map<CampaignId, Instant>()
  readonly #redemptions = new Map<string, Map<string, Redemption>>()
  readonly #places = new Map<string, RedemptionPlace>()
  readonly #used = new Map<string, number>()
  readonly #order = new Map<CampaignId, SortedList<Place>>()

  token(handle: string): QrToken | null {
    return this.#tokens.get(handle) ?? null
  }

  tokenOf(runId: RunId, customerId: CustomerId): QrToken | null {
    const handle = this.#byMember.get(runId)?.get(customerId)
    return handle === undefined ? null : this.token(handle)
  }

  /** @throws STORAGE_FAILED when a handle belongs to another (run, customer), in the table or among the drafts */
  check(drafts: readonly QrToken[]): void {
    const owners = new Map<string, QrToken>()
    for (const draft of drafts) {
      if (this.tokenOf(draft.runId, draft.customerId) !== null) continue
      const owner = this.token(draft.handle) ?? owners.get(draft.handle) ?? draft
      if (owner.runId !== draft.runId || owner.customerId !== draft.customerId) throw idTaken('token')
      owners.set(draft.handle, draft)
    }
  }

  /** The token of the draft's (run, customer): the one that is there, else the draft. */
  issue(draft: QrToken): QrToken {
    const known = this.tokenOf(draft.runId, draft.customerId)
    if (known !== null) return known
    const token = this.#put(cancelledFrom(draft, this.#cancelled.get(draft.campaignId)))
    this.handles.add(token.handle)
    const members = this.#byMember.get(token.runId) ?? new Map<CustomerId, string>()
    this.#byMember.set(token.runId, members.set(token.customerId, token.handle))
    const ofCampaign = this.#ofCampaign.get(token.campaignId) ?? new Set()
    this.#ofCampaign.set(token.campaignId, ofCampaign.add(token.handle))
    return token
  }

  reseal(reseals: readonly TokenReseal[]): number {
    let replaced = 0
    for (const reseal of reseals) {
      const token = this.token(reseal.handle)
      const after = token === null ? null : resealedToken(token, reseal)
      if (after === null) continue
      this.#put(Object.freeze(after))
      replaced += 1
    }
    return replaced
  }

  /** Cancels the tokens that are there, and those that are issued afterwards. */
  cancel(campaignId: CampaignId, at: Instant): void {
    this.#cancelled.set(campaignId, Math.min(at, this.#cancelled.get(campaignId) ?? at))
    for (const handle of this.#ofCampaign.get(campaignId) ?? []) {
      const token = this.token(handle)
      if (token !== null) this.#put(cancelledFrom(token, at))
    }
  }

  /** Redemptions of a token that were not reversed. */
  used(handle: string): number {
    return this.#used.get(handle) ?? 0
  }

  redemption({ key, handle }: RedemptionPlace): Redemption | null {
    return this.#redemptions.get(key)?.get(handle) ?? null
  }

  /** Redemptions under a key by handle. */
  redemptionsByKey(key: string): readonly Redemption[] {
    return [...(this.#redemptions.get(key)?.values() ?? [])].sort((left, right) =>
      byCodePoints(left.handle, right.handle),
    )
  }

  redemptionById(id: string): Redemption | null {
    const place = this.#places.get(id)
    return place === undefined ? null : this.redemption(place)
  }

  /** Redemptions of a campaign by instant and id. */
  orderOf(campaignId: CampaignId): SortedList<Place> {
    return this.#order.get(campaignId) ?? new SortedList<Place>(byPlace)
  }

  addRedemption(kept: Redemption): void {
    this.#putRedemption(kept)
    this.#places.set(kept.id, { key: kept.key, handle: kept.handle })
    this.#used.set(kept.handle, this.used(kept.handle) + 1)
    const order = this.orderOf(kept.campaignId)
    order.add({ at: kept.at, key: kept.id })
    this.#order.set(kept.campaignId, order)
  }

  reverse(reversed: Redemption): void {
    this.#putRedemption(reversed)
    this.#used.set(reversed.handle, this.used(reversed.handle) - 1)
  }

  /** Drops the tokens of a campaign. */
  drop(campaignId: CampaignId): void {
    for (const handle of this.#ofCampaign.get(campaignId) ?? []) {
      const token = this.token(handle)
      if (token !== null) this.#byMember.get(token.runId)?.delete(token.customerId)
      this.#tokens.delete(handle)
    }
    if (this.#ofCampaign.delete(campaignId)) this.handles.retain((handle) => this.#tokens.has(handle))
  }

  #putRedemption(redemption: Redemption): void {
    const ofKey = this.#redemptions.get(redemption.key) ?? new Map<string, Redemption>()
    this.#redemptions.set(redemption.key, ofKey.set(redemption.handle, redemption))
  }

  #put(token: QrToken): QrToken {
    this.#tokens.set(token.handle, token)
    return token
  }
}

function cancelledFrom(token: QrToken, at: Instant | undefined): QrToken {
  if (at === undefined) return token
  return Object.freeze({ ...token, cancelledAt: Math.min(at, token.cancelledAt ?? at) })
}
