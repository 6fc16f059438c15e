import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stratumSchema } from './experiment.js'
import { parseInput } from './parse.js'
import { isStratumLabel, readStratum, stratumLabel, stratumName, stratumOf } from './stratum.js'

const NINE = Date.UTC(2026, 2, 29, 7)

describe('The label of a stratum', () => {
  it.each([
    [{ dueAt: NINE, name: null }, 'stratum:2026-03-29T07:00:00.000Z/', '2026-03-29T07:00:00.000Z'],
    [{ dueAt: null, name: 'loyal' }, 'stratum:/loyal', 'loyal'],
    [{ dueAt: NINE, name: 'a/b' }, 'stratum:2026-03-29T07:00:00.000Z/a/b', '2026-03-29T07:00:00.000Z / a/b'],
  ])('of %j is %s, for people %s', (place, label, name) => {
    expect(stratumLabel(place)).toBe(label)
    expect(stratumName(place)).toBe(name)
    expect(readStratum(label)).toEqual(place)
    expect(isStratumLabel(label)).toBe(true)
  })

  it('says again what it was made of, whatever that is', () => {
    const place = fc.record({
      dueAt: fc.option(fc.integer({ min: -8.64e15, max: 8.64e15 })),
      name: fc.option(fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' })),
    })
    fc.assert(
      fc.property(place, (each) => {
        expect(readStratum(stratumLabel(each))).toEqual(each)
      }),
      { seed: 22 },
    )
  })

  it('is found among the segments that people named', () => {
    expect(stratumOf(['VIP', 'stratum:/loyal', 'Stratum: 1'])).toBe('stratum:/loyal')
    expect(stratumOf(['VIP'])).toBe('stratum:/')
    expect(isStratumLabel('Stratum: 1')).toBe(false)
    expect(isStratumLabel(null)).toBe(false)
  })

  it('may hold whatever a stratum may be called', () => {
    const named = parseInput(stratumSchema, { name: 'stratum:/__proto__ 🍕', criteria: 'vip' })
    expect(readStratum(stratumLabel({ dueAt: null, name: named.name })).name).toBe(named.name)
  })
})
