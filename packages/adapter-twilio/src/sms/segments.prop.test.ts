import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countSegments } from './segments.js'

const RUNS = process.env.CAMPAIGNKIT_LONG === '1' ? 20_000 : 1_000
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const EXTENSION = '\f^{}\\[~]|€'

/** What goes over the air: 140 bytes, of which the header of a part of several takes 6, in whole characters. */
function partsOf(text: string): number {
  const isGsm = [...text].every((character) => BASIC.includes(character) || EXTENSION.includes(character))
  const bitsOf = (character: string) =>
    isGsm ? (EXTENSION.includes(character) ? 14 : 7) : 16 * character.length
  const bits = [...text].map(bitsOf)
  if (bits.reduce((sum, each) => sum + each, 0) <= 1_120) return 1
  const parts = [0]
  for (const each of bits) {
    const last = parts.at(-1) ?? 0
    if (48 + last + each > 1_120) parts.push(each)
    else parts[parts.length - 1] = last + each
  }
  return parts.length
}

const letters = (text: string) => fc.constantFrom(...text)

describe('segments', () => {
  it('are the parts of 140 bytes that a text takes, whatever it is made of', async () => {
    const character = fc.oneof(
      { weight: 8, arbitrary: letters(BASIC) },
      { weight: 2, arbitrary: letters(EXTENSION) },
      { weight: 1, arbitrary: fc.constantFrom('ç', '“', '日', '🍕', '👍🏽', '\ud83c', 'e\u0301', '`') },
    )
    const gsm = fc.oneof(
      { weight: 3, arbitrary: letters(BASIC) },
      { weight: 1, arbitrary: letters(EXTENSION) },
    )
    const texts = fc.oneof(
      fc.array(gsm, { maxLength: 700 }),
      fc.array(character, { maxLength: 700 }),
      fc.array(fc.constantFrom('🍕', 'x'), { maxLength: 300 }),
    )
    await fc.assert(
      fc.property(texts, (parts) => {
        const text = parts.join('')
        const { segments, units, encoding } = countSegments(text)
        expect(segments).toBe(partsOf(text))
        const perSegment = encoding === 'GSM-7' ? 153 : 67
        expect(segments === 1 || units > (segments - 1) * (perSegment - 1)).toBe(true)
      }),
      { numRuns: RUNS, seed: 2_026 },
    )
  })
})
