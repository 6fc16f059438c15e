import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CROCKFORD_ALPHABET, decodeCrockford, encodeCrockford, normalizeCrockford } from './crockford.js'

describe('Crockford base32', () => {
  it('writes known bytes as known letters', () => {
    expect(encodeCrockford(Uint8Array.of(0))).toBe('00')
    expect(encodeCrockford(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff))).toBe('ZZZZZZZZ')
    expect(encodeCrockford(Uint8Array.of(0x66, 0x6f, 0x6f))).toBe('CSQPY')
    expect(encodeCrockford(new Uint8Array())).toBe('')
  })

  it('cuts to the width that is asked for', () => {
    expect(encodeCrockford(Uint8Array.of(0xff, 0xff, 0xff, 0xff), 6)).toBe('ZZZZZZ')
  })

  it('reads what people type: any case, I and L as 1, O as 0, hyphens', () => {
    expect(normalizeCrockford('il-oO-abz')).toBe('1100ABZ')
    expect(decodeCrockford('csq-py')).toEqual(Uint8Array.of(0x66, 0x6f, 0x6f))
  })

  it.each(['U', 'u', 'A B', 'é', '\u0131', '\u017f', 'ß', '½', 'A\n'])('refuses %j', (text) => {
    expect(normalizeCrockford(text)).toBeNull()
    expect(decodeCrockford(text)).toBeNull()
  })

  it('refuses a text whose last letter carries bits that no byte has', () => {
    expect(decodeCrockford('01')).toBeNull()
    expect(decodeCrockford('0')).toBeNull()
  })

  it('reads back every sequence of bytes, however it is typed', () => {
    const typed = (text: string, hyphenAt: number) =>
      `${text.slice(0, hyphenAt)}-${text.slice(hyphenAt)}`.toLowerCase().replace(/1/g, 'l').replace(/0/g, 'o')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(40), (bytes, hyphenAt) => {
        const text = encodeCrockford(bytes)
        expect([...text].every((letter) => CROCKFORD_ALPHABET.includes(letter))).toBe(true)
        expect(decodeCrockford(text)).toEqual(bytes)
        expect(decodeCrockford(typed(text, hyphenAt))).toEqual(bytes)
      }),
      { seed: 20260301, numRuns: 300 },
    )
  })
})
