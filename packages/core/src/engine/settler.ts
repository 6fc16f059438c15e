import type { AddressKey } from '../base/ids.js'
import type { Scope } from '../model/scope.js'
import type { SuppressionReason } from '../model/suppression.js'
import type { Settlement } from '../ports/storage/delivery-store.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { journalEntry } from './journal-entry.js'
import { persistently, settleDeliveries } from './settle-deliveries.js'

/** An address that the provider never takes again: it does not exist, or its owner asked for it. */
export interface RefusedAddress {
  readonly addressKey: AddressKey
  readonly reason: Extract<SuppressionReason, 'invalid' | 'requested'>
}

/** Writes settlements as they come, those that come during a write together in the next one. */
export interface Settler {
  /**
   * Resolves when the settlements are written.
   *
   * @param refused - addresses that are suppressed first
   * @throws what the storage threw
   */
  write(settlements: readonly Settlement[], refused: readonly RefusedAddress[]): Promise<void>
}

interface Portion {
  readonly settlements: Settlement[]
  readonly refused: RefusedAddress[]
}

/** Makes a settler for one lane. */
export function createSettler(context: EngineContext, scope: Scope, lane: ChannelLane): Settler {
  let waiting: (Portion & { readonly written: Promise<void> }) | null = null
  let writing: Promise<void> = Promise.resolve()

  async function write({ settlements, refused }: Portion): Promise<void> {
    await suppress(context, scope, lane, refused)
    await settleDeliveries(context, scope, lane, settlements)
  }

  function begin(): Portion & { readonly written: Promise<void> } {
    const portion: Portion = { settlements: [], refused: [] }
    const written = writing
      // the calls of a group come back one by one within a turn
      .then(() => context.clock.turn())
      .then(() => {
        waiting = null
        return write(portion)
      })
    writing = written.catch(() => undefined)
    return { ...portion, written }
  }

  return {
    write(settlements, refused) {
      waiting ??= begin()
      waiting.settlements.push(...settlements)
      waiting.refused.push(...refused)
      return waiting.written
    },
  }
}

async function suppress(
  context: EngineContext,
  scope: Scope,
  { kind, campaign }: ChannelLane,
  refused: readonly RefusedAddress[],
): Promise<void> {
  if (refused.length === 0) return
  const since = context.clock.now()
  const entry = journalEntry(context, scope, {
    action: 'addresses.suppress',
    subject: { type: 'campaign', id: campaign.id },
    reason: 'the provider says that they do not exist, or that their owners asked for it',
    after: { count: refused.length },
  })
  const suppressions = refused.map((address) => ({ channel: kind, ...address, since }))
  await persistently(context, () => context.storage.consents.suppress(scope, suppressions, entry))
}
