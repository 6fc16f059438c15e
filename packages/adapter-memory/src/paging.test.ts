import { byCodePoints } from '@campaignkit/core/adapter'
import { describe, expect, it } from 'vitest'
import { byPlace, type Place } from './order.js'
import { pageOf, placeCursor, textCursor } from './paging.js'
import { SortedList } from './sorted-list.js'

describe('pageOf', () => {
  const listOf = (...texts: string[]) => {
    const list = new SortedList<string>(byCodePoints)
    for (const text of texts) list.add(text)
    return list
  }

  it('names no next page when the last item fits, nor for what the filter leaves out', () => {
    const isVowel = (text: string) => ('aeiou'.includes(text) ? text : null)
    const first = pageOf(listOf('a', 'b', 'c', 'e', 'f'), textCursor(), { cursor: null, limit: 1 }, isVowel)
    expect(first).toEqual({ items: ['a'], nextCursor: 'a' })
    const second = pageOf(listOf('a', 'b', 'c', 'e', 'f'), textCursor(), { cursor: 'a', limit: 1 }, isVowel)
    expect(second).toEqual({ items: ['e'], nextCursor: null })
  })

  it('goes on behind its cursor while rows come and go', () => {
    const list = listOf('b', 'd', 'f')
    const { nextCursor } = pageOf(list, textCursor(), { cursor: null, limit: 2 }, (text) => text)
    list.add('a')
    list.add('e')
    list.retain((text) => text !== 'd')
    const rest = pageOf(list, textCursor(), { cursor: nextCursor, limit: 9 }, (text) => text)
    expect(rest.items).toEqual(['e', 'f'])
  })

  it('is empty of an empty list', () => {
    expect(pageOf(listOf(), textCursor(), { cursor: 'x', limit: 1 }, (text) => text)).toEqual({
      items: [],
      nextCursor: null,
    })
  })
})

describe('placeCursor', () => {
  it('reads what it wrote, whatever the key holds', () => {
    for (const key of ['', 'a b', ' ', 'line\nbreak', '\u{1F355}']) {
      for (const at of [0, -5, Date.UTC(2026, 2, 1)]) {
        expect(placeCursor.read(placeCursor.write({ at, key }))).toEqual({ at, key })
      }
    }
  })

  it.each(['', 'x', '12', 'a b', '1.5 b'])('refuses %j', (cursor) => {
    const list = new SortedList<Place>(byPlace)
    expect(() => pageOf(list, placeCursor, { cursor, limit: 1 }, (place) => place)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'cursor' }),
    )
  })
})
