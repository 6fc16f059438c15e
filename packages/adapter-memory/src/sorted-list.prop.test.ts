import { byCodePoints } from '@campaignkit/core/adapter'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SortedList } from './sorted-list.js'

type Step =
  | { readonly add: string }
  | { readonly after: string }
  | { readonly at: number }
  | { readonly drop: string }

/** Takes a list and the plain array that it must equal one step further. */
function take(step: Step, list: SortedList<string>, model: readonly string[]): readonly string[] {
  if ('add' in step) {
    list.add(step.add)
    return [...model, step.add]
  }
  if ('drop' in step) {
    list.retain((text) => text !== step.drop)
    return model.filter((text) => text !== step.drop)
  }
  if ('at' in step) expectPlaces(list, [...model].sort(byCodePoints), step.at)
  else
    expect(list.positionAfter(step.after)).toBe(
      model.filter((text) => byCodePoints(text, step.after) <= 0).length,
    )
  return model
}

function expectPlaces(list: SortedList<string>, sorted: readonly string[], from: number): void {
  expect(list.at(from)).toBe(sorted[from])
  expect(list.slice(from, from + 3)).toEqual(sorted.slice(from, from + 3))
}

describe('SortedList', () => {
  it('is what sorting gives, whatever comes, goes and is asked in between', () => {
    const word = fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom('\u{1F355}', 'ｚ', 'é', 'Z'))
    const stepArb: fc.Arbitrary<Step> = fc.oneof(
      { weight: 8, arbitrary: fc.record({ add: word }) },
      { weight: 1, arbitrary: fc.record({ after: word }) },
      { weight: 1, arbitrary: fc.record({ at: fc.nat({ max: 20 }) }) },
      { weight: 1, arbitrary: fc.record({ drop: word }) },
    )
    fc.assert(
      fc.property(fc.array(stepArb, { maxLength: 60 }), (steps) => {
        const list = new SortedList<string>(byCodePoints)
        let model: readonly string[] = []
        for (const step of steps) model = take(step, list, model)
        expect(list.items()).toEqual([...model].sort(byCodePoints))
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
