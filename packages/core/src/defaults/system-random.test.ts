import { describe, expect, it } from 'vitest'
import { createSystemRandom } from './system-random.js'

describe('system chance', () => {
  it('gives as many bytes as were asked for, also none and more than a pool', () => {
    const random = createSystemRandom()
    for (const length of [0, 1, 16, 16_384, 16_385, 100_000]) {
      expect(random.bytes(length)).toHaveLength(length)
    }
  })

  it('never gives the same bytes twice, over many pools', () => {
    const random = createSystemRandom()
    const seen = new Set<string>()
    for (let draw = 0; draw < 5_000; draw += 1) seen.add(random.bytes(16).join())
    expect(seen.size).toBe(5_000)
  })

  it('gives each value of a byte about equally often', () => {
    const counts = new Array<number>(256).fill(0)
    for (const byte of createSystemRandom().bytes(256_000)) counts[byte] = (counts[byte] ?? 0) + 1
    // six standard deviations around 1,000
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(190)
  })

  it('gives bytes of their own: changing them changes no later ones', () => {
    const random = createSystemRandom()
    const drawn = random.bytes(8)
    expect(drawn.buffer.byteLength).toBe(8)
    drawn.fill(7)
    expect(random.bytes(8)).not.toEqual(drawn)
  })

  it.each([-1, 1.5, Number.NaN, 2 ** 31])('refuses a length of %s', (length) => {
    expect(() => createSystemRandom().bytes(length)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'length' }),
    )
  })
})
