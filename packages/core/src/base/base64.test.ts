import { describe, expect, it } from 'vitest'
import { fromBase64, toBase64 } from './base64.js'
import { utf8 } from './bytes.js'

// RFC 4648, section 10
const VECTORS = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
] as const

describe('base64', () => {
  it.each(VECTORS)('of "%s" is "%s", and back, with padding or without', (text, encoded) => {
    expect(toBase64(utf8(text))).toBe(encoded)
    expect(fromBase64(encoded)).toEqual(utf8(text))
    expect(fromBase64(encoded.replaceAll('=', ''))).toEqual(utf8(text))
  })

  it('has the two letters in which it differs from base64url', () => {
    expect(toBase64(Uint8Array.of(0xfb, 0xff, 0xfe))).toBe('+//+')
    expect(fromBase64('+//+')).toEqual(Uint8Array.of(0xfb, 0xff, 0xfe))
  })

  it.each(['-__-', 'Zg=', 'Zg===', 'Z', 'Zg==Zg==', 'Zm9v=', 'Zh==', ' Zg==', 'Zg==\n'])(
    'is none: %j',
    (text) => {
      expect(fromBase64(text)).toBeNull()
    },
  )
})
