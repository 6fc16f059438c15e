import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { relativeError } from '../relative-error.fixture.js'
import { detectableMean, meanPower, meanSampleSize } from './means.js'
import { MEANS, PROPORTIONS } from './power.fixture.js'
import { detectableRate, proportionPower, proportionSampleSize } from './proportions.js'

const sidesOf = (sides: number) => (sides === 2 ? 'two-sided' : 'one-sided')

describe('the power of a test', () => {
  it.each(PROPORTIONS)('of rates $p and $q with $n and $m members is $power', (row) => {
    const plan = proportionPower({
      rates: { control: row.p, variant: row.q },
      sizes: { control: row.n, variant: row.m },
      alpha: row.alpha,
      sides: sidesOf(row.sides),
    })
    expect(plan.formula).toBe('fleiss-4.14')
    expect(relativeError(plan.power, row.power)).toBeLessThan(1e-12)
  })

  it.each(MEANS)('of means $d apart, $s wide, with $n and $m members is $power', (row) => {
    const plan = meanPower({
      difference: row.d,
      deviations: { control: row.s, variant: row.s },
      sizes: { control: row.n, variant: row.m },
      alpha: row.alpha,
      sides: sidesOf(row.sides),
      formula: 'noncentral-t',
    })
    expect(plan.formula).toBe('noncentral-t')
    expect(relativeError(plan.power, row.power)).toBeLessThan(1e-12)
  })

  // R 4.2: power.t.test(n = 20, delta = 1, sd = 2), power.prop.test(n = 5000, p1 = 0.04, p2 = 0.05)
  it('is that of R', () => {
    const t = meanPower({
      difference: -1,
      deviations: { control: 2, variant: 2 },
      sizes: { control: 20, variant: 20 },
      alpha: 0.05,
      formula: 'noncentral-t',
    })
    expect(t.power).toBeCloseTo(0.337708365563, 8)
    const z = proportionPower({
      rates: { control: 0.04, variant: 0.05 },
      sizes: { control: 5000, variant: 5000 },
      alpha: 0.05,
    })
    expect(z.power).toBeCloseTo(0.67439536228, 8)
  })

  it('tells the normal formula for means by its name', () => {
    const plan = meanPower({
      difference: 1,
      deviations: { control: 3, variant: 4 },
      sizes: { control: 36, variant: 64 },
      alpha: 0.05,
    })
    // Phi(1 / sqrt(1/4 + 1/4) - 1.96)
    expect(plan).toMatchObject({ formula: 'normal-unpooled' })
    expect(plan.power).toBeCloseTo(0.29262, 4)
  })
})

const ROOM = { alpha: 0.05, power: 0.8 } as const

describe('the sample size', () => {
  // R 4.2: power.prop.test gives 6744.9 and 1067.5, power.t.test 63.77 members a group
  it.each([
    [0.04, 0.05, 'two-sided', 6745],
    [0.1, 0.07, 'one-sided', 1068],
  ] as const)('for rates of %d and %d, %s, is %d', (control, variant, sides, members) => {
    const { sizes } = proportionSampleSize({ ...ROOM, rates: { control, variant }, sides })
    expect(sizes).toEqual({ control: members, variant: members })
  })

  it('for means by the noncentral t distribution is that of R', () => {
    const { sizes, power } = meanSampleSize({
      ...ROOM,
      difference: 1,
      deviations: { control: 2, variant: 2 },
      formula: 'noncentral-t',
    })
    expect(sizes).toEqual({ control: 64, variant: 64 })
    expect(power).toBeGreaterThanOrEqual(0.8)
  })

  it('reaches the power asked for, and one member fewer does not', () => {
    const share = fc.double({ min: 0.01, max: 0.9, noNaN: true })
    const allocation = fc.constantFrom(0.25, 0.5, 1, 1.7, 4)
    const wanted = fc.constantFrom(0.7, 0.8, 0.9, 0.95)
    fc.assert(
      fc.property(share, share, allocation, wanted, (control, variant, ratio, power) => {
        fc.pre(Math.abs(control - variant) > 0.003)
        const rates = { control, variant }
        const found = proportionSampleSize({ rates, alpha: 0.05, power, allocation: ratio })
        expect(found.power).toBeGreaterThanOrEqual(power)
        expect(proportionPower({ rates, sizes: found.sizes, alpha: 0.05 }).power).toBe(found.power)
        if (found.sizes.control === 2) return
        const fewer = found.sizes.control - 1
        const sizes = { control: fewer, variant: Math.max(2, Math.ceil(fewer * ratio)) }
        expect(proportionPower({ rates, sizes, alpha: 0.05 }).power).toBeLessThan(power)
      }),
      { seed: 2, numRuns: 100 },
    )
  })

  it.each(['normal-unpooled', 'noncentral-t'] as const)(
    'for means by %s holds the same promise',
    (formula) => {
      fc.assert(
        fc.property(
          fc.double({ min: 0.1, max: 3, noNaN: true }),
          fc.constantFrom(0.5, 1, 2),
          (difference, ratio) => {
            const plan = { difference, deviations: { control: 1, variant: 1 }, alpha: 0.05, formula }
            const found = meanSampleSize({ ...plan, power: 0.9, allocation: ratio })
            expect(found.power).toBeGreaterThanOrEqual(0.9)
            if (found.sizes.control === 2) return
            const fewer = found.sizes.control - 1
            const sizes = { control: fewer, variant: Math.max(2, Math.ceil(fewer * ratio)) }
            expect(meanPower({ ...plan, sizes }).power).toBeLessThan(0.9)
          },
        ),
        { seed: 6, numRuns: 40 },
      )
    },
  )
})

