import { describe, expect, it } from 'vitest'
import type { CustomerId } from '../base/ids.js'
import { CHANNEL_KINDS } from './channel-kind.js'
import * as model from './customer.js'
import { parseInput } from './parse.js'
import type { SealablePath } from './sealed.js'

const read = (input: unknown) => parseInput(model.customerPatchSchema, input)
const refused = (code: string, path: string) => expect.objectContaining({ code, path })

describe('What a host writes of a customer', () => {
  it('is read as it is, with tags normalised', () => {
    const input = {
      id: ' c-1 ',
      firstName: 'Ada',
      lastName: "O'Neil 🍕",
      addresses: { email: 'Ada.O+x@Example.co.uk', phone: '+390612345678', push: 'token' },
      tags: ['VIP'],
      facts: {
        lastOrderAt: '2026-03-01T12:00Z',
        orderCount: 0,
        totalSpentMinor: -5,
        currency: 'EUR',
        conversationStatus: 'open',
      },
      timeZone: 'Europe/Rome',
      locale: 'it',
      attributes: { città: 'Roma', age: 36.5, vip: false, sizes: ['m'], constructor: 'x' },
    }
    expect(read(input)).toEqual({
      ...input,
      tags: ['vip'],
      facts: { ...input.facts, lastOrderAt: Date.UTC(2026, 2, 1, 12) },
    })
  })

  it.each<[string, string, object]>([
    ['INVALID_INPUT', 'id', { id: '' }],
    ['INVALID_INPUT', 'id', { id: 5 }],
    ['INVALID_INPUT', 'id', { id: 'a\u0000' }],
    ['INVALID_INPUT', 'id', { id: '\ud800' }],
    ['UNKNOWN_FIELD', 'email', { email: 'a@b.c' }],
    ['UNKNOWN_FIELD', '__proto__', JSON.parse('{"__proto__":{"id":"x"}}')],
    ['INVALID_INPUT', 'firstName', { firstName: ' ' }],
    ['INVALID_INPUT', 'addresses.email', { addresses: { email: 'ada' } }],
    ['INVALID_INPUT', 'addresses.phone', { addresses: { phone: '06 1234' } }],
    ['INVALID_INPUT', 'addresses.push', { addresses: { push: '' } }],
    ['UNKNOWN_FIELD', 'addresses.fax', { addresses: { fax: '1' } }],
    ['INVALID_INPUT', 'tags[0]', { tags: ['x'.repeat(200)] }],
    ['INVALID_INPUT', 'facts.orderCount', { facts: { orderCount: -1 } }],
    ['INVALID_INPUT', 'facts.orderCount', { facts: { orderCount: Number.NaN } }],
    ['INVALID_INPUT', 'facts.totalSpentMinor', { facts: { totalSpentMinor: 0.5 } }],
    ['INVALID_INPUT', 'facts.totalSpentMinor', { facts: { totalSpentMinor: 2 ** 53 } }],
    ['INVALID_INPUT', 'facts.lastOrderAt', { facts: { lastOrderAt: 'yesterday' } }],
    ['INVALID_INPUT', 'facts.conversationStatus', { facts: { conversationStatus: '' } }],
    ['INVALID_INPUT', 'locale', { locale: 'Italian' }],
    ['INVALID_INPUT', 'attributes.a b', { attributes: { 'a b': 1 } }],
    ['INVALID_INPUT', 'attributes.x', { attributes: { x: Number.POSITIVE_INFINITY } }],
    ['INVALID_INPUT', 'attributes.x[0]', { attributes: { x: [null] } }],
    ['INVALID_INPUT', 'tags', { tags: null }],
    ['INVALID_INPUT', 'id', { id: null }],
    ['UNKNOWN_FIELD', 'sealed', { sealed: {} }],
    ['INVALID_INPUT', 'attributes.x', { attributes: { x: { y: 1 } } }],
    ['INVALID_INPUT', 'attributes.x[0]', { attributes: { x: ['a\0'] } }],
    ['INVALID_INPUT', 'attributes.__proto__', { attributes: JSON.parse('{"__proto__":"x"}') }],
    [
      'INVALID_INPUT',
      'attributes',
      { attributes: Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`a${n}`, n])) },
    ],
  ])('is refused with %s at %s', (code, path, fields) => {
    expect(() => read({ id: 'c-1', ...fields })).toThrow(refused(code, path))
  })
})

