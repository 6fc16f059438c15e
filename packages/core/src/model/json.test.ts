import { describe, expect, it } from 'vitest'
import { jsonObjectSchema } from './json.js'
import { parseInput } from './parse.js'

const schema = jsonObjectSchema(100)
const refused = (path: string) => expect.objectContaining({ code: 'INVALID_INPUT', path })

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = [value]
  return value
}

describe('Free JSON', () => {
  it('is copied and frozen', () => {
    const given = { a: [1, { b: null }], c: 'x', d: true, e: Object.assign(Object.create(null), { f: 1 }) }
    const parsed = parseInput(schema, given)
    expect(parsed).toEqual({ a: [1, { b: null }], c: 'x', d: true, e: { f: 1 } })
    expect(Object.isFrozen(parsed.a)).toBe(true)
    expect(Object.isFrozen(given.a)).toBe(false)
  })

  it.each<[string, unknown]>([
    ['', null],
    ['', []],
    ['', 'x'],
    ['', new Map()],
    ['a', { a: undefined }],
    ['a[1]', { a: [1, () => 1] }],
    ['a.b', { a: { b: Number.NaN } }],
    ['a', { a: 1n }],
    ['a', { a: new Date(0) }],
    ['__proto__', JSON.parse('{"__proto__":1}')],
    ['a.__proto__', JSON.parse('{"a":{"__proto__":{"b":1}}}')],
    ['', { a: 'x'.repeat(100) }],
    ['', { a: '漢'.repeat(40) }],
  ])('is refused at %j when JSON cannot say it', (path, value) => {
    expect(() => parseInput(schema, value)).toThrow(refused(path))
  })

  it('has at most 32 levels, however many it is given', () => {
    expect(parseInput(schema, { a: nested(31) })).toEqual({ a: nested(31) })
    expect(() => parseInput(schema, { a: nested(32) })).toThrow(refused(`a${'[0]'.repeat(32)}`))
    expect(() => parseInput(schema, { a: nested(100_000) })).toThrow(refused(`a${'[0]'.repeat(32)}`))
  })

  it('does not multiply shared parts without end', () => {
    let shared: unknown = 1
    for (let level = 0; level < 30; level += 1) shared = [shared, shared]
    expect(() => parseInput(schema, { shared })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})
