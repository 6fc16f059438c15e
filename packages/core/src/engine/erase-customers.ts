import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { inChunks } from '../base/async-iteration.js'
import type { CustomerId } from '../base/ids.js'
import { CHANNEL_KINDS } from '../model/channel-kind.js'
import type { Customer } from '../model/customer.js'
import { hostIdSchema, textSchema } from '../model/fields.js'
import { parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import type { Suppression } from '../model/suppression.js'
import { customerAddressKeys } from './address-keys.js'
import { type CallOptions, signalOf, throwIfAborted } from './call-options.js'
import type { EngineContext } from './context.js'
import { customersEntry } from './customers-entry.js'

const idsSchema = z.array(hostIdSchema.transform((text) => text as CustomerId)).max(10_000)

/** Customers that are erased in one go. */
const ERASE_CHUNK = 1_000

/** What was left to erase. */
export interface Erasure {
  /** Customers who were there; unknown ids are left out. */
  readonly found: number
  /** Customers deleted; 0 when the directory is the host's own and not writable: then the host deletes its rows. */
  readonly erased: number
}

/**
 * Forgets customers: every address of theirs is suppressed by key for good (`erased`), so that no list brings it back,
 * their consents are deleted with the evidence, their events lose them, what was said of them and where they clicked,
 * while counts stay, their members lose the tags, and then they are deleted. The customer goes last: as long as one is
 * there, the work on it may be unfinished, and calling again with the same ids completes it. Members, deliveries,
 * coupons and redemptions keep the host's own id, which leads nowhere once the host has deleted its rows.
 *
 * @param customerIds - at most 10,000
 * @param reason - kept in the journal, so without personal data
 * @throws INVALID_INPUT, FORBIDDEN; ABORTED between one thousand and the next
 */
export async function eraseCustomers(
  context: EngineContext,
  scope: Scope,
  customerIds: readonly string[],
  reason: string,
  call: CallOptions = {},
): Promise<Erasure> {
  authorize(context.access, scope, 'customer.erase')
  const ids = new Set(parseInput(idsSchema, customerIds, 'customerIds'))
  const because = parseInput(textSchema(2_000), reason, 'reason')
  const signal = signalOf(call)
  let found = 0
  let erased = 0
  for await (const chunk of inChunks(ids, ERASE_CHUNK)) {
    throwIfAborted(signal)
    const customers = await context.storage.customers.get(scope, chunk)
    await suppressAll(context, scope, customers, because)
    await forgetConsents(context, scope, chunk, because)
    await context.storage.events.forget(scope, chunk)
    await context.storage.audience.forget(scope, chunk)
    found += customers.length
    if (context.storage.customers.writable)
      erased += await eraseChunk(context, scope, chunk, customers.length, because)
    await context.clock.turn()
  }
  return { found, erased }
}

async function suppressAll(
  context: EngineContext,
  scope: Scope,
  customers: readonly Customer[],
  reason: string,
): Promise<void> {
  const since = context.clock.now()
  const suppressions = customers.flatMap((customer) =>
    CHANNEL_KINDS.flatMap((channel): Suppression[] => {
      const [addressKey] = customerAddressKeys(context, scope, customer, channel)
      return addressKey === undefined ? [] : [{ channel, addressKey, reason: 'erased', since }]
    }),
  )
  if (suppressions.length === 0) return
  const after = { customers: customers.length, addresses: suppressions.length }
  const entry = customersEntry(context, scope, { action: 'addresses.suppress', reason, after })
  await context.storage.consents.suppress(scope, suppressions, entry)
}

/** Whoever is gone needs no evidence: absent consent is no, and the addresses are suppressed. */
async function forgetConsents(
  context: EngineContext,
  scope: Scope,
  ids: readonly CustomerId[],
  reason: string,
): Promise<void> {
  const after = { customers: ids.length }
  const entry = customersEntry(context, scope, { action: 'consents.forget', reason, after })
  await context.storage.consents.forget(scope, ids, entry)
}

async function eraseChunk(
  context: EngineContext,
  scope: Scope,
  ids: readonly CustomerId[],
  found: number,
  reason: string,
): Promise<number> {
  const entry = customersEntry(context, scope, {
    action: 'customers.erase',
    reason,
    after: { customers: found },
  })
  return context.storage.customers.erase(scope, ids, entry)
}