describe('Merging', () => {
  it('makes a new customer whole', () => {
    expect(model.mergeCustomer(null, read({ id: 'c-1', firstName: undefined }))).toEqual({
      id: 'c-1',
      addresses: {},
      tags: [],
      facts: {},
      attributes: {},
    })
  })

  it('replaces what the patch names and keeps the rest', () => {
    const before = model.mergeCustomer(
      null,
      read({
        id: 'c-1',
        firstName: 'Ada',
        addresses: { email: 'a@example.com', push: 'old' },
        tags: ['a'],
        facts: { orderCount: 1, totalSpentMinor: 5 },
        attributes: { city: 'Roma', sizes: ['m', 'l'] },
      }),
    )
    const after = model.mergeCustomer(
      before,
      read({
        id: 'c-1',
        lastName: 'King',
        addresses: { push: 'new', email: undefined },
        facts: { orderCount: 2 },
        attributes: { sizes: ['s'] },
      }),
    )
    expect(after).toEqual({
      id: 'c-1',
      firstName: 'Ada',
      lastName: 'King',
      addresses: { email: 'a@example.com', push: 'new' },
      tags: ['a'],
      facts: { orderCount: 2, totalSpentMinor: 5 },
      attributes: { city: 'Roma', sizes: ['s'] },
    })
    expect(model.mergeCustomer(after, read({ id: 'c-1', tags: [] })).tags).toEqual([])
    expect(before.facts.orderCount).toBe(1)
  })

  it('removes what the patch names as null, and nothing else', () => {
    const before = model.mergeCustomer(
      null,
      read({
        id: 'c-1',
        firstName: 'Ada',
        lastName: 'King',
        addresses: { email: 'a@example.com', push: 'old' },
        facts: { orderCount: 1, totalSpentMinor: 5 },
        timeZone: 'Europe/Rome',
        locale: 'it',
        attributes: { city: 'Roma', age: 36 },
      }),
    )
    const patch = {
      id: 'c-1',
      firstName: null,
      addresses: { push: null },
      facts: { orderCount: null },
      timeZone: null,
      locale: null,
      attributes: { age: null, never: null },
    }
    const after = {
      id: 'c-1',
      lastName: 'King',
      addresses: { email: 'a@example.com' },
      tags: [],
      facts: { totalSpentMinor: 5 },
      attributes: { city: 'Roma' },
    }
    expect(model.mergeCustomer(before, read(patch))).toStrictEqual(after)
    expect(model.mergeCustomer(null, read({ id: 'c-1', firstName: null }))).toStrictEqual(
      model.mergeCustomer(null, read({ id: 'c-1' })),
    )
  })

  it('lets a value be sealed or plain, never both', () => {
    const sealed = (path: SealablePath, seal: string) => ({ sealed: { [path]: { seal } } })
    const plain = model.mergeCustomer(
      null,
      read({ id: 'c-1', firstName: 'Ada', attributes: { born: 1815, x: 1 } }),
    )
    const hidden = model.mergeCustomer(plain, { id: plain.id, ...sealed('attributes.born', 'k.1') })
    expect(hidden).toStrictEqual({ ...plain, attributes: { x: 1 }, ...sealed('attributes.born', 'k.1') })
    const both = model.mergeCustomer(hidden, { id: plain.id, ...sealed('firstName', 'k.2') })
    expect(both).toStrictEqual({
      id: 'c-1',
      addresses: {},
      tags: [],
      facts: {},
      attributes: { x: 1 },
      sealed: { 'attributes.born': { seal: 'k.1' }, firstName: { seal: 'k.2' } },
    })
    expect(model.mergeCustomer(both, read({ id: 'c-1', tags: [] }))).toStrictEqual(both)
    expect(model.mergeCustomer(both, { id: plain.id, ...sealed('firstName', 'k.3') }).sealed).toEqual({
      'attributes.born': { seal: 'k.1' },
      firstName: { seal: 'k.3' },
    })
    expect(model.mergeCustomer(both, read({ id: 'c-1', firstName: 'Bea' }))).toStrictEqual({
      ...hidden,
      firstName: 'Bea',
    })
    const removed = read({ id: 'c-1', firstName: null, attributes: { born: null } })
    expect(model.mergeCustomer(both, removed)).not.toHaveProperty('sealed')
  })

  it('is the same when it is done again', () => {
    const patch = read({ id: 'c-1', tags: ['b'], facts: { orderCount: 2 } })
    const once = model.mergeCustomer(null, patch)
    expect(model.mergeCustomer(once, patch)).toEqual(once)
  })
})

