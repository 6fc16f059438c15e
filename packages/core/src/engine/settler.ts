import type { AddressKey } from '../base/ids.js'
import type { Scope } from '../model/scope.js'
import type { Settlement } from '../ports/storage/delivery-store.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { journalEntry } from './journal-entry.js'
import { persistently, settleDeliveries } from './settle-deliveries.js'

/** Writes settlements as they come, those that come during a write together in the next one. */
export interface Settler {
  /**
   * Resolves when the settlements are written.
   *
   * @param deadAddresses - addresses that are suppressed first
   * @throws what the storage threw
   */
  write(settlements: readonly Settlement[], deadAddresses: readonly AddressKey[]): Promise<void>
}

interface Portion {
  readonly settlements: Settlement[]
  readonly deadAddresses: AddressKey[]
}

/** Makes a settler for one lane. */
export function createSettler(context: EngineContext, scope: Scope, lane: ChannelLane): Settler {
  let waiting: (Portion & { readonly written: Promise<void> }) | null = null
  let writing: Promise<void> = Promise.resolve()

  async function write({ settlements, deadAddresses }: Portion): Promise<void> {
    await suppress(context, scope, lane, deadAddresses)
    await settleDeliveries(context, scope, lane, settlements)
  }

  function begin(): Portion & { readonly written: Promise<void> } {
    const portion: Portion = { settlements: [], deadAddresses: [] }
    const written = writing.then(() => {
      waiting = null
      return write(portion)
    })
    writing = written.catch(() => undefined)
    return { ...portion, written }
  }

  return {
    write(settlements, deadAddresses) {
      waiting ??= begin()
      waiting.settlements.push(...settlements)
      waiting.deadAddresses.push(...deadAddresses)
      return waiting.written
    },
  }
}

async function suppress(
  context: EngineContext,
  scope: Scope,
  { kind, campaign }: ChannelLane,
  addresses: readonly AddressKey[],
): Promise<void> {
  if (addresses.length === 0) return
  const since = context.clock.now()
  const entry = journalEntry(context, scope, {
    action: 'addresses.suppress',
    subject: { type: 'campaign', id: campaign.id },
    reason: 'the provider says that they do not exist',
    after: { count: addresses.length },
  })
  const suppressions = addresses.map((addressKey) => ({
    channel: kind,
    addressKey,
    reason: 'invalid' as const,
    since,
  }))
  await persistently(context, () => context.storage.consents.suppress(scope, suppressions, entry))
}
