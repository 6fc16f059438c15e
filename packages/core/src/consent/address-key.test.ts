import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { addressKeyOf, addressKeysOf } from './address-key.js'

const current = { id: '2026a', key: 'k'.repeat(40) }
const older = { id: '2025b', key: 'o'.repeat(40) }

/** The same key by another implementation. */
function expected({ id, key }: typeof current, kind: string, address: string): string {
  const hmac = createHmac('sha256', key)
  for (const text of [kind, address]) {
    const bytes = Buffer.from(text)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hmac.update(length).update(bytes)
  }
  return `${id}:${hmac.digest('hex')}`
}

describe('An address key', () => {
  it('is the HMAC of kind and normalised address under the named secret', () => {
    expect(addressKeyOf(current, 'email', 'ada@example.com')).toBe(
      expected(current, 'email', 'ada@example.com'),
    )
    expect(addressKeyOf(current, 'sms', '+390612345678')).toBe(expected(current, 'phone', '+390612345678'))
    expect(addressKeyOf(current, 'push', 'Token')).toBe(expected(current, 'push', 'Token'))
    expect(addressKeyOf(current, 'web', 'c-1')).toBe(expected(current, 'id', 'c-1'))
  })

  it('is the same for spellings of one mailbox', () => {
    const key = addressKeyOf(current, 'email', 'j\u030co\u0301e@example.com')
    expect(addressKeyOf(current, 'email', ' J\u030c\u00d3E@Example.COM ')).toBe(key)
  })

  it('is shared by the channels that write to one phone, and by no others', () => {
    const phone = '+390612345678'
    expect(addressKeyOf(current, 'whatsapp', phone)).toBe(addressKeyOf(current, 'sms', phone))
    expect(addressKeyOf(current, 'push', phone)).not.toBe(addressKeyOf(current, 'sms', phone))
  })

  it('tells push tokens apart that differ in case alone', () => {
    expect(addressKeyOf(current, 'push', 'token')).not.toBe(addressKeyOf(current, 'push', 'Token'))
  })

  it('shows nothing of the address', () => {
    expect(addressKeyOf(current, 'email', 'ada@example.com')).toMatch(/^2026a:[0-9a-f]{64}$/)
  })

  it('exists under every secret, current first', () => {
    const address = 'ada@example.com'
    expect(addressKeysOf([current, older], 'email', address)).toEqual([
      expected(current, 'email', address),
      expected(older, 'email', address),
    ])
  })

  it('follows a secret whose key was replaced in place', () => {
    const secret = { ...current }
    const before = addressKeyOf(secret, 'email', 'ada@example.com')
    expect(addressKeyOf(secret, 'email', 'ada@example.com')).toBe(before)
    secret.key = older.key
    expect(addressKeyOf(secret, 'email', 'ada@example.com')).toBe(
      expected({ id: current.id, key: older.key }, 'email', 'ada@example.com'),
    )
  })
})
