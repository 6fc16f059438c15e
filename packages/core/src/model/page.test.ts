import { describe, expect, it } from 'vitest'
import { pageRequestSchema } from './page.js'
import { parseInput } from './parse.js'

describe('A request for a page', () => {
  it('asks for the first hundred unless it says otherwise', () => {
    expect(parseInput(pageRequestSchema, {})).toEqual({ cursor: null, limit: 100 })
    expect(parseInput(pageRequestSchema, { cursor: 'x', limit: 1_000 })).toEqual({
      cursor: 'x',
      limit: 1_000,
    })
  })

  it.each<[string, object]>([
    ['limit', { limit: 0 }],
    ['limit', { limit: 1_001 }],
    ['cursor', { cursor: 5 }],
    ['cursor', { cursor: 'a\0' }],
    ['cursor', { cursor: '\ud800' }],
  ])('is refused at %s when it does not fit', (path, input) => {
    expect(() => parseInput(pageRequestSchema, input)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})
