import { describe, expect, it } from 'vitest'
import { parseInput } from './parse.js'
import { isSealablePath, SEALABLE_FIELDS, sealedPathsSchema, valueAt, withValues } from './sealed.js'

const refused = (code: string, path: string) => expect.objectContaining({ code, path })

describe('The fields that a tenant seals', () => {
  it.each([...SEALABLE_FIELDS, 'attributes.birthday', 'attributes.città', 'attributes.constructor'])(
    'may be %s',
    (path) => {
      expect(isSealablePath(path)).toBe(true)
    },
  )

  it.each([
    'id',
    'tags',
    'timeZone',
    'locale',
    'facts.orderCount',
    'addresses',
    'addresses.fax',
    'attributes',
    'attributes.',
    'attributes.a b',
    'attributes.__proto__',
    'email',
    '',
    7,
    null,
  ])('may not be %j', (path) => {
    expect(isSealablePath(path)).toBe(false)
    expect(() => parseInput(sealedPathsSchema, ['firstName', path], 'sealed')).toThrow(
      refused('INVALID_INPUT', 'sealed[1]'),
    )
  })

  it('are each named once', () => {
    expect(() => parseInput(sealedPathsSchema, ['firstName', 'firstName'], 'sealed')).toThrow(
      refused('INVALID_INPUT', 'sealed'),
    )
  })
})

describe('Values of sealable fields', () => {
  const customer = { firstName: 'Ada', addresses: { email: 'a@example.com' }, attributes: { born: 1815 } }

  it('are found by their path, and nothing that objects inherit is', () => {
    expect(valueAt(customer, 'firstName')).toBe('Ada')
    expect(valueAt(customer, 'addresses.email')).toBe('a@example.com')
    expect(valueAt(customer, 'attributes.born')).toBe(1815)
    expect(valueAt(customer, 'attributes.constructor')).toBeUndefined()
    expect(valueAt({}, 'addresses.push')).toBeUndefined()
  })

  it('are replaced and left out in a copy', () => {
    const copy = withValues(customer, [
      ['firstName', undefined],
      ['lastName', 'King'],
      ['addresses.email', null],
      ['attributes.born', undefined],
      ['attributes.city', 'London'],
    ])
    expect(copy).toStrictEqual({
      lastName: 'King',
      addresses: { email: null },
      attributes: { city: 'London' },
    })
    expect(customer.attributes).toEqual({ born: 1815 })
    expect(withValues({}, [['attributes.x', 1]])).toEqual({ attributes: { x: 1 } })
  })
})
