import type { CampaignEvent, CampaignId, CustomerId, Judgement } from '@campaignkit/core/adapter'
import { CounterTable } from './counter-table.js'
import { byPlace, type Place } from './order.js'
import { SortedList } from './sorted-list.js'

/** Events of a tenant by key, by campaign and by customer, and the counts of them. */
export class EventTable {
  readonly counters = new CounterTable()
  readonly #rows = new Map<string, CampaignEvent>()
  readonly #campaigns = new Map<CampaignId, SortedList<Place>>()
  readonly #byCustomer = new Map<CustomerId, string[]>()
  /** By the keys of events of the erased: a mark that those of one and the same share. */
  readonly #erasedAs = new Map<string, CustomerId>()
  readonly #told: (events: readonly CampaignEvent[]) => void
  #erased = 0

  /** @param told - hears of the events of each call that were new */
  constructor(told: (events: readonly CampaignEvent[]) => void) {
    this.#told = told
  }

  get(key: string): CampaignEvent | null {
    return this.#rows.get(key) ?? null
  }

  /**
   * @param events - frozen
   * @returns those that were new
   */
  append(events: readonly CampaignEvent[]): readonly CampaignEvent[] {
    const added: CampaignEvent[] = []
    for (const event of events) {
      if (this.#rows.has(event.key)) continue
      this.#rows.set(event.key, event)
      this.#index(event)
      this.counters.add(event)
      added.push(event)
    }
    this.#told(added)
    return added
  }

  orderOf(campaignId: CampaignId): SortedList<Place> {
    return this.#campaigns.get(campaignId) ?? new SortedList(byPlace)
  }

  /** In the order in which they came. */
  ofCustomer(customerId: CustomerId): readonly CampaignEvent[] {
    return (this.#byCustomer.get(customerId) ?? []).flatMap((key) => this.#rows.get(key) ?? [])
  }

  /** Counts a campaign anew; whoever was erased is a member of their own and forgotten again. */
  rebuild(campaignId: CampaignId): void {
    this.counters.clear(campaignId)
    const ofErased: [CampaignEvent, CustomerId][] = []
    for (const { key } of this.orderOf(campaignId).items()) {
      const event = this.#rows.get(key)
      if (event === undefined) continue
      const mark = this.#erasedAs.get(key)
      const counted = mark === undefined ? event : { ...event, customerId: mark }
      this.counters.add(counted, campaignId)
      if (mark !== undefined) ofErased.push([counted, mark])
    }
    for (const [event, mark] of ofErased) this.counters.forget(event, mark, campaignId)
  }

  /** Writes what a rule made anew of opens and clicks; the counts stay. */
  reclassify(campaignId: CampaignId, judgements: readonly Judgement[]): void {
    for (const { key, at, machine, rule } of judgements) {
      const event = this.#rows.get(key)
      if (event === undefined || event.interaction === null || event.at !== at) continue
      if (!event.attributions.some((attribution) => attribution.campaignId === campaignId)) continue
      const interaction = Object.freeze({ ...event.interaction, rule })
      this.#rows.set(key, Object.freeze({ ...event, machine, interaction }))
    }
  }

  forget(customerId: CustomerId): void {
    this.#erased += 1
    // no id of a host holds this character
    const mark = `\u0000${this.#erased}` as CustomerId
    for (const event of this.ofCustomer(customerId)) {
      this.#erasedAs.set(event.key, mark)
      this.counters.forget(event, customerId)
      this.#rows.set(
        event.key,
        Object.freeze({ ...event, customerId: null, reason: null, url: null, interaction: null }),
      )
    }
    this.#byCustomer.delete(customerId)
  }

  #index({ key, at, customerId, attributions }: CampaignEvent): void {
    for (const campaignId of new Set(attributions.map((attribution) => attribution.campaignId))) {
      const order = this.orderOf(campaignId)
      order.add({ at, key })
      this.#campaigns.set(campaignId, order)
    }
    if (customerId === null) return
    const keys = this.#byCustomer.get(customerId)
    if (keys === undefined) this.#byCustomer.set(customerId, [key])
    else keys.push(key)
  }
}
