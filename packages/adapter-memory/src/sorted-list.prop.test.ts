import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byCodeUnits } from './order.js'
import { SortedList } from './sorted-list.js'

describe('SortedList', () => {
  it('is what sorting gives, whatever comes, goes and is asked in between', () => {
    const word = fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom('\u{1F355}', 'ｚ', 'é', 'Z'))
    const stepArb = fc.oneof(
      { weight: 8, arbitrary: fc.record({ add: word }) },
      { weight: 1, arbitrary: fc.record({ after: word }) },
      { weight: 1, arbitrary: fc.record({ drop: word }) },
    )
    fc.assert(
      fc.property(fc.array(stepArb, { maxLength: 60 }), (steps) => {
        const list = new SortedList<string>(byCodeUnits)
        let model: string[] = []
        for (const step of steps) {
          if ('add' in step) {
            list.add(step.add)
            model.push(step.add)
          } else if ('after' in step) {
            const position = list.positionAfter(step.after)
            expect(position).toBe(model.filter((text) => text <= step.after).length)
          } else {
            list.retain((text) => text !== step.drop)
            model = model.filter((text) => text !== step.drop)
          }
        }
        expect(list.items()).toEqual([...model].sort(byCodeUnits))
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('merges many bundles', () => {
    const list = new SortedList<number>((left, right) => left - right)
    const numbers = Array.from({ length: 20_000 }, (_, at) => (at * 7_919) % 20_011)
    for (const [at, number] of numbers.entries()) {
      list.add(number)
      if (at === 9_999) expect(list.items()).toHaveLength(10_000)
    }
    expect(list.items()).toEqual([...numbers].sort((left, right) => left - right))
  })
})
