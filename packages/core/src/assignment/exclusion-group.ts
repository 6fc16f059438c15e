import { createPrefixedDigest, lengthPrefixed } from '../base/digest.js'
import { EXCLUSION_SLOTS, type SlotRange } from '../model/exclusion-group.js'
import type { HashGate } from '../ports/storage/database-planner.js'
import type { RankSalt } from './rank.js'

const DOMAIN = 'exclusion-group'
const BITS_BELOW_32 = 2 ** 21

/**
 * The slot of a customer in an exclusion group, 0 to 999: the first 32 bits of the SHA-256 over tenant, salt, the word
 * `exclusion-group` and the customer id (as `rankKeyOf` writes them), times 1,000, divided by 2^32, rounded down.
 * Campaigns that hold different slots of a group never share a customer.
 *
 * @param group - the salt is that of the group: random, immutable, never a name
 *
 * @example
 * ```ts
 * import { slotOf } from '@campaignkit/core'
 * console.log(slotOf({ tenant: 'pizzeria', salt: '5d41402abc4b2a76b9719d911017c592' }, 'c-1')) // 361
 * ```
 */
export function slotOf(group: RankSalt, customerId: string): number {
  return createSlots(group)(customerId)
}

/** Makes the {@link slotOf} of many customers; quicker than one at a time. */
export function createSlots({ tenant, salt }: RankSalt): (customerId: string) => number {
  const { leading53 } = createPrefixedDigest(tenant, salt, DOMAIN)
  // 32 bits times 1,000 is a whole number that a double holds, so nothing is rounded but the result
  return (customerId) =>
    Math.floor((Math.floor(leading53(customerId) / BITS_BELOW_32) * EXCLUSION_SLOTS) / 2 ** 32)
}

/** Whether {@link slotOf} a customer is one of some, as a gate for a storage that asks it itself. */
export function slotsGate({ tenant, salt }: RankSalt, { from, to }: SlotRange): HashGate {
  // the quotients are far enough from whole numbers, or whole, for a double to round none of them the wrong way
  const first = (slot: number) => Math.ceil((slot * 2 ** 32) / EXCLUSION_SLOTS) * BITS_BELOW_32
  const prefix = lengthPrefixed(tenant, salt, DOMAIN)
  return { exclusion: 'otherCampaign', prefix, from: first(from), to: first(to) }
}

/**
 * The lowest free slots that stand together.
 *
 * @param taken - slots that other campaigns of the group hold
 * @param count - how many are wanted, at least 1: 100 slots are a tenth of all customers
 * @returns null when no so many free ones stand together
 *
 * @example
 * ```ts
 * import { freeSlots } from '@campaignkit/core'
 * console.log(freeSlots([{ from: 0, to: 400 }, { from: 500, to: 600 }], 300)) // { from: 600, to: 900 }
 * ```
 */
export function freeSlots(taken: readonly SlotRange[], count: number): SlotRange | null {
  let from = 0
  for (const range of [...taken].sort((left, right) => left.from - right.from)) {
    if (range.from - from >= count) break
    from = Math.max(from, range.to)
  }
  return from + count <= EXCLUSION_SLOTS ? { from, to: from + count } : null
}
