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
      { weight: 1, arbitrary: fc.record({ at: fc.nat({ max: 20 }) }) },
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
          } else if ('at' in step) {
            const sorted = [...model].sort(byCodeUnits)
            expect(list.at(step.at)).toBe(sorted[step.at])
            expect(list.slice(step.at, step.at + 3)).toEqual(sorted.slice(step.at, step.at + 3))
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

  const numbers = Array.from({ length: 20_000 }, (_, at) => (at * 7_919) % 20_011)

  it('merges many runs', () => {
    const list = new SortedList<number>((left, right) => left - right)
    for (const [at, number] of numbers.entries()) {
      list.add(number)
      if (at === 9_999) expect(list.items()).toHaveLength(10_000)
    }
    expect(list.items()).toEqual([...numbers].sort((left, right) => left - right))
  })

  it('sorts for a page no more than the page', () => {
    let comparisons = 0
    const list = new SortedList<number>((left, right) => {
      comparisons += 1
      return left - right
    })
    for (const number of numbers) list.add(number)
    comparisons = 0
    expect(list.slice(0, 100)).toEqual([...numbers].sort((left, right) => left - right).slice(0, 100))
    // the last run is sorted, and every taken item sinks and rises among twenty runs
    expect(comparisons).toBeLessThan(1_024 * 11 + 100 * 20)
  })
})
