import { describe, expect, it } from 'vitest'
import { welchTest } from '../means/welch.js'
import { pooledZTest } from '../proportions/pooled-z.js'
import { errors, momentsWith, shareOf, worldsOf } from '../simulation.fixture.js'
import { meanPower } from './means.js'
import { proportionPower } from './proportions.js'

const WORLDS = worldsOf(2_000)

describe('a test sees what it was planned for as often as planned', () => {
  it.each([
    [0.1, 0.25, 100],
    [0.04, 0.05, 5_000],
    [0.02, 0.035, 1_000],
  ])('of rates of %d and %d, with %d members an arm', (control, variant, size) => {
    const sizes = { control: size, variant: size }
    const { power } = proportionPower({ rates: { control, variant }, sizes, alpha: 0.05 })
    const seen = shareOf(
      `power:${control}:${size}`,
      (draws) => pooledZTest(draws.binomial(size, control), draws.binomial(size, variant)).pValue < 0.05,
      WORLDS,
    )
    expect(Math.abs(seen - power)).toBeLessThan(0.02 + errors(power, 3, WORLDS))
  })

  it('of means, with 30 members an arm', () => {
    const { power } = meanPower({
      difference: 0.75,
      deviations: { control: 0.8, variant: 1.2 },
      sizes: { control: 30, variant: 30 },
      alpha: 0.05,
    })
    const seen = shareOf(
      'power of means',
      (draws) => {
        const arm = (mean: number, spread: number) =>
          momentsWith(Array.from({ length: 30 }, () => mean + spread * draws.normal()))
        return welchTest(arm(0, 0.8), arm(0.75, 1.2), { confidence: 0.95 }).pValue < 0.05
      },
      WORLDS,
    )
    expect(Math.abs(seen - power)).toBeLessThan(0.02 + errors(power, 3, WORLDS))
  })
})
