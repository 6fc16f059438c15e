import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PriorityQueue } from './priority-queue.js'

const ascending = (left: number, right: number) => left - right

describe('PriorityQueue', () => {
  it('gives what was put in by order, in whatever order it came, while it comes and goes', () => {
    const stepArb = fc.oneof(fc.nat(20), fc.constant('pop'), fc.constant('retain even'))
    fc.assert(
      fc.property(fc.array(stepArb, { maxLength: 200 }), (steps) => {
        const queue = new PriorityQueue(ascending)
        let model: number[] = []
        for (const step of steps) {
          if (typeof step === 'number') {
            queue.push(step)
            model.push(step)
          } else if (step === 'pop') {
            model.sort(ascending)
            expect(queue.pop()).toBe(model.shift())
          } else {
            queue.retain((item) => item % 2 === 0)
            model = model.filter((item) => item % 2 === 0)
          }
          expect(queue.size).toBe(model.length)
          expect(queue.peek()).toBe(model.length === 0 ? undefined : Math.min(...model))
        }
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('goes through thousands that come in order and out of it', () => {
    const queue = new PriorityQueue(ascending)
    const numbers = Array.from({ length: 10_000 }, (_, at) => (at % 3 === 0 ? at : (at * 7_919) % 10_007))
    for (const number of numbers) queue.push(number)
    const given = Array.from({ length: 5_000 }, () => queue.pop())
    queue.push(-1)
    expect(queue.pop()).toBe(-1)
    while (queue.size > 0) given.push(queue.pop())
    expect(given).toEqual(numbers.sort(ascending))
  })
})
