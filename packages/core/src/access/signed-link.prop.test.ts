import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Secret } from '../model/secret.js'
import { type LinkPurpose, readSignedLink, signLink } from './signed-link.js'

const settings = { seed: 20_260_301, numRuns: process.env.CAMPAIGNKIT_LONG ? 5_000 : 100 }
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.%= '

const texts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 4 })
const purpose = fc.constantFrom<LinkPurpose>('click', 'open', 'unsubscribe')
const secret: fc.Arbitrary<Secret> = fc.record({
  id: fc.stringMatching(/^[a-z0-9-]{1,16}$/),
  key: fc.string({ minLength: 16, maxLength: 64 }),
})

describe('any signed link', () => {
  it('gives back its fields, half surrogates and control characters among them', () => {
    fc.assert(
      fc.property(secret, purpose, texts, (key, use, fields) => {
        expect(readSignedLink([key], use, signLink(key, use, fields))).toEqual(fields)
      }),
      settings,
    )
  })

  it('is null when any one character is another, left out or doubled', () => {
    fc.assert(
      fc.property(secret, purpose, texts, fc.constantFrom(...LETTERS), (key, use, fields, letter) => {
        const text = signLink(key, use, fields)
        for (let at = 0; at < text.length; at += 1) {
          const [before, own, after] = [text.slice(0, at), text.charAt(at), text.slice(at + 1)]
          if (own !== letter) expect(readSignedLink([key], use, before + letter + after)).toBeNull()
          expect(readSignedLink([key], use, before + after)).toBeNull()
          expect(readSignedLink([key], use, before + own + own + after)).toBeNull()
        }
      }),
      { ...settings, numRuns: settings.numRuns / 10 },
    )
  })

  it('is null under every other purpose, secret and text', () => {
    fc.assert(
      fc.property(
        secret,
        secret,
        purpose,
        purpose,
        texts,
        fc.string(),
        (key, other, use, otherUse, fields, any) => {
          const text = signLink(key, use, fields)
          if (use !== otherUse) expect(readSignedLink([key], otherUse, text)).toBeNull()
          if (key.key !== other.key) expect(readSignedLink([other], use, text)).toBeNull()
          expect(readSignedLink([key], use, any)).toBeNull()
        },
      ),
      settings,
    )
  })
})
