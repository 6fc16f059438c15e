import type { Fault, FaultScript } from './faulty-channel.js'
import type { SeededRandom } from './seeded-random.js'

/** A script by which the first attempts of each delivery fail and the next one works. */
export function failsFirst(attempts: number, fault: Fault): FaultScript {
  return (_message, attempt) => (attempt <= attempts ? fault : null)
}

/**
 * A script by chance.
 *
 * @param shares - for each fault the share of attempts that it befalls, 0 to 1; together at most 1
 */
export function failsByChance(
  random: SeededRandom,
  shares: readonly { readonly share: number; readonly fault: Fault }[],
): FaultScript {
  return () => {
    let drawn = random.uniform()
    for (const { share, fault } of shares) {
      if (drawn < share) return fault
      drawn -= share
    }
    return null
  }
}
