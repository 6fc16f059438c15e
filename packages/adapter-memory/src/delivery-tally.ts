import type { Delivery, DeliveryCounts, DeliveryStatus } from '@campaignkit/core/adapter'

/** Deliveries by status, and by status and reason, counted as they change. */
export class DeliveryTally {
  readonly #counts = {
    queued: 0,
    claimed: 0,
    attempting: 0,
    inDoubt: 0,
    sent: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
    held: 0,
  } satisfies Record<DeliveryStatus, number>
  readonly #reasons = new Map<DeliveryStatus, Map<string, number>>()

  count({ status, reason }: Delivery, by: 1 | -1): void {
    this.#counts[status] += by
    const reasons = this.#reasons.get(status) ?? new Map<string, number>()
    const count = (reasons.get(reason ?? '') ?? 0) + by
    if (count === 0) reasons.delete(reason ?? '')
    else reasons.set(reason ?? '', count)
    this.#reasons.set(status, reasons)
  }

  counts(): DeliveryCounts {
    return { ...this.#counts }
  }

  reasons(status: DeliveryStatus): ReadonlyMap<string, number> {
    return new Map(this.#reasons.get(status))
  }
}
