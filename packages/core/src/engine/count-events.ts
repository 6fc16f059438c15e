import type { CustomerId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Customer } from '../model/customer.js'
import type { Scope } from '../model/scope.js'
import type { EventNeed } from '../segmentation/event-needs.js'
import type { EngineContext } from './context.js'

/** For each customer the event counts that the criteria ask for, by the key of the need. */
export async function countEvents(
  context: EngineContext,
  scope: Scope,
  needs: readonly EventNeed[],
  until: Instant,
  customers: readonly Customer[],
): Promise<ReadonlyMap<CustomerId, ReadonlyMap<string, number>>> {
  const byCustomer = new Map<CustomerId, Map<string, number>>()
  const customerIds = customers.map(({ id }) => id)
  for (const { key, type, since } of needs) {
    const counts = await context.storage.events.countByCustomer(scope, { type, since, until, customerIds })
    for (const [customerId, count] of counts) {
      const known = byCustomer.get(customerId) ?? new Map<string, number>()
      byCustomer.set(customerId, known.set(key, count))
    }
  }
  return byCustomer
}
