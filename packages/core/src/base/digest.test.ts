import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from './bytes.js'
import {
  createKeyedHmac,
  createPrefixedDigest,
  createPrefixedHmac,
  digestOf,
  lengthPrefixed,
  sha256,
} from './digest.js'

describe('SHA-256 of length-prefixed texts', () => {
  it('gives the published digest of the empty message', () => {
    expect(toHex(sha256(new Uint8Array()))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    )
  })

  it('writes each text behind its length in bytes, big end first', () => {
    expect(toHex(lengthPrefixed('é', ''))).toBe('00000002c3a900000000')
  })

  it('tells texts apart that only join to the same', () => {
    expect(digestOf('ab', 'c')).not.toBe(digestOf('a', 'bc'))
  })

  it('takes composed and decomposed letters as one', () => {
    expect(digestOf('e\u0301')).toBe(digestOf('\u00e9'))
  })
})

describe('A prefixed digest', () => {
  const texts = [
    '',
    'c-1',
    'e\u0301',
    '𝒞🍕',
    '\ud800',
    'x'.repeat(59),
    'x'.repeat(60),
    '漢'.repeat(5_000),
    'c-1',
  ]

  it('gives what the plain digest gives, for any text, again and again', () => {
    for (const prefix of [[], ['pizzeria'], ['pizzeria', 's'.repeat(200)]]) {
      const prefixed = createPrefixedDigest(...prefix)
      expect(texts.map((text) => prefixed.hex(text))).toEqual(texts.map((text) => digestOf(...prefix, text)))
    }
  })

  it('gives the first 53 bits as a whole number', () => {
    const prefixed = createPrefixedDigest('pizzeria')
    for (const text of texts) {
      const expected = BigInt(`0x${digestOf('pizzeria', text).slice(0, 16)}`) >> 11n
      expect(BigInt(prefixed.leading53(text))).toBe(expected)
    }
  })
})

describe('A prefixed HMAC', () => {
  it('gives what the HMAC of Node gives over the texts behind their lengths, again and again', () => {
    for (const key of [utf8('k'.repeat(20)), utf8('k'.repeat(100))]) {
      for (const prefix of [['email'], ['e', 'mail'], ['p'.repeat(51)], ['p'.repeat(200)]]) {
        const prefixed = createPrefixedHmac(key, ...prefix)
        for (const text of ['ada@example.com', '', 'e\u0301', '漢'.repeat(5_000), 'ada@example.com']) {
          const expected = createHmac('sha256', key)
            .update(lengthPrefixed(...prefix, text))
            .digest('hex')
          expect(prefixed.hex(text)).toBe(expected)
        }
      }
    }
  })
})

describe('A keyed HMAC', () => {
  it('gives the published value of RFC 4231, test case 2', () => {
    expect(toHex(createKeyedHmac(utf8('Jefe'))(utf8('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  it('gives what the HMAC of Node gives, again and again', () => {
    const key = utf8('k'.repeat(100))
    const keyed = createKeyedHmac(key)
    for (const text of ['', 'a', 'b'.repeat(1_000), 'a']) {
      expect(toHex(keyed(utf8(text)))).toBe(createHmac('sha256', key).update(text).digest('hex'))
    }
  })
})
