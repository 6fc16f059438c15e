import {
  type AddressKey,
  type Attempt,
  byCodePoints,
  type CampaignId,
  type CustomerId,
  type Delivery,
  type DeliveryCounts,
  type DeliveryId,
  type DeliveryStatus,
  idTaken,
  type RunId,
} from '@campaignkit/core/adapter'
import { DeliveryTally } from './delivery-tally.js'
import { RunQueues } from './run-queues.js'
import { SortedList } from './sorted-list.js'

interface RunRows {
  /** Under null those that are put in public. */
  readonly byCustomer: Map<CustomerId | null, DeliveryId[]>
  readonly tally: DeliveryTally
  readonly queues: RunQueues
}

interface CampaignRows {
  readonly order: SortedList<DeliveryId>
  readonly tally: DeliveryTally
  readonly runs: Set<RunId>
}

/** Deliveries of a tenant with their attempts, and everything by which they are found and counted. */
export class DeliveryTable {
  readonly #announce: (campaignId: CampaignId) => void
  readonly #rows = new Map<DeliveryId, Delivery>()
  readonly #fences = new Map<DeliveryId, number>()
  readonly #attempts = new Map<DeliveryId, Attempt[]>()
  readonly #byProviderId = new Map<string, Set<DeliveryId>>()
  readonly #byAddressKey = new Map<AddressKey, Set<DeliveryId>>()
  readonly #runs = new Map<RunId, RunRows>()
  readonly #campaigns = new Map<CampaignId, CampaignRows>()

  constructor(announce: (campaignId: CampaignId) => void) {
    this.#announce = announce
  }

  get(id: DeliveryId): Delivery | undefined {
    return this.#rows.get(id)
  }

  byProviderId(id: string): Iterable<DeliveryId> {
    return this.#byProviderId.get(id) ?? []
  }

  byAddressKey(key: AddressKey): Iterable<DeliveryId> {
    return this.#byAddressKey.get(key) ?? []
  }

