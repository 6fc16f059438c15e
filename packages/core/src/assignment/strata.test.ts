import { describe, expect, it } from 'vitest'
import { experimentSchema } from '../model/experiment.js'
import { assignWithinStrata, assignWithinWaves } from './strata.js'

const SALT = { tenant: 'pizzeria', salt: '5d41402abc4b2a76b9719d911017c592' }
const even = [
  { arm: 'plain', weight: 1 },
  { arm: 'emoji', weight: 1 },
]
const zones = [0, 3_600_000, 7_200_000]
const people = Array.from({ length: 90 }, (_, index) => ({
  customerId: `c-${index}`,
  dueAt: zones[index % 3] ?? 0,
}))

describe('Assignment within waves', () => {
  it('is exact in each wave, and leaves wave by wave in rank order', () => {
    const assigned = assignWithinWaves({ ...SALT, weights: even }, people)
    for (const wave of [0, 1, 2]) {
      const within = assigned.filter((each) => each.wave === wave)
      expect(within.map(({ rank }) => rank)).toEqual(within.map((_each, rank) => rank))
      expect(within.every(({ dueAt }) => dueAt === zones[wave])).toBe(true)
      expect(within.filter(({ arm }) => arm === 'plain')).toHaveLength(15)
    }
    expect(assigned.map(({ wave }) => wave)).toEqual(assigned.map((_each, index) => Math.floor(index / 30)))
  })

  it('refuses an instant that is none', () => {
    expect(() =>
      assignWithinWaves({ ...SALT, weights: even }, [{ customerId: 'a', dueAt: Number.NaN }]),
    ).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path: 'dueAt' }))
  })
})

describe('Assignment within strata', () => {
  it('shares out what single strata cannot', () => {
    const members = Array.from({ length: 10 }, (_, index) => ({
      customerId: `c-${index}`,
      stratum: `s${index}`,
    }))
    const assigned = assignWithinStrata({ ...SALT, weights: even }, members)
    expect(assigned.filter(({ arm }) => arm === 'plain')).toHaveLength(5)
  })

  it('takes the arms of an experiment, holdout included', () => {
    const experiment = experimentSchema.parse({ variants: [{ name: 'a' }], holdout: 0.123_457 })
    const members = Array.from({ length: 2_000 }, (_, index) => ({
      customerId: `c-${index}`,
      stratum: index < 700 ? 'x' : 'y',
    }))
    const held = assignWithinStrata({ ...SALT, experiment }, members).filter(({ arm }) => arm === 'holdout')
    const inX = held.filter(({ stratum }) => stratum === 'x')
    // 86.4, 160.5 and 246.9 in exact shares
    expect([86, 87]).toContain(inX.length)
    expect([160, 161]).toContain(held.length - inX.length)
    expect([246, 247]).toContain(held.length)
  })

  it('gives nobody anything when there is nobody', () => {
    expect(assignWithinStrata({ ...SALT, weights: even }, [])).toEqual([])
  })

  it('refuses a customer that occurs twice, also in two strata', () => {
    const twice = [
      { customerId: 'a', stratum: 'x' },
      { customerId: 'a', stratum: 'y' },
    ]
    expect(() => assignWithinStrata({ ...SALT, weights: even }, twice)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'members' }),
    )
  })

  it('refuses weights that are not usable', () => {
    expect(() => assignWithinStrata({ ...SALT, weights: [] }, [])).toThrow(
      expect.objectContaining({ code: 'EXPERIMENT_INVALID' }),
    )
  })
})
