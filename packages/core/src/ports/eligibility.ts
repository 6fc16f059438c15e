import type { CustomerId } from '../base/ids.js'
import type { CustomerView } from '../model/customer.js'
import type { Scope } from '../model/scope.js'

/** A rules engine of the host. */
export interface Eligibility {
  /**
   * Asks a rule for up to 1,000 customers, of whom what is sealed is left out and named.
   *
   * @returns an answer for each; a customer without one, a throw or a timeout counts as `eligibilityUnknown`
   */
  ask(
    scope: Scope,
    rule: string,
    customers: readonly CustomerView[],
  ): Promise<ReadonlyMap<CustomerId, boolean>>
}
