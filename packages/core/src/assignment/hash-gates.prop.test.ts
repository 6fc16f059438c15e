import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../base/bytes.js'
import { lengthPrefixed, sha256 } from '../base/digest.js'
import type { HashGate } from '../ports/storage/database-planner.js'
import { slotOf, slotsGate } from './exclusion-group.js'
import { globalHoldoutGate, isGloballyHeldOut } from './global-holdout.js'

const SALT = { tenant: 'pizzeria', salt: '5d41402abc4b2a76b9719d911017c592' }

/** As a storage asks: from the bytes of the hash alone. */
function isOpen({ prefix, from, to }: HashGate, id: string): boolean {
  const digits = toHex(sha256(new Uint8Array([...prefix, ...lengthPrefixed(id)]))).slice(0, 14)
  const leading = Number(BigInt(`0x${digits}`) >> 3n)
  return leading >= from && leading < to
}

describe('A gate that a storage asks by the hash', () => {
  it('of the global holdout is open to whom the holdout does not keep out', () => {
    const share = fc.oneof(
      fc.constantFrom(0, 1, 2 ** -53, 1 - 2 ** -53),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    fc.assert(
      fc.property(share, fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 }), (given, ids) => {
        const holdout = { ...SALT, share: given }
        const gate = globalHoldoutGate(holdout)
        for (const id of ids) expect(isOpen(gate, id)).toBe(!isGloballyHeldOut(holdout, id))
      }),
    )
  })

  it('of an exclusion group is open to those whose slot is one of the campaign', () => {
    const bounds = fc.tuple(fc.nat(1_000), fc.nat(1_000))
    fc.assert(
      fc.property(
        bounds,
        fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 }),
        ([one, other], ids) => {
          const slots = { from: Math.min(one, other), to: Math.max(one, other) }
          const gate = slotsGate(SALT, slots)
          for (const id of ids) {
            const slot = slotOf(SALT, id)
            expect(isOpen(gate, id)).toBe(slot >= slots.from && slot < slots.to)
          }
        },
      ),
    )
  })

  it('of neighbouring slots leaves no hash between them, and none to both', () => {
    for (let slot = 0; slot < 1_000; slot += 1) {
      const { from, to } = slotsGate(SALT, { from: slot, to: slot + 1 })
      // the first and the last 32 bits that fall into the slot, by the rule of slotOf
      const slotAt = (leading: number) => Math.floor((Math.floor(leading / 2 ** 21) * 1_000) / 2 ** 32)
      expect([slotAt(from), slotAt(to - 1)]).toEqual([slot, slot])
      expect(slotsGate(SALT, { from: slot + 1, to: 1_000 }).from).toBe(to)
    }
    expect(slotsGate(SALT, { from: 0, to: 1_000 })).toMatchObject({ from: 0, to: 2 ** 53 })
  })
})
