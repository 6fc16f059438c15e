import { describe, expect, it } from 'vitest'
import { toHex } from '../base/bytes.js'
import { createSeededRandom } from './seeded-random.js'

const draws = (seed: string | number) => {
  const random = createSeededRandom(seed)
  return Array.from({ length: 5 }, () => random.uniform())
}

describe('seeded chance', () => {
  it('repeats itself for a seed, and differs between seeds', () => {
    expect(draws('a')).toEqual(draws('a'))
    expect(draws(7)).toEqual(draws('7'))
    expect(draws('a')).not.toEqual(draws('b'))
  })

  it('keeps its draws from version to version', () => {
    expect(toHex(createSeededRandom('campaignkit').bytes(16))).toMatchInlineSnapshot(
      `"45ea97d1af8e044e386378d3826ce60c"`,
    )
  })

  it('gives so many bytes, whatever the number', () => {
    const random = createSeededRandom(1)
    for (const length of [0, 1, 3, 4, 5, 16, 1_001]) expect(random.bytes(length)).toHaveLength(length)
  })

  it('is uniform over [0, 1) and over bytes', () => {
    const random = createSeededRandom('uniform')
    const bins = Array.from({ length: 10 }, () => 0)
    const count = 20_000
    for (let at = 0; at < count; at += 1) {
      const drawn = random.uniform()
      expect(drawn >= 0 && drawn < 1).toBe(true)
      const bin = Math.floor(drawn * 10)
      bins[bin] = (bins[bin] ?? 0) + 1
    }
    const chiSquare = bins.reduce((sum, seen) => sum + (seen - count / 10) ** 2 / (count / 10), 0)
    expect(chiSquare).toBeLessThan(27.88)
    const bytes = random.bytes(25_600)
    expect(new Set(bytes).size).toBe(256)
    const mean = bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length
    expect(Math.abs(mean - 127.5)).toBeLessThan(2)
  })
})
