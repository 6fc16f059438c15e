import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { toHex } from '../base/bytes.js'
import { lengthPrefixed } from '../base/digest.js'
import { hmacsBehind, hmacUnder, type Secret } from './secret.js'

const hmacOfNode = ({ key }: Secret, ...texts: readonly string[]) =>
  createHmac('sha256', key)
    .update(lengthPrefixed(...texts))
    .digest('hex')

describe('The HMAC under a secret', () => {
  const secrets: readonly Secret[] = [
    { id: '2026a', key: 'a secret of at least 16 characters' },
    { id: '2026a', key: 'another one of the same name' },
  ]

  it('is that of Node over the texts behind their lengths, however secrets and texts take turns', () => {
    for (const texts of [['a'], ['email', 'ada@example.com'], ['e', 'mailada@example.com'], ['a']]) {
      for (const secret of secrets) {
        expect(toHex(hmacUnder(secret, ...texts))).toBe(hmacOfNode(secret, ...texts))
        const [first = '', second = ''] = texts
        expect(hmacsBehind(secret, first).hex(second)).toBe(hmacOfNode(secret, first, second))
      }
    }
  })

  it('follows a key that was changed in place', () => {
    const secret = { id: '2026a', key: 'a secret of at least 16 characters' }
    hmacUnder(secret, 'a')
    hmacsBehind(secret, 'a')
    secret.key = 'a key that came afterwards'
    expect(toHex(hmacUnder(secret, 'a'))).toBe(hmacOfNode(secret, 'a'))
    expect(hmacsBehind(secret, 'a').hex('b')).toBe(hmacOfNode(secret, 'a', 'b'))
  })

  it('gives bytes that the next call leaves alone', () => {
    const [secret] = secrets
    if (secret === undefined) throw new Error('no secret')
    const first = hmacUnder(secret, 'a')
    hmacUnder(secret, 'b')
    expect(toHex(first)).toBe(hmacOfNode(secret, 'a'))
  })
})