  ofMember(runId: RunId, customerId: CustomerId | null): readonly Delivery[] {
    const ids = this.#runs.get(runId)?.byCustomer.get(customerId) ?? []
    return ids.flatMap((id) => this.#rows.get(id) ?? [])
  }

  /** In every run. */
  ofCustomer(customerId: CustomerId): readonly Delivery[] {
    return [...this.#runs.keys()].flatMap((runId) => this.ofMember(runId, customerId))
  }

  attemptsOf(id: DeliveryId): readonly Attempt[] {
    return this.#attempts.get(id) ?? []
  }

  queues(runId: RunId): RunQueues | undefined {
    return this.#runs.get(runId)?.queues
  }

  runsOf(campaignId: CampaignId): Iterable<RunId> {
    return this.#campaigns.get(campaignId)?.runs ?? []
  }

  orderOf(campaignId: CampaignId): SortedList<DeliveryId> {
    return this.#campaigns.get(campaignId)?.order ?? new SortedList<DeliveryId>(byCodePoints)
  }

  counts(campaignId: CampaignId, runId: RunId | undefined): DeliveryCounts {
    const ofCampaign = this.#campaigns.get(campaignId)
    if (runId === undefined) return (ofCampaign?.tally ?? new DeliveryTally()).counts()
    const ofRun = ofCampaign?.runs.has(runId) === true ? this.#runs.get(runId) : undefined
    return (ofRun?.tally ?? new DeliveryTally()).counts()
  }

  reasons(campaignId: CampaignId, status: DeliveryStatus): ReadonlyMap<string, number> {
    return (this.#campaigns.get(campaignId)?.tally ?? new DeliveryTally()).reasons(status)
  }

  /**
   * Those of the deliveries that are not there yet.
   *
   * @throws STORAGE_FAILED when the id of one belongs to another delivery
   */
  newOnes(deliveries: readonly Delivery[]): readonly Delivery[] {
    const places = new Set<string>()
    const ids = new Set<DeliveryId>()
    return deliveries.filter((delivery) => {
      const { id, runId, step, channel, customerId, placement } = delivery
      const whose = customerId === null ? `in ${placement}` : `to ${customerId}`
      const place = `${step} ${channel} ${runId.length} ${runId} ${whose}`
      const isThere = places.has(place) || this.inPlaceOf(delivery) !== undefined
      if (!isThere && (ids.has(id) || this.#rows.has(id))) throw idTaken('delivery')
      places.add(place)
      ids.add(id)
      return !isThere
    })
  }

  /** The delivery that stands where this one would. */
  inPlaceOf({ runId, customerId, placement, step, channel }: Delivery): Delivery | undefined {
    return this.ofMember(runId, customerId).find(
      (other) => other.step === step && other.channel === channel && other.placement === placement,
    )
  }

  /** Adds a frozen delivery that {@link newOnes} let through. */
  add(kept: Delivery): void {
    const { byCustomer } = this.#runRows(kept)
    const ids = byCustomer.get(kept.customerId)
    if (ids === undefined) byCustomer.set(kept.customerId, [kept.id])
    else ids.push(kept.id)
    this.#campaignRows(kept).order.add(kept.id)
    this.#fences.set(kept.id, kept.lease?.fence ?? 0)
    this.#put(kept)
  }

  /** Changes fields of a delivery; parts that come from outside must be frozen by the caller. */
  change(before: Delivery, fields: Partial<Delivery>): Delivery {
    const after = Object.freeze({ ...before, ...fields })
    this.#put(after, before)
    return after
  }

  /** A fence larger than any that the delivery ever had. */
  nextFence(id: DeliveryId): number {
    const fence = (this.#fences.get(id) ?? 0) + 1
    this.#fences.set(id, fence)
    return fence
  }

  addAttempt(attempt: Attempt): void {
    this.#attempts.set(attempt.deliveryId, [...this.attemptsOf(attempt.deliveryId), Object.freeze(attempt)])
  }

  /** Ends every open attempt of a delivery. */
  endAttempts(id: DeliveryId, endOf: (open: Attempt) => Partial<Attempt>): void {
    const attempts = this.attemptsOf(id).map((attempt) => {
      if (attempt.endedAt !== null) return attempt
      const ended = Object.freeze({ ...attempt, ...endOf(attempt) })
      if (ended.providerMessageId !== null) this.#indexProviderId(ended.providerMessageId, id)
      return ended
    })
    if (attempts.length > 0) this.#attempts.set(id, attempts)
  }

  /** Drops all of a campaign. */
  drop(campaignId: CampaignId): void {
    for (const id of this.orderOf(campaignId).items()) {
      this.#rows.delete(id)
      this.#fences.delete(id)
      this.#attempts.delete(id)
    }
    for (const runId of this.runsOf(campaignId)) this.#runs.delete(runId)
    this.#campaigns.delete(campaignId)
  }

  #put(after: Delivery, before?: Delivery): void {
    this.#rows.set(after.id, after)
    const { tally, queues } = this.#runRows(after)
    const ofCampaign = this.#campaignRows(after).tally
    if (before !== undefined) {
      tally.count(before, -1)
      ofCampaign.count(before, -1)
      queues.leave(before)
    }
    tally.count(after, 1)
    ofCampaign.count(after, 1)
    queues.add(after)
    if (after.addressKey !== before?.addressKey) this.#moveAddress(after, before?.addressKey ?? null)
    if (after.providerMessageId !== null) this.#indexProviderId(after.providerMessageId, after.id)
    this.#announce(after.campaignId)
  }

  #moveAddress({ id, addressKey }: Delivery, before: AddressKey | null): void {
    if (before !== null) this.#byAddressKey.get(before)?.delete(id)
    if (addressKey === null) return
    this.#byAddressKey.set(addressKey, (this.#byAddressKey.get(addressKey) ?? new Set()).add(id))
  }

  #indexProviderId(providerId: string, id: DeliveryId): void {
    this.#byProviderId.set(providerId, (this.#byProviderId.get(providerId) ?? new Set()).add(id))
  }

  #runRows({ runId }: Delivery): RunRows {
    const known = this.#runs.get(runId)
    if (known !== undefined) return known
    const rows: RunRows = {
      byCustomer: new Map(),
      tally: new DeliveryTally(),
      queues: new RunQueues((delivery) => this.#rows.get(delivery.id) === delivery),
    }
    this.#runs.set(runId, rows)
    return rows
  }

  #campaignRows({ campaignId, runId }: Delivery): CampaignRows {
    const known = this.#campaigns.get(campaignId) ?? {
      order: new SortedList<DeliveryId>(byCodePoints),
      tally: new DeliveryTally(),
      runs: new Set(),
    }
    known.runs.add(runId)
    this.#campaigns.set(campaignId, known)
    return known
  }
}
