import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../base/error.js'
import { createAesCipher } from './aes-cipher.js'
import { createSystemRandom } from './system-random.js'

const runs = { seed: 20_260_301, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 5_000 : 100 }
const text = fc.string({ unit: 'grapheme', maxLength: 60 })

const random = createSystemRandom()
const current = { id: '2026a', key: 'a secret of some length' }
const older = { id: '2025', key: 'another secret of length' }
const cipher = createAesCipher([current, older], random)

function isRefused(sealed: string, context: string): boolean {
  try {
    cipher.open(sealed, context)
    return false
  } catch (thrown) {
    return isCampaignKitError(thrown, 'SIGNATURE_INVALID') || isCampaignKitError(thrown, 'TOKEN_KEY_UNKNOWN')
  }
}

describe('the AES cipher', () => {
  it('opens what it sealed, under the same context alone', () => {
    fc.assert(
      fc.property(text, text, text, (plain, context, other) => {
        const sealed = cipher.seal(plain, context)
        expect(sealed).toMatch(/^2026a\.[A-Za-z0-9_-]+$/)
        expect(cipher.open(sealed, context)).toBe(plain)
        if (other !== context) expect(isRefused(sealed, other)).toBe(true)
      }),
      runs,
    )
  })

  it('refuses a seal of which any character was changed, added or left out', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.string({ maxLength: 2 }), (plain, place, replacement) => {
        const sealed = cipher.seal(plain, 'c')
        const at = place % sealed.length
        const changed = sealed.slice(0, at) + replacement + sealed.slice(at + 1)
        if (changed !== sealed) expect(isRefused(changed, 'c')).toBe(true)
      }),
      runs,
    )
  })

  it('refuses a seal of which any bit was flipped', () => {
    const [id = '', encoded = ''] = cipher.seal('HTTPS://GO.PIZZA.EXAMPLE', 'c').split('.')
    const bytes = Buffer.from(encoded, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      expect(isRefused(`${id}.${flipped.toString('base64url')}`, 'c')).toBe(true)
    }
  })

  it('answers any text with a code', () => {
    fc.assert(
      fc.property(fc.string(), (sealed) => {
        expect(isRefused(sealed, '')).toBe(true)
      }),
      runs,
    )
  })
})
