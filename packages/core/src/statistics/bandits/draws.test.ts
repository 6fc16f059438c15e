import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../../testing/seeded-random.js'
import { betaDistribution } from '../distributions/beta-distribution.js'
import type { Distribution } from '../distributions/distribution.js'
import { gammaDistribution } from '../distributions/gamma-distribution.js'
import { normalDistribution } from '../distributions/normal-distribution.js'
import { drawBeta, drawGamma, drawNormal, type Uniform } from './draws.js'

const DRAWS = 5_000

function drawn(seed: string, draw: (uniform: Uniform) => number): number[] {
  const { uniform } = createSeededRandom(seed)
  return Array.from({ length: DRAWS }, () => draw(uniform)).sort((left, right) => left - right)
}

/** The greatest distance of the empirical distribution function, in units of 1 / sqrt(n) (Kolmogorov and Smirnov). */
function distance(sorted: readonly number[], { lowerTail }: Distribution): number {
  const off = sorted.map((x, index) => {
    const p = lowerTail(x)
    return Math.max(p - index / sorted.length, (index + 1) / sorted.length - p)
  })
  return Math.max(...off) * Math.sqrt(sorted.length)
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const variance = (values: readonly number[]) => {
  const centre = mean(values)
  return mean(values.map((value) => (value - centre) ** 2))
}

// above 1.95 once in a thousand
const FAR = 1.95

describe('Draws', () => {
  it('from the normal distribution follow it', () => {
    const values = drawn('normal', drawNormal)
    expect(distance(values, normalDistribution())).toBeLessThan(FAR)
    expect(Math.abs(mean(values))).toBeLessThan(3 / Math.sqrt(DRAWS))
    expect(Math.abs(variance(values) - 1)).toBeLessThan(3 * Math.sqrt(2 / DRAWS))
  })

  it.each([0.1, 0.7, 1, 3.5, 400])('from the gamma distribution of shape %d follow it', (shape) => {
    const values = drawn(`gamma ${shape}`, (uniform) => drawGamma(uniform, shape))
    expect(distance(values, gammaDistribution(shape, 1))).toBeLessThan(FAR)
    expect(Math.abs(mean(values) - shape)).toBeLessThan(3 * Math.sqrt(shape / DRAWS))
  })

  it.each([
    [1, 1],
    [0.3, 0.4],
    [41, 961],
    [3, 1],
    [20_000, 480_000],
  ])('from the beta distribution of %d and %d follow it', (a, b) => {
    const values = drawn(`beta ${a} ${b}`, (uniform) => drawBeta(uniform, a, b))
    expect(distance(values, betaDistribution(a, b))).toBeLessThan(FAR)
    const spread = Math.sqrt((a * b) / (a + b) ** 2 / (a + b + 1))
    expect(Math.abs(mean(values) - a / (a + b))).toBeLessThan((3 * spread) / Math.sqrt(DRAWS))
    expect(variance(values) / spread ** 2).toBeGreaterThan(0.9)
    expect(variance(values) / spread ** 2).toBeLessThan(1.1)
  })

  it('are numbers also where gamma draws underflow', () => {
    const values = drawn('tiny', (uniform) => drawBeta(uniform, 1e-4, 1e-4))
    expect(values.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(0.03)
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuse the parameter %d', (wrong) => {
    const refusal = (path: string) => expect.objectContaining({ code: 'INVALID_INPUT', path })
    expect(() => drawGamma(() => 0.5, wrong)).toThrow(refusal('shape'))
    expect(() => drawBeta(() => 0.5, wrong, 1)).toThrow(refusal('a'))
    expect(() => drawBeta(() => 0.5, 1, wrong)).toThrow(refusal('b'))
  })
})
