import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Earliest } from './earliest.js'

const rising = (left: number, right: number) => left - right

describe('Earliest', () => {
  it('keeps what sorting and cutting keeps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 80 }),
        fc.nat({ max: 12 }),
        (numbers, limit) => {
          const earliest = new Earliest<number>(rising, limit)
          for (const number of numbers) earliest.add(number)
          expect(earliest.items()).toEqual([...numbers].sort(rising).slice(0, limit))
        },
      ),
      { seed: 1, numRuns: 500 },
    )
  })

  it('can be read on the way', () => {
    const earliest = new Earliest<number>(rising, 2)
    expect(earliest.items()).toEqual([])
    for (const number of [9, 5, 7]) earliest.add(number)
    expect(earliest.items()).toEqual([5, 7])
    for (const number of [8, 6]) earliest.add(number)
    expect(earliest.items()).toEqual([5, 6])
  })
})
