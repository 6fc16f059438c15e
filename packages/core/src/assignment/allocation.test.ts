import { describe, expect, it } from 'vitest'
import { type Allocation, armInAllocation, createAllocation, reweighted } from './allocation.js'
import type { ArmWeight } from './arms.js'
import { armOfBucket, bucketOf, createBuckets } from './bucket.js'
import { rankKeyOf } from './rank.js'

const SALT = { tenant: 'pizzeria', salt: '5d41402abc4b2a76b9719d911017c592' }
const weights = (...given: number[]): ArmWeight[] =>
  given.map((weight, index) => ({ arm: `v${index}`, weight }))
const customers = (many: number) => Array.from({ length: many }, (_, index) => `customer-${index}`)

/** Chi-square of observed counts against equal ones. */
const chiSquare = (counts: readonly number[], expected: number) =>
  counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)

const widthOf = ({ versions }: Allocation, arm: string) =>
  (versions.at(-1)?.ranges ?? []).reduce(
    (sum, range) => sum + (range.arm === arm ? range.to - range.from : 0),
    0,
  )

describe('The bucket of a customer', () => {
  it('is made of the first 53 bits of the rank key', () => {
    for (const customerId of ['c-1', 'é', '漢字']) {
      const bits = BigInt(`0x${rankKeyOf(SALT.tenant, SALT.salt, customerId).slice(0, 16)}`) >> 11n
      expect(bucketOf(SALT, customerId) * 2 ** 53).toBe(Number(bits))
    }
  })

  it('is the same however the letters of the id are composed', () => {
    expect(bucketOf(SALT, 'e\u0301')).toBe(bucketOf(SALT, '\u00e9'))
  })

  it('is spread evenly, and under two salts independently', () => {
    const first = createBuckets(SALT)
    const second = createBuckets({ ...SALT, salt: 'another' })
    const cells = Array.from({ length: 100 }, () => 0)
    const pairs = Array.from({ length: 100 }, () => 0)
    for (const customerId of customers(20_000)) {
      const [one, two] = [first(customerId), second(customerId)]
      cells[Math.floor(one * 100)] = (cells[Math.floor(one * 100)] ?? 0) + 1
      const pair = Math.floor(one * 10) * 10 + Math.floor(two * 10)
      pairs[pair] = (pairs[pair] ?? 0) + 1
    }
    // 99 degrees of freedom: above 148.2 once in a thousand
    expect(chiSquare(cells, 200)).toBeLessThan(148.2)
    expect(chiSquare(pairs, 200)).toBeLessThan(148.2)
  })

  it('decides the arm at the exact border', () => {
    const thirds = weights(1, 2)
    const border = Math.ceil(2 ** 53 / 3) / 2 ** 53
    expect(armOfBucket(thirds, border)).toBe('v1')
    expect(armOfBucket(thirds, border - 2 ** -53)).toBe('v0')
    expect(armOfBucket(thirds, 0)).toBe('v0')
    expect(armOfBucket(thirds, 1 - 2 ** -53)).toBe('v1')
  })

  it.each([-0.1, 1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d as a bucket', (bucket) => {
    expect(() => armOfBucket(weights(1), bucket)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'bucket' }),
    )
  })

  it('refuses weights that are not usable', () => {
    expect(() => armOfBucket([], 0.5)).toThrow(expect.objectContaining({ code: 'EXPERIMENT_INVALID' }))
    expect(() => armOfBucket(weights(0), 0.5)).toThrow(
      expect.objectContaining({ code: 'EXPERIMENT_INVALID' }),
    )
  })
})

describe('An allocation whose weights change', () => {
  it.each([
    [[1, 1], [1, 3], 0.25],
    [[1, 1, 1], [1, 1, 1, 1], 0.25],
    [[5, 3, 2], [2, 3, 5], 0.3],
    [[9, 1], [9, 1], 0],
  ])('moves from %j to %j no more than it must', (before, after, moved) => {
    const first = createAllocation(weights(...before))
    const second = reweighted(first, weights(...after))
    const total = after.reduce((sum, weight) => sum + weight, 0)
    after.forEach((weight, index) => {
      expect(Math.abs(widthOf(second, `v${index}`) - (2 ** 53 * weight) / total)).toBeLessThanOrEqual(1)
    })
    const buckets = customers(4_000).map((customerId) => bucketOf(SALT, customerId))
    const movers = buckets.filter(
      (bucket) => armInAllocation(first, bucket) !== armInAllocation(second, bucket),
    )
    expect(Math.abs(movers.length / 4_000 - moved)).toBeLessThan(0.025)
  })

  it('moves nobody between arms that do not shrink, also after many changes', () => {
    let allocation = createAllocation(weights(1, 1, 1))
    for (const change of [
      [2, 1, 1],
      [2, 2, 1],
      [1, 1, 4],
      [7, 5, 3],
    ]) {
      const next = reweighted(allocation, weights(...change))
      for (let step = 0; step < 1_000; step += 1) {
        const bucket = step / 1_000
        const [from, to] = [armInAllocation(allocation, bucket), armInAllocation(next, bucket)]
        if (from === to) continue
        expect(widthOf(next, from)).toBeLessThan(widthOf(allocation, from))
        expect(widthOf(next, to)).toBeGreaterThan(widthOf(allocation, to))
      }
      allocation = next
    }
    expect(allocation.versions.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5])
  })

  it('keeps the arm of whoever was seen before, also when it is gone', () => {
    const first = createAllocation(weights(1, 1))
    const second = reweighted(first, [{ arm: 'v1', weight: 1 }])
    expect(armInAllocation(second, 0.1)).toBe('v1')
    expect(armInAllocation(second, 0.1, { since: 1 })).toBe('v0')
  })

  it('survives being kept as JSON', () => {
    const allocation = reweighted(createAllocation(weights(1, 2, 4)), weights(3, 1, 3))
    expect(JSON.parse(JSON.stringify(allocation))).toEqual(allocation)
  })

  const even = createAllocation(weights(1, 1))
  it.each([
    [{ versions: [] }, undefined, 'allocation'],
    [even, 0, 'since'],
    [even, 2, 'since'],
    [even, 1.5, 'since'],
    [{ versions: [{ version: 2, ranges: even.versions[0]?.ranges ?? [] }] }, undefined, 'allocation'],
    [{ versions: [{ version: 1, ranges: [{ arm: 'a', from: 0, to: 5 }] }] }, undefined, 'allocation'],
    [{ versions: [{ version: 1, ranges: [{ arm: 'a', from: 1, to: 2 ** 53 }] }] }, undefined, 'allocation'],
    [{ versions: [{ version: 1, ranges: [] }] }, undefined, 'allocation'],
  ])('refuses %j since %s', (allocation, since, path) => {
    const options = since === undefined ? {} : { since }
    expect(() => armInAllocation(allocation, 0.9, options)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})
