import { describe, expect, it } from 'vitest'
import { frequent } from './ready-statements.js'
import { type Fragment, joined, type ReadyStatement, raw, type SqlValue, sql } from './sql.js'

function readied(statement: Fragment): ReadyStatement {
  const ready = frequent(statement).ready()
  if (ready === null) throw new Error('not kept ready')
  return ready
}

describe('a statement that is kept ready', () => {
  it('is one that was said to come often', () => {
    expect(sql`select 1`.ready()).toBeNull()
    expect(frequent(sql`select 1`).ready()).not.toBeNull()
  })

  it('has numbers in place of its holes, and the values in their order', () => {
    const inner = sql`b = ${2} and attributes ? ${'x'}`
    expect(readied(sql`select ${1} where ${inner} or c = ${[3]}`)).toMatchObject({
      text: 'select $1 where b = $2 and attributes \\? $3 or c = $4',
      values: [1, 2, 'x', [3]],
    })
  })

  it('is known again whatever its values are', () => {
    const asked = (value: SqlValue) =>
      readied(sql`select ${value} from ${raw('a')} where ${joined([sql`b`], ' and ')}`)
    expect(asked('x').name).toBe(asked(null).name)
    expect(asked(2).values).toEqual([2])
  })

  it('has the name of its text alone, from whatever place in the code', () => {
    expect(readied(sql`select 'one place', ${1}`).name).toBe(readied(sql`select 'one place', ${1}`).name)
    expect(readied(raw(`select 'one place', 1`)).name).not.toBe(readied(sql`select 'one place', ${1}`).name)
  })

  it.each<[string, (isOther: boolean) => Fragment]>([
    ['a value stands where a piece stood', (is) => sql`a ${is ? 1 : raw('?')} b ${is ? raw('?') : 1} c`],
    ['another piece is put in', (is) => sql`d ${raw(is ? 'e' : 'f')}`],
    ['more pieces are joined', (is) => sql`g ${joined(is ? [raw('h')] : [raw('h'), raw('h')], ' ')}`],
    ['pieces are joined in another way', (is) => sql`i ${joined([raw('j'), raw('j')], is ? ' ' : ', ')}`],
  ])('is another one where %s', (_, write) => {
    const [one, other, again] = [readied(write(true)), readied(write(false)), readied(write(true))]
    expect(one.text).not.toBe(other.text)
    expect(one.name).not.toBe(other.name)
    expect(again).toEqual(one)
  })

  it('has a name that is as long as PostgreSQL takes one', () => {
    expect(readied(raw('select 3')).name.length).toBeLessThan(64)
  })

  it('has another name after many uses, less and less often', () => {
    const names = Array.from({ length: 100_000 }, () => readied(raw('select 4')).name)
    const first = [...new Set(names)].map((name) => names.indexOf(name))
    expect(first).toEqual([0, 64, 256, 1_024, 4_096, 16_384])
  })

  it('is forgotten when there are very many, and then known anew', () => {
    const first = readied(raw('select 5'))
    for (let other = 0; other < 1_200; other += 1) readied(raw(`select 6, ${other}`))
    expect(readied(raw('select 5'))).toEqual(first)
  })
})
