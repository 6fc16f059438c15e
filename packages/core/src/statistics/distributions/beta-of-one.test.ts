import { describe, expect, it } from 'vitest'
import { betaDistribution } from './beta-distribution.js'

describe('The beta distribution with a parameter of exactly 1', () => {
  it.each([0.1, 0.3, 0.5, 0.7, 0.93, 0.999])('has its plain powers as tails at %d', (x) => {
    for (const a of [0.25, 0.5, 1, 2, 30]) {
      expect(Math.abs(betaDistribution(a, 1).lowerTail(x) / x ** a - 1)).toBeLessThan(1e-12)
      expect(Math.abs(betaDistribution(1, a).upperTail(x) / (1 - x) ** a - 1)).toBeLessThan(1e-12)
    }
  })
})
