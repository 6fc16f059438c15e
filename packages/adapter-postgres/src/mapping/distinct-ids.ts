import type { CustomerId } from '@campaignkit/core/adapter'
import { invalid } from './customer-mapping.js'

/**
 * Makes sure that ids, in their order, are those of different customers: a table of the host's may have no key that does.
 *
 * @throws INVALID_INPUT with path `customers.id`
 */
export function requireDistinct(ids: readonly CustomerId[]): void {
  if (ids.some((id, at) => at > 0 && id === ids[at - 1]))
    throw invalid('customers.id', 'two rows have the same')
}
