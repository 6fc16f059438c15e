import type { CustomerId } from '../base/ids.js'
import type { Customer } from '../model/customer.js'
import type { Scope } from '../model/scope.js'

/** A rules engine of the host. */
export interface Eligibility {
  /**
   * Asks a rule for up to 1,000 customers.
   *
   * @returns an answer for each; a customer without one, a throw or a timeout counts as `eligibilityUnknown`
   */
  ask(scope: Scope, rule: string, customers: readonly Customer[]): Promise<ReadonlyMap<CustomerId, boolean>>
}
