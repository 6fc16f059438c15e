import { describe, expect, it } from 'vitest'
import { exclusionGroupSchema, slotsCollide } from '../model/exclusion-group.js'
import { bucketOf } from './bucket.js'
import { createSlots, freeSlots, slotOf } from './exclusion-group.js'

const GROUP = { tenant: 'pizzeria', salt: '5d41402abc4b2a76b9719d911017c592' }

describe('The slot of a customer', () => {
  it('is one of a thousand, each as likely', () => {
    const slots = createSlots(GROUP)
    const counts = Array.from({ length: 1_000 }, () => 0)
    for (let index = 0; index < 50_000; index += 1) {
      const slot = slots(`customer-${index}`)
      counts[slot] = (counts[slot] ?? 0) + 1
    }
    expect(counts).toHaveLength(1_000)
    const chiSquare = counts.reduce((sum, count) => sum + (count - 50) ** 2 / 50, 0)
    // 999 degrees of freedom: above 1,143 once in a thousand
    expect(chiSquare).toBeLessThan(1_143)
  })

  it('says nothing about the bucket under the same salt', () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => `customer-${index}`)
    const both = ids.filter((id) => slotOf(GROUP, id) < 500 && bucketOf(GROUP, id) < 0.5)
    expect(Math.abs(both.length / 10_000 - 0.25)).toBeLessThan(0.015)
  })
})

describe('Free slots', () => {
  it.each([
    [[], 1_000, { from: 0, to: 1_000 }],
    [[], 1_001, null],
    [[{ from: 0, to: 400 }], 600, { from: 400, to: 1_000 }],
    [[{ from: 0, to: 400 }], 601, null],
    [
      [
        { from: 500, to: 600 },
        { from: 0, to: 400 },
      ],
      100,
      { from: 400, to: 500 },
    ],
    [
      [
        { from: 0, to: 600 },
        { from: 100, to: 200 },
      ],
      100,
      { from: 600, to: 700 },
    ],
  ])('beside %j for %d are %j', (taken, count, expected) => {
    expect(freeSlots(taken, count)).toEqual(expected)
  })
})

describe('Claims of an exclusion group', () => {
  const claim = (from: number, to: number, name = 'offers') =>
    exclusionGroupSchema.parse({ name, slots: { from, to } })

  it('collide when they share a slot of one group', () => {
    expect(slotsCollide(claim(0, 500), claim(499, 600))).toBe(true)
    expect(slotsCollide(claim(499, 600), claim(0, 500))).toBe(true)
    expect(slotsCollide(claim(0, 500), claim(500, 600))).toBe(false)
    expect(slotsCollide(claim(0, 500), claim(0, 500, 'news'))).toBe(false)
  })

  it.each([
    [-1, 5],
    [0, 1_001],
    [5, 5],
    [6, 5],
    [0.5, 5],
  ])('refuse slots from %d to %d', (from, to) => {
    expect(() => claim(from, to)).toThrow()
  })
})
