import type { CustomerId } from '../base/ids.js'
import type { Customer } from '../model/customer.js'
import { type CallOptions, signalOf, throwIfAborted } from './call-options.js'
import type { EngineContext } from './context.js'
import type { AudiencePlanner } from './plan-audience.js'

/** Customers that one step of counting looks at. */
export const PLAN_PAGE = 500

/** Customers that one step of freezing plans: the more, the fewer calls of the storage, each of which has its price. */
export const FREEZE_PAGE = 2_000

/** Every customer who matches, a page at a time, in order of their ids. */
export async function* scanMatched(
  context: EngineContext,
  planner: AudiencePlanner,
  call: CallOptions = {},
): AsyncGenerator<readonly Customer[]> {
  const signal = signalOf(call)
  let after: CustomerId | null = null
  for (;;) {
    throwIfAborted(signal)
    const page = await planner.match({ after, limit: PLAN_PAGE })
    if (page.customers.length > 0) yield page.customers
    if (page.next === null) return
    after = page.next
    await context.clock.turn()
  }
}