describe('Addresses', () => {
  const customer: model.Customer = {
    id: 'c-1' as CustomerId,
    addresses: { email: 'a@example.com', phone: '+390612345678', push: 'token' },
    tags: [],
    facts: {},
    attributes: {},
  }

  it('are those that the channel writes to', () => {
    expect(CHANNEL_KINDS.map((channel) => model.addressOf(customer, channel))).toEqual([
      'a@example.com',
      '+390612345678',
      '+390612345678',
      'token',
      'c-1',
      'c-1',
      'c-1',
      'c-1',
    ])
    expect(model.addressOf({ ...customer, addresses: {} }, 'email')).toBeNull()
  })

  it('that are sealed are there, and cannot be written to before they are opened', () => {
    const sealed = { 'addresses.phone': { seal: 'k.1' }, 'attributes.born': { seal: 'k.2' } }
    const closed = { ...customer, addresses: { push: 'token' }, sealed }
    expect(model.addressOf(closed, 'sms')).toBeNull()
    expect(CHANNEL_KINDS.slice(0, 5).map((channel) => model.contactOf(closed, channel))).toEqual([
      null,
      { seal: 'k.1' },
      { seal: 'k.1' },
      'token',
      'c-1',
    ])
    expect(model.attributeNames({ ...closed, attributes: { city: 'Roma' } })).toEqual(['city', 'born'])
  })

  it.each([
    'a@example.com',
    'a.b+c@sub.example.co',
    'ä@bücher.example',
    "o'neil@example.com",
    'a..b@example.com',
  ])('of e-mail are accepted: %s', (text) => {
    expect(model.isEmailAddress(text)).toBe(true)
    expect(model.isAddressFor('email', text)).toBe(true)
  })

  it.each([
    '',
    'a',
    'a@b',
    '@example.com',
    'a@',
    'a@@example.com',
    'a@b@example.com',
    'Ada <a@example.com>',
    'a@example.com,b@example.com',
    'a b@example.com',
    'a@example.com\r\nBcc: b@example.com',
    'a\u0000@example.com',
    'a\u007f@example.com',
    'a@exa\u0085mple.com',
    'a@example..com',
    'a@.example.com',
    'a@example.com.',
    '\ud800@example.com',
    `${'a'.repeat(250)}@b.co`,
  ])('of e-mail are refused: %j', (text) => {
    expect(model.isEmailAddress(text)).toBe(false)
  })

  it('are judged without running away on long texts', () => {
    expect(model.isEmailAddress(`${'a.'.repeat(100_000)}@`)).toBe(false)
    expect(model.isEmailAddress(`a@${'a.'.repeat(126)}`)).toBe(false)
  })

  it('of phones are E.164', () => {
    expect(['+1234567', '+390612345678'].every(model.isE164)).toBe(true)
    expect(
      ['390612345678', '+0612345678', '+39 06', '+1234567890123456', '+123456\n'].some(model.isE164),
    ).toBe(false)
    expect(model.isAddressFor('sms', '+390612345678') && !model.isAddressFor('whatsapp', '0612')).toBe(true)
  })

  it('of other kinds are any text', () => {
    expect(
      model.isAddressFor('push', 't') && !model.isAddressFor('push', '') && model.isAddressFor('web', 'c'),
    ).toBe(true)
  })

  it('are the same mailbox whatever the case and the composition', () => {
    const one = '\u01f0os\u00e9@example.com'
    expect(model.normalizeAddress('email', ' J\u030cOSE\u0301@Example.COM ')).toBe(one)
    expect(model.normalizeAddress('email', one)).toBe(one)
    expect(model.normalizeAddress('push', ' Token ')).toBe('Token')
  })
})
