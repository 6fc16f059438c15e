import { describe, expect, it } from 'vitest'
import { holmAdjusted } from '../corrections/holm.js'
import { compareManyProportions } from './compare-many.js'
import { compareProportions } from './compare-proportions.js'

const ARMS = [
  { arm: 'plain', successes: 80, trials: 2000 },
  { arm: 'emoji', successes: 122, trials: 2000 },
  { arm: 'image', successes: 2, trials: 60 },
]

describe('comparing several proportions', () => {
  it('tests all together and every pair, corrected by Holm', () => {
    const { overall, pairs, correction } = compareManyProportions(ARMS, { confidence: 0.95 })
    expect(overall).toMatchObject({ method: 'pearson-chi-square', df: 2 })
    expect(correction).toBe('holm')
    expect(pairs.map(({ arm, against, method }) => [arm, against, method])).toEqual([
      ['plain', 'emoji', 'pooled-z'],
      ['plain', 'image', 'fisher-exact'],
      ['emoji', 'image', 'fisher-exact'],
    ])
    expect(pairs.map(({ adjustedPValue }) => adjustedPValue)).toEqual(
      holmAdjusted(pairs.map(({ pValue }) => pValue)),
    )
    const [plain, emoji] = ARMS
    expect(pairs[0]).toMatchObject(compareProportions(plain!, emoji!, { confidence: 0.95 }))
  })

  it('takes another correction, or none', () => {
    const { pairs } = compareManyProportions(ARMS, { confidence: 0.95, correction: 'none' })
    expect(pairs.every(({ pValue, adjustedPValue }) => pValue === adjustedPValue)).toBe(true)
  })

  it.each([
    [[], 'arms'],
    [[ARMS[0]!, { arm: 'b', successes: 3, trials: 2 }], 'arms[1].successes'],
  ])('refuses %j with path %s', (arms, path) => {
    expect(() => compareManyProportions(arms, { confidence: 0.95 })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})
