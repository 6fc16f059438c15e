import { describe, expect, it } from 'vitest'
import { arrayLiteral, document, given } from './columns.js'
import { joined, raw, sql } from './sql.js'

describe('a statement', () => {
  it('takes values as bindings and fragments as they are', () => {
    const table = raw('"s".customers')
    const statement = sql`select * from ${table} where id = ${'c-1'} and tags && ${['a', 'b']}::text[]`
    expect(statement.text).toBe('select * from "s".customers where id = ? and tags && ?::text[]')
    expect(statement.values).toEqual(['c-1', ['a', 'b']])
  })

  it('keeps a question mark of its own from being taken for a hole', () => {
    expect(sql`select attributes ? ${'a'}`.text).toBe('select attributes \\? ?')
    expect(raw('a ? b').text).toBe('a \\? b')
  })

  it('joins fragments with their values in order', () => {
    const both = joined([sql`a = ${1}`, sql`b = ${2}`], ' and ')
    expect(both.text).toBe('a = ? and b = ?')
    expect(both.values).toEqual([1, 2])
    expect([joined([], ' and ').text, joined([sql`a`], ' and ').text]).toEqual(['', 'a'])
  })

  it('is the same however many records it takes', () => {
    const columns = [
      { name: 'id', type: 'text', of: ({ id }: { id: string }) => id },
      { name: 'tags', type: 'text[]', of: () => ['a"b', 'c\\'] },
      { name: 'doc', type: 'json', of: () => undefined },
    ] as const
    const one = given(columns, [{ id: 'x' }])
    expect(one.text).toBe('unnest(?::text[] collate "C", ?::text[], ?::text[]) as given(id, tags, doc)')
    expect(given(columns, [{ id: 'x' }, { id: 'y' }]).text).toBe(one.text)
    expect(one.values).toEqual([['x'], ['{"a\\"b","c\\\\"}'], []])
  })

  it('leaves lists of nulls to be filled up, but for the first, which has as many as there are records', () => {
    const columns = [
      { name: 'id', type: 'text', of: ({ id }: { id: string | null }) => id },
      { name: 'reason', type: 'text', of: () => null },
      { name: 'url', type: 'text', of: ({ id }: { id: string | null }) => id },
    ] as const
    expect(given(columns, [{ id: null }, { id: 'x' }]).values).toEqual([[null, 'x'], [], [null, 'x']])
    expect(given(columns, [{ id: null }, { id: null }]).values).toEqual([[null, null], [], []])
    expect(given(columns, []).values).toEqual([[], [], []])
  })

  it('writes lists and documents as PostgreSQL reads them', () => {
    expect(arrayLiteral([])).toBe('{}')
    expect(arrayLiteral(['a,b', ''])).toBe('{"a,b",""}')
    expect(arrayLiteral(['a b', 'a b', 'null', null, null, 'NULL', ''])).toBe(
      '{"a b","a b","null",NULL,NULL,"NULL",""}',
    )
    expect(arrayLiteral([0.5, 1e21, true, false])).toBe('{0.5,1e+21,true,false}')
    expect([document(null), document(undefined), document({ a: 1 })]).toEqual([null, null, '{"a":1}'])
  })
})
