import { describe, expect, it } from 'vitest'
import { comparesArms, experimentSchema, inMillionths } from './experiment.js'
import { parseInput } from './parse.js'

const variants = [{ name: 'a' }, { name: 'b', weight: 3 }]
const read = (fields: object = {}) => parseInput(experimentSchema, { variants, ...fields })

describe('An experiment', () => {
  it('is filled up with what is usual', () => {
    expect(read()).toEqual({
      variants: [
        { name: 'a', weight: 1 },
        { name: 'b', weight: 3 },
      ],
      holdout: 0,
      remainder: 0,
      metric: 'conversion',
      conversionWindowDays: 14,
      minContacts: 100,
      alpha: 0.05,
      decision: 'anytime',
      minRecipients: 100,
      minConversions: 25,
    })
  })

  it.each([0, 0.000_001, 0.1, 0.333_333, 0.1 + 0.2, 0.9])('takes a holdout of %s', (holdout) => {
    expect(read({ holdout }).holdout).toBe(holdout)
  })

  it('takes strata as they are written, in their order', () => {
    const { strata } = read({
      strata: [
        { name: '__proto__', criteria: 'vip, regular' },
        { name: 'Other', criteria: { type: 'segment', name: 'Lapsed' } },
      ],
    })
    expect(strata).toEqual([
      { name: '__proto__', criteria: { type: 'tags', match: 'any', tags: ['regular', 'vip'] } },
      { name: 'Other', criteria: { type: 'segment', name: 'Lapsed' } },
    ])
  })

  it.each<[string, string, unknown]>([
    ['INVALID_INPUT', 'strata', []],
    ['INVALID_INPUT', 'strata', Array.from({ length: 51 }, (_, at) => ({ name: `s${at}`, criteria: 'ALL' }))],
    ['EXPERIMENT_INVALID', 'strata', ['a', 'b', 'a'].map((name) => ({ name, criteria: 'ALL' }))],
    ['INVALID_INPUT', 'strata[0].name', [{ name: 'other', criteria: 'ALL' }]],
    ['INVALID_INPUT', 'strata[0].name', [{ name: '', criteria: 'ALL' }]],
    ['INVALID_INPUT', 'strata[0].name', [{ name: 'a ', criteria: 'ALL' }]],
    ['INVALID_INPUT', 'strata[0].name', [{ name: 'a\nb', criteria: 'ALL' }]],
    ['INVALID_INPUT', 'strata[0].name', [{ name: 'a\0b', criteria: 'ALL' }]],
    ['INVALID_INPUT', 'strata[0].name', [{ name: '\ud800', criteria: 'ALL' }]],
    ['INVALID_INPUT', 'strata[0].name', [{ name: 'a'.repeat(65), criteria: 'ALL' }]],
    ['INVALID_INPUT', 'strata[0].criteria', [{ name: 'a' }]],
    [
      'CRITERIA_INVALID',
      'strata[1].criteria.type',
      [
        { name: 'a', criteria: 'ALL' },
        { name: 'b', criteria: {} },
      ],
    ],
    ['UNKNOWN_FIELD', 'strata[0].size', [{ name: 'a', criteria: 'ALL', size: 1 }]],
    [
      'ELIGIBILITY_MISPLACED',
      'strata[0].criteria',
      [{ name: 'a', criteria: { type: 'eligibility', rule: 'x' } }],
    ],
    [
      'ELIGIBILITY_MISPLACED',
      'strata[0].criteria.of',
      [{ name: 'a', criteria: { type: 'not', of: { type: 'eligibility', rule: 'x' } } }],
    ],
  ])('refuses strata with %s at %s', (code, path, strata) => {
    expect(() => read({ strata })).toThrow(expect.objectContaining({ code, path }))
  })

  it('leaves somebody for the variants, to the millionth', () => {
    expect(read({ holdout: 0.5, remainder: 0.499_999 }).remainder).toBe(0.499_999)
    for (let part = 100_000; part <= 900_000; part += 1_237) {
      const shares = { holdout: part / 1e6, remainder: (1_000_000 - part) / 1e6 }
      expect(() => read(shares)).toThrow(
        expect.objectContaining({ code: 'EXPERIMENT_INVALID', path: 'holdout' }),
      )
    }
  })

  it.each<[string, string, object]>([
    ['INVALID_INPUT', 'variants', { variants: [] }],
    [
      'INVALID_INPUT',
      'variants',
      { variants: Array.from({ length: 51 }, (_, index) => ({ name: `v${index}` })) },
    ],
    ['EXPERIMENT_INVALID', 'variants', { variants: [{ name: 'a' }, { name: 'a' }] }],
    ['INVALID_INPUT', 'variants[0].name', { variants: [{ name: '' }] }],
    ['INVALID_INPUT', 'variants[0].name', { variants: [{ name: ' a' }] }],
    ['INVALID_INPUT', 'variants[0].name', { variants: [{ name: 'a\nb' }] }],
    ['INVALID_INPUT', 'variants[0].name', { variants: [{ name: 'a\0' }] }],
    ['INVALID_INPUT', 'variants[0].name', { variants: [{ name: 'holdout' }] }],
    ['INVALID_INPUT', 'variants[0].name', { variants: [{ name: 'remainder' }] }],
    ['INVALID_INPUT', 'variants[0].weight', { variants: [{ name: 'a', weight: 0 }] }],
    ['INVALID_INPUT', 'variants[0].weight', { variants: [{ name: 'a', weight: 0.5 }] }],
    ['INVALID_INPUT', 'variants[0].weight', { variants: [{ name: 'a', weight: Number.NaN }] }],
    ['INVALID_INPUT', 'holdout', { holdout: 0.95 }],
    ['INVALID_INPUT', 'holdout', { holdout: -0.1 }],
    ['INVALID_INPUT', 'holdout', { holdout: 1e-10 }],
    ['INVALID_INPUT', 'holdout', { holdout: 0.1000001 }],
    ['INVALID_INPUT', 'remainder', { remainder: Number.NaN }],
    ['INVALID_INPUT', 'metric', { metric: 'open' }],
    ['INVALID_INPUT', 'conversionWindowDays', { conversionWindowDays: 0 }],
    ['INVALID_INPUT', 'alpha', { alpha: 0 }],
    ['INVALID_INPUT', 'minContacts', { minContacts: 0 }],
    ['INVALID_INPUT', 'minContacts', { minContacts: 10.5 }],
    ['INVALID_INPUT', 'minContacts', { minContacts: 1_000_001 }],
    ['UNKNOWN_FIELD', 'holdOut', { holdOut: 0.1 }],
  ])('is refused with %s at %s', (code, path, fields) => {
    expect(() => read(fields)).toThrow(expect.objectContaining({ code, path }))
  })

  it.each([
    [{ variants: [{ name: 'a' }] }, false],
    [{ variants: [{ name: 'a' }], remainder: 0.5 }, false],
    [{ variants: [{ name: 'a' }], holdout: 0.1 }, true],
    [{ variants: [{ name: 'a' }, { name: 'b' }] }, true],
  ])('compares arms when there are two that something can come of: %j', (fields, expected) => {
    expect(comparesArms(read(fields))).toBe(expected)
  })

  it('counts shares in millionths', () => {
    expect([0, 0.1, 0.1 + 0.2, 0.333_333, 0.9].map(inMillionths)).toEqual([
      0, 100_000, 300_000, 333_333, 900_000,
    ])
  })
})
