import { describe, expect, it } from 'vitest'
import { toBase64Url, utf8 } from '../base/bytes.js'
import { hmacUnder, type Secret } from '../model/secret.js'
import { readSignedLink, signLink } from './signed-link.js'

const secret: Secret = { id: '2026a', key: 'a secret of at least 16 characters' }
const older: Secret = { id: '2025b', key: 'another secret of 16 characters and more' }
const fields = ['pizzeria', 'delivery-1', 'https://pizza.example/menu?a=1&b=%20']

/** A text whose signature is right, whatever its payload. */
function signed(payload: Uint8Array): string {
  const text = toBase64Url(payload)
  const signature = hmacUnder(secret, 'campaignkit.link', 'click', text).subarray(0, 16)
  return `${secret.id}.${text}.${toBase64Url(signature)}`
}

describe('a signed link', () => {
  it('gives back what was signed, and stays the same over releases', () => {
    const text = signLink(secret, 'unsubscribe', ['pizzeria', 'delivery-1'])
    expect(text).toBe('2026a.WyJwaXp6ZXJpYSIsImRlbGl2ZXJ5LTEiXQ.bd-H-ZTP_Y6rY3QG0w6BxQ')
    expect(readSignedLink([secret], 'unsubscribe', text)).toEqual(['pizzeria', 'delivery-1'])
  })

  it('stands in a path without encoding', () => {
    expect(signLink(secret, 'click', [...fields, 'ünï/?#&= 🍕'])).toMatch(/^[A-Za-z0-9._-]+$/)
  })

  it('is of no use for another purpose', () => {
    const text = signLink(secret, 'open', fields)
    expect(readSignedLink([secret], 'click', text)).toBeNull()
    expect(readSignedLink([secret], 'unsubscribe', text)).toBeNull()
  })

  it('is read under an older secret after a rotation, until that one is taken out', () => {
    const text = signLink(older, 'click', fields)
    expect(readSignedLink([secret, older], 'click', text)).toEqual(fields)
    expect(readSignedLink([secret], 'click', text)).toBeNull()
  })

  it('does not verify under the key of another secret that took over its id', () => {
    const text = signLink(older, 'click', fields)
    expect(readSignedLink([{ ...secret, id: older.id }], 'click', text)).toBeNull()
    expect(readSignedLink([secret, older], 'click', text.replace(older.id, secret.id))).toBeNull()
  })

  it.each([
    ['nothing', ''],
    ['two parts', '2026a.WyJhIl0'],
    ['four parts', `${signLink(secret, 'click', fields)}.x`],
    ['an empty payload', '2026a..'],
    ['a signature that is not base64url', '2026a.WyJhIl0.!!!!'],
    ['a signature cut short', signLink(secret, 'click', fields).slice(0, -2)],
    ['an unknown key', signLink(secret, 'click', fields).replace('2026a', 'none')],
    ['padding', `${signLink(secret, 'click', fields)}==`],
    ['a blank before it', ` ${signLink(secret, 'click', fields)}`],
    ['a megabyte', `2026a.${'A'.repeat(1_000_000)}.AAAA`],
  ])('is null for %s', (_what, text) => {
    expect(readSignedLink([secret], 'click', text)).toBeNull()
  })

  it('does not verify a letter that Unicode normalises to the one which was signed', () => {
    const text = signLink(secret, 'click', ['(((KKK'])
    const payload = text.split('.')[1] ?? ''
    expect(payload).toContain('K')
    expect(
      readSignedLink([secret], 'click', text.replace(payload, payload.replace('K', '\u212a'))),
    ).toBeNull()
  })

  it.each([
    ['is not UTF-8', Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d)],
    ['is empty', new Uint8Array()],
    ['is cut short', utf8('["pizzeria"')],
    ['is an object', utf8('{"0":"pizzeria"}')],
    ['is null', utf8('null')],
    ['holds something else than texts', utf8('["pizzeria",7]')],
    ['holds lists', utf8('[["pizzeria"]]')],
    ['begins with a byte order mark', Uint8Array.of(0xef, 0xbb, 0xbf, ...utf8('["pizzeria"]'))],
  ])('is null when the payload of a good signature %s', (_what, payload) => {
    expect(readSignedLink([secret], 'click', signed(payload))).toBeNull()
  })

  it('is read when its signature is made as documented', () => {
    expect(readSignedLink([secret], 'click', signed(utf8('["pizzeria"]')))).toEqual(['pizzeria'])
  })
})
