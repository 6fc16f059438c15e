import type { CustomerId } from '../base/ids.js'
import type { Customer } from '../model/customer.js'
import type { Scope } from '../model/scope.js'
import { type CallOptions, signalOf, throwIfAborted } from './call-options.js'
import type { EngineContext } from './context.js'

/** Customers that one step of planning looks at, and members that one of ranking gives their arms. */
export const PLAN_PAGE = 500

/** Every customer of the tenant, a page at a time, in order of their ids. */
export async function* scanCustomers(
  context: EngineContext,
  scope: Scope,
  call: CallOptions = {},
): AsyncGenerator<readonly Customer[]> {
  const signal = signalOf(call)
  let after: CustomerId | null = null
  for (;;) {
    throwIfAborted(signal)
    const page: readonly Customer[] = await context.storage.customers.scan(scope, { after, limit: PLAN_PAGE })
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (last === undefined || page.length < PLAN_PAGE) return
    after = last.id
    await context.clock.turn()
  }
}
