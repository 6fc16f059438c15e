import { describe, expect, it } from 'vitest'
import { frozenCopy } from './frozen-copy.js'

describe('frozenCopy', () => {
  it('shares nothing with the original, at any depth', () => {
    const original = { list: [{ text: 'a' }], inner: { at: 1, none: null, not: undefined } }
    const copy = frozenCopy(original)
    original.list.push({ text: 'b' })
    original.inner.at = 2
    expect(copy).toEqual({ list: [{ text: 'a' }], inner: { at: 1, none: null } })
    expect(Reflect.set(copy.inner, 'at', 3)).toBe(false)
    expect(Reflect.set(copy.list, 1, { text: 'c' })).toBe(false)
  })

  it('leaves the original free to change, even when it was partly frozen', () => {
    const original = Object.freeze({ inner: { at: 1 } })
    const copy = frozenCopy(original)
    original.inner.at = 2
    expect(copy.inner.at).toBe(1)
  })

  it('gives plain values as they are', () => {
    expect([frozenCopy(null), frozenCopy('text'), frozenCopy(undefined), frozenCopy(0)]).toEqual([
      null,
      'text',
      undefined,
      0,
    ])
  })

  it('keeps a field named __proto__ a field', () => {
    const hostile: unknown = JSON.parse('{ "__proto__": { "admin": true }, "constructor": [1] }')
    const copy = frozenCopy(hostile)
    expect(Object.keys(copy as object)).toEqual(['__proto__', 'constructor'])
    expect(JSON.stringify(copy)).toBe(JSON.stringify(hostile))
    expect((copy as { admin?: boolean }).admin).toBeUndefined()
  })
})
