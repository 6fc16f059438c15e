import { describe, expect, it } from 'vitest'
import { nameOf } from './statement-names.js'

describe('the name of a statement that is kept ready', () => {
  it('is that of its text alone', () => {
    expect(nameOf('select 1')).toBe(nameOf('select 1'))
    expect(nameOf('select 2')).not.toBe(nameOf('select 1'))
  })

  it('is as long as PostgreSQL takes a name', () => {
    expect(nameOf('select 3').length).toBeLessThan(64)
  })

  it('is another after many uses, less and less often', () => {
    const names = Array.from({ length: 100_000 }, () => nameOf('select 4'))
    const first = [...new Set(names)].map((name) => names.indexOf(name))
    expect(first).toEqual([0, 64, 256, 1_024, 4_096, 16_384])
  })
})
