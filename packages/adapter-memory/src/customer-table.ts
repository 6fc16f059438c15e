import {
  byCodePoints,
  type Customer,
  type CustomerId,
  type CustomerPatch,
  type CustomerReseal,
  deepFreeze,
  mergeCustomer,
  resealedCustomer,
} from '@campaignkit/core/adapter'
import { SortedList } from './sorted-list.js'

/** Customers of a tenant, by id and in order of their ids. */
export class CustomerTable {
  readonly #rows = new Map<CustomerId, Customer>()
  readonly #order = new SortedList<CustomerId>(byCodePoints)

  scan(after: CustomerId | null, limit: number): readonly Customer[] {
    const from = after === null ? 0 : this.#order.positionAfter(after)
    return this.get(this.#order.slice(from, from + limit))
  }

  get(ids: Iterable<CustomerId>): readonly Customer[] {
    const found: Customer[] = []
    for (const id of new Set(ids)) {
      const customer = this.#rows.get(id)
      if (customer !== undefined) found.push(customer)
    }
    return found
  }

  /** @param patch - frozen */
  upsert(patch: CustomerPatch): 'created' | 'updated' {
    const before = this.#rows.get(patch.id) ?? null
    this.#rows.set(patch.id, deepFreeze(mergeCustomer(before, patch)))
    if (before !== null) return 'updated'
    this.#order.add(patch.id)
    return 'created'
  }

  reseal(reseals: readonly CustomerReseal[]): number {
    let replaced = 0
    for (const reseal of reseals) {
      const before = this.#rows.get(reseal.customerId)
      const after = before === undefined ? null : resealedCustomer(before, reseal)
      if (after === null) continue
      this.#rows.set(after.id, deepFreeze(after))
      replaced += 1
    }
    return replaced
  }

  erase(ids: readonly CustomerId[]): number {
    const erased = ids.filter((id) => this.#rows.delete(id)).length
    if (erased > 0) this.#order.retain((id) => this.#rows.has(id))
    return erased
  }
}
