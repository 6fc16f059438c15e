import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseInput } from './parse.js'
import { normalizeTag, normalizeTags, someTagsSchema, tagsSchema } from './tags.js'

const refused = (path: string) => expect.objectContaining({ code: 'INVALID_INPUT', path })

describe('Tags', () => {
  it('are trimmed, lower-cased, composed, de-duplicated and in code-unit order', () => {
    expect(normalizeTags([' VIP', 'vip', 'Cafe\u0301', 'caf\u00e9', '', ' ', 'b', 'a'])).toEqual([
      'a',
      'b',
      'caf\u00e9',
      'vip',
    ])
  })

  it('compose letters that only compose in lower case', () => {
    expect(normalizeTag('J\u030c')).toBe('\u01f0')
  })

  it('stay as they are when they are normalised again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(normalizeTag(normalizeTag(text))).toBe(normalizeTag(text))
      }),
      { seed: 1, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 100_000 : 300 },
    )
  }, 60_000)

  it('are refused when there are too many, or one is too long or cannot be stored', () => {
    expect(parseInput(tagsSchema, ['B', 'a'])).toEqual(['a', 'b'])
    expect(() => parseInput(tagsSchema, Array(1_001).fill('a'))).toThrow(refused(''))
    expect(() => parseInput(tagsSchema, ['a', 'x'.repeat(129)])).toThrow(refused('[1]'))
    for (const tag of ['a\0', '\ud83c']) expect(() => parseInput(tagsSchema, [tag])).toThrow(refused('[0]'))
    expect(() => parseInput(tagsSchema, 'a,b')).toThrow(refused(''))
  })

  it('may be none at all, where one is not asked for', () => {
    expect(parseInput(tagsSchema, [' '])).toEqual([])
    expect(() => parseInput(someTagsSchema, [' '])).toThrow(refused(''))
  })
})
