import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { relativeError } from '../relative-error.fixture.js'
import { type ArmFunnel, attritionTest } from './attrition.js'
import { RATIOS } from './sample-ratio.fixture.js'
import { sampleRatioTest } from './sample-ratio.js'

const armsOf = (counts: readonly number[], weights: readonly number[]) =>
  counts.map((assigned, index) => ({ arm: `arm ${index}`, assigned, weight: weights[index] ?? 1 }))

describe('the test of the sample ratio', () => {
  it.each(RATIOS)('of $obs to $w by $method is exact to 1e-12', ({ obs, w, method, p }) => {
    const test = sampleRatioTest(armsOf(obs, w))
    expect(test.method).toBe(method)
    expect(test.choice.rule).toBe('expected-counts')
    expect(relativeError(test.pValue, p)).toBeLessThan(1e-12)
  })

  it('says whether the ratio is off, with what was expected', () => {
    expect(sampleRatioTest(armsOf([5100, 4900], [1, 1]), { alpha: 0.05 })).toMatchObject({
      mismatch: true,
      alpha: 0.05,
      statistic: 4,
      df: 1,
      arms: [{ expected: 5000 }, { expected: 5000 }],
    })
    expect(sampleRatioTest(armsOf([5100, 4900], [1, 1]))).toMatchObject({ mismatch: false, alpha: 0.001 })
  })

  it('says when the exact test is out of reach', () => {
    const { method, choice } = sampleRatioTest(armsOf([100_000, 100_000, 1], [50_000, 50_000, 1]))
    expect(method).toBe('chi-square')
    expect(choice.rule).toBe('too-many-outcomes')
    const two = sampleRatioTest(armsOf([100_000, 1], [100_000, 1]))
    expect(two.method).toBe('exact-multinomial')
    expect(two.pValue).toBe(1)
  })

  it('does not depend on the order of the arms or the scale of the weights', () => {
    const arm = fc.record({ assigned: fc.nat(40), weight: fc.integer({ min: 1, max: 9 }) })
    fc.assert(
      fc.property(fc.array(arm, { minLength: 2, maxLength: 3 }), (given) => {
        fc.pre(given.some(({ assigned }) => assigned > 0))
        const arms = given.map((each, index) => ({ arm: `${index}`, ...each }))
        const { pValue } = sampleRatioTest(arms)
        const turned = arms.toReversed().map((each) => ({ ...each, weight: each.weight * 3 }))
        expect(relativeError(sampleRatioTest(turned).pValue, pValue)).toBeLessThan(1e-9)
      }),
      { seed: 12, numRuns: 60 },
    )
  })

  it.each([
    [armsOf([1], [1]), 0.01, 'arms'],
    [armsOf([0, 0], [1, 1]), 0.01, 'arms'],
    [armsOf([1, -1], [1, 1]), 0.01, 'arms[1].assigned'],
    [armsOf([1, 1], [1, 0]), 0.01, 'arms[1].weight'],
    [armsOf([1, 1], [1, 1]), 0, 'alpha'],
  ])('refuses %j at %d with path %s', (arms, alpha, path) => {
    expect(() => sampleRatioTest(arms, { alpha })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})

const funnel = (
  arm: string,
  assigned: number,
  sent: number,
  delivered: number,
  analysed: number,
): ArmFunnel => ({
  arm,
  assigned,
  sent,
  delivered,
  analysed,
})

describe('the test of attrition', () => {
  it('names the stage at which the arms part, and what each arm kept', () => {
    const { stages, differs, correction } = attritionTest([
      funnel('plain', 5000, 4990, 4900, 4900),
      funnel('image', 5000, 4988, 4700, 4700),
    ])
    expect([differs, correction]).toEqual([true, 'holm'])
    expect(stages.map((stage) => [stage.from, stage.to, stage.differs])).toEqual([
      ['assigned', 'sent', false],
      ['sent', 'delivered', true],
      ['delivered', 'analysed', false],
    ])
    expect(stages[1]?.arms).toEqual([
      { arm: 'plain', entered: 4990, kept: 4900, rate: 4900 / 4990 },
      { arm: 'image', entered: 4988, kept: 4700, rate: 4700 / 4988 },
    ])
    expect(stages[2]).toMatchObject({ method: 'pearson-chi-square', statistic: null, pValue: 1 })
    // Pearson's chi-square of the second stage, R 4.2: chisq.test(rbind(c(4900, 90), c(4700, 288)), correct = FALSE)
    expect(relativeError(stages[1]?.statistic, 107.88055583328416)).toBeLessThan(1e-12)
  })

  it("takes Fisher's test of the pairs where few are lost", () => {
    const { stages } = attritionTest([
      funnel('a', 100, 100, 99, 99),
      funnel('b', 100, 92, 92, 92),
      funnel('c', 30, 30, 30, 30),
    ])
    expect(stages[0]).toMatchObject({ method: 'pairwise-exact', statistic: null })
    // the pair a and b, R 4.2: fisher.test(rbind(c(100, 0), c(92, 8))), times three
    expect(stages[0]?.pValue).toBeCloseTo(3 * 0.006754675, 6)
  })

  it('leaves out arms of whom nobody is left', () => {
    const { stages } = attritionTest([funnel('a', 10, 0, 0, 0), funnel('b', 10, 10, 9, 9)])
    expect(stages[1]).toMatchObject({ pValue: 1, statistic: null, arms: [{ arm: 'b' }] })
    expect(stages[0]?.differs).toBe(true)
  })

  it.each([
    [[funnel('a', 10, 10, 10, 10)], 0.01, 'arms'],
    [[funnel('a', 10, 10, 10, 10), funnel('b', 0, 0, 0, 0)], 0.01, 'arms[1].assigned'],
    [[funnel('a', 10, 11, 10, 10), funnel('b', 10, 10, 10, 10)], 0.01, 'arms[0].sent'],
    [[funnel('a', 10, 10, 10, 10), funnel('b', 10, 10, 10, 0.5)], 0.01, 'arms[1].analysed'],
    [[funnel('a', 10, 10, 10, 10), funnel('b', 10, 10, 10, 10)], 1, 'alpha'],
  ])('refuses %j at %d with path %s', (arms, alpha, path) => {
    expect(() => attritionTest(arms, { alpha })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})
