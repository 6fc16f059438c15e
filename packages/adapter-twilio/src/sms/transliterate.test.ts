import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countSegments } from './segments.js'
import { transliterate } from './transliterate.js'

describe('transliteration', () => {
  it('writes quotes, dashes, dots and blanks in GSM-7 and says which', () => {
    expect(transliterate('“It’s 20\u00a0% off” – today only…')).toEqual({
      text: '"It\'s 20 % off" - today only...',
      replaced: [
        { from: '“', to: '"' },
        { from: '’', to: "'" },
        { from: '\u00a0', to: ' ' },
        { from: '”', to: '"' },
        { from: '–', to: '-' },
        { from: '…', to: '...' },
      ],
    })
    expect(transliterate('a\u200bb\ufeff').text).toBe('ab')
    expect(transliterate('½ price').text).toBe('1/2 price')
  })

  it('leaves a text alone that is GSM-7, or cannot be', () => {
    expect(transliterate('Caffè & pizza @ 9 €')).toEqual({ text: 'Caffè & pizza @ 9 €', replaced: [] })
    for (const text of ['“Pizza” 🍕', '“日本”', 'façade – now'])
      expect(transliterate(text)).toEqual({ text, replaced: [] })
  })

  it('puts letters together that are written as two', () => {
    expect(transliterate('cafe\u0300').text).toBe('cafè')
  })

  it('done twice changes nothing more, never touches a letter, and never costs more', async () => {
    const character = fc.constantFrom(...'ab1 “”’–…\u00a0½€ç🍕è\u200b')
    await fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 200 }), (text) => {
        const once = transliterate(text).text
        expect(transliterate(once).text).toBe(once)
        expect(once.replace(/[^\p{L}]/gu, '')).toBe(text.normalize('NFC').replace(/[^\p{L}]/gu, ''))
        expect(countSegments(once).segments).toBeLessThanOrEqual(countSegments(text).segments)
      }),
      { numRuns: 2_000, seed: 2_026 },
    )
  })
})