describe('the detectable difference', () => {
  const sizes = { control: 5000, variant: 5000 }

  it.each(['increase', 'decrease'] as const)(
    'of a rate, an %s, is where the power is reached',
    (direction) => {
      const found = detectableRate({ ...ROOM, rate: 0.04, sizes, direction })
      const rates = { control: 0.04, variant: Number(found?.rate) }
      expect(proportionPower({ rates, sizes, alpha: 0.05 }).power).toBeCloseTo(0.8, 12)
      expect(found?.lift).toBeCloseTo(Number(found?.difference) / 0.04, 12)
      expect(Math.sign(Number(found?.difference))).toBe(direction === 'increase' ? 1 : -1)
    },
  )

  it('is null where no rate would be seen', () => {
    expect(
      detectableRate({ ...ROOM, rate: 0.001, sizes: { control: 50, variant: 50 }, direction: 'decrease' }),
    ).toBeNull()
  })

  it.each(['normal-unpooled', 'noncentral-t'] as const)(
    'of means by %s is where the power is reached',
    (formula) => {
      const plan = { deviations: { control: 8, variant: 8 }, sizes: { control: 40, variant: 60 }, formula }
      const { difference } = detectableMean({ ...ROOM, ...plan })
      expect(meanPower({ ...plan, difference, alpha: 0.05 }).power).toBeCloseTo(0.8, 12)
    },
  )
})

describe('a plan', () => {
  const rates = { control: 0.1, variant: 0.2 }
  const deviations = { control: 1, variant: 1 }
  const sizes = { control: 10, variant: 10 }

  it.each<[string, () => unknown]>([
    ['rates.control', () => proportionPower({ rates: { ...rates, control: 0 }, sizes, alpha: 0.05 })],
    ['rates.variant', () => proportionSampleSize({ ...ROOM, rates: { control: 0.1, variant: 0.1 } })],
    ['sizes.variant', () => proportionPower({ rates, sizes: { ...sizes, variant: 1.5 }, alpha: 0.05 })],
    ['alpha', () => proportionPower({ rates, sizes, alpha: 1 })],
    ['sides', () => proportionPower({ rates, sizes, alpha: 0.05, sides: 'three' as 'one-sided' })],
    ['power', () => proportionSampleSize({ rates, alpha: 0.2, power: 0.1 })],
    [
      'power',
      () => proportionSampleSize({ rates: { control: 0.1, variant: 0.1 + 1e-9 }, alpha: 0.05, power: 0.9 }),
    ],
    ['allocation', () => proportionSampleSize({ ...ROOM, rates, allocation: 0 })],
    ['rate', () => detectableRate({ ...ROOM, rate: 1, sizes })],
    ['direction', () => detectableRate({ ...ROOM, rate: 0.1, sizes, direction: 'up' as 'increase' })],
    ['difference', () => meanPower({ difference: 0, deviations, sizes, alpha: 0.05 })],
    ['difference', () => meanPower({ difference: Number.NaN, deviations, sizes, alpha: 0.05 })],
    [
      'deviations.variant',
      () => meanPower({ difference: 1, deviations: { control: 1, variant: 0 }, sizes, alpha: 0.05 }),
    ],
    [
      'deviations.variant',
      () =>
        detectableMean({ ...ROOM, deviations: { control: 1, variant: 2 }, sizes, formula: 'noncentral-t' }),
    ],
    ['formula', () => detectableMean({ ...ROOM, deviations, sizes, formula: 'z' as 'noncentral-t' })],
  ])('is refused with path %s', (path, plan) => {
    expect(plan).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }))
  })
})
