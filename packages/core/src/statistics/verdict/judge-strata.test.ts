import { describe, expect, it } from 'vitest'
import { compareStrataAnytime } from '../sequential/compare-strata-anytime.js'
import { breslowDayTest } from '../strata/breslow-day.js'
import { compareStrata } from '../strata/compare-strata.js'
import { type StratumRow, strataOf } from '../strata/strata.fixture.js'
import { arm, judged } from './judged.fixture.js'
import type { ArmOutcome, StratumCounts, VerdictInput } from './verdict-input.js'

/** Strata of two arms, each row converted and assigned of `plain`, then of `emoji`. */
function strataIn(rows: readonly StratumRow[]): readonly StratumCounts[] {
  return rows.map(([converted, assigned, other, others], index) => ({
    name: `wave ${index + 1}`,
    arms: [
      { arm: 'plain', assigned, converted },
      { arm: 'emoji', assigned: others, converted: other },
    ],
  }))
}

function armsIn(rows: readonly StratumRow[]): readonly ArmOutcome[] {
  const sum = (at: 0 | 1 | 2 | 3) => rows.reduce((total, row) => total + row[at], 0)
  return [arm('plain', sum(0), sum(1)), arm('emoji', sum(2), sum(3))]
}

const within = (rows: readonly StratumRow[], more: Partial<VerdictInput> = {}) =>
  judged(armsIn(rows), { strata: strataIn(rows), ...more })

/** The same rates in every wave. */
const WAVES: readonly StratumRow[] = [
  [40, 1_000, 61, 1_000],
  [20, 500, 31, 500],
  [20, 500, 30, 500],
]
/** `emoji` is ahead as a whole, for it was given to the wave that buys more; within the waves `plain` is. */
const SIMPSON: readonly StratumRow[] = [
  [48, 200, 360, 1_800],
  [54, 1_800, 4, 200],
]
/** `emoji` gains in the one what it loses in the other, and more. */
const CROSSED: readonly StratumRow[] = [
  [100, 2_000, 200, 2_000],
  [100, 2_000, 70, 2_000],
]

describe('a verdict within strata', () => {
  it('compares by Cochran, Mantel and Haenszel, and at any look by the split of the successes of each', () => {
    const { comparisons, leaders, winner } = within(WAVES)
    const once = compareStrata(strataOf(WAVES), { confidence: 0.95 })
    const watched = compareStrataAnytime(strataOf(WAVES), { confidence: 0.95 })
    expect(winner).toBe('emoji')
    expect(comparisons[0]).toMatchObject({
      arm: 'plain',
      against: 'emoji',
      method: 'mantel-haenszel',
      difference: once.difference,
      lift: once.lift,
      z: once.z,
      pValue: once.pValue,
      anytime: {
        method: 'stratified-success-split',
        difference: watched.difference,
        lift: watched.lift,
        pValue: watched.pValue,
        logEvidence: watched.logEvidence,
      },
    })
    expect(leaders?.z).toBe(-(once.z ?? 0))
    expect(leaders?.adjustedPValue).toBe(once.pValue)
  })

  it('compares by the exact test where counts are small', () => {
    const rows: readonly StratumRow[] = [
      [0, 60, 6, 60],
      [0, 50, 3, 50],
    ]
    const verdict = within(rows, { minConversions: 0 })
    expect(verdict.comparisons[0]).toMatchObject({
      method: 'stratified-exact',
      pValue: compareStrata(strataOf(rows), { confidence: 0.95 }).pValue,
    })
    expect(verdict.winner).toBe('emoji')
  })

  it('shows the leaders wave by wave, and whether they differ alike', () => {
    const { strata, leaders, checks } = within(WAVES)
    const { statistic, df, pValue } = breslowDayTest(strataOf(WAVES))
    expect(strata).toMatchObject({
      arm: 'emoji',
      against: 'plain',
      difference: leaders?.difference,
      heterogeneity: { statistic: expect.closeTo(statistic ?? -1, 10), degrees: df },
    })
    expect(strata?.strata[0]).toMatchObject({
      name: 'wave 1',
      rate: { numerator: 61, denominator: 1_000 },
      againstRate: { numerator: 40, denominator: 1_000 },
    })
    expect(strata?.strata[0]?.difference?.value).toBeCloseTo(0.021, 14)
    expect(strata?.strata).toHaveLength(3)
    const check = checks.find((each) => each.check === 'strata')
    expect(check).toMatchObject({
      passed: true,
      words: 'each part of the audience compared for itself says the same',
    })
    expect(check?.pValue).toBeCloseTo(pValue, 10)
  })

  it('says in its sentence what it says without them, where that is the same', () => {
    expect(within(WAVES).sentence).toBe(
      '“emoji” won: 6.1% of 2,000 converted against 4.0% of 2,000 with “plain”, 0.7 to 3.5 points more (95% interval).',
    )
  })

  it('names the winner that shares hide, and says that it was compared for itself', () => {
    // as a whole 5.1 % against 5.2 %
    const rows: readonly StratumRow[] = [
      [45, 300, 142, 1_700],
      [60, 1_700, 8, 600],
    ]
    const verdict = within(rows)
    expect(judged(armsIn(rows)).outcome).toBe('no-difference')
    expect(verdict).toMatchObject({ outcome: 'winner', winner: 'plain' })
    expect(verdict.sentence).toMatch(
      /more \(95% interval\), each of 2 parts of the audience compared for itself\.$/,
    )
    expect(within(rows, { alpha: 1e-9 }).sentence).toMatch(
      /interval\), each of 2 parts of the audience compared for itself\.$/,
    )
  })

  it.each(['fixed', 'anytime'] as const)(
    'has no winner where the arms differ the other way round as a whole (%s)',
    (decision) => {
      const verdict = within(SIMPSON, { decision })
      expect(judged(armsIn(SIMPSON), { decision }).winner).toBe('emoji')
      expect(verdict).toMatchObject({ outcome: 'no-difference', winner: null })
      const words =
        'emoji is ahead of plain as a whole and behind it where each part of the audience is compared for itself'
      expect(verdict.checks.find(({ check }) => check === 'strata')).toMatchObject({ passed: false, words })
      expect(verdict.reasons).toEqual([words])
      expect(verdict.sentence).toContain(words)
      expect(within(SIMPSON, { decision: 'anytime', mature: false }).outcome).toBe('keep-collecting')
    },
  )

  it('has no winner either where the arm that is behind as a whole wins within the strata', () => {
    const rows = SIMPSON.map(([c, n, d, m]): StratumRow => [4 * c, 4 * n, 4 * d, 4 * m])
    const verdict = within(rows)
    expect(verdict.comparisons[0]?.adjustedPValue).toBeLessThan(0.05)
    expect(verdict.comparisons[0]?.difference.value).toBeGreaterThan(0)
    expect(verdict).toMatchObject({ outcome: 'no-difference', winner: null })
  })

  it('lets a winner stand that is not the best in every wave, and says so', () => {
    const verdict = within(CROSSED)
    expect(verdict).toMatchObject({ outcome: 'winner', winner: 'emoji' })
    expect(verdict.strata?.heterogeneity?.pValue).toBeLessThan(0.001)
    expect(verdict.checks.find(({ check }) => check === 'strata')).toMatchObject({
      passed: true,
      words: 'emoji and plain do not differ alike in every part of the audience',
    })
    expect(verdict.sentence).toMatch(
      /, each of 2 parts of the audience compared for itself; they differ: what is best for all need not be best for each\.$/,
    )
  })

  it('does not ask whether small waves differ alike', () => {
    const small = Array.from({ length: 20 }, (): StratumRow => [2, 30, 5, 30])
    const { strata, checks, winner } = within(small)
    expect(winner).toBe('emoji')
    expect(strata?.heterogeneity).toBeNull()
    expect(checks.find(({ check }) => check === 'strata')).toMatchObject({ passed: true, pValue: null })
  })

  it('tells nothing apart that no stratum brings together', () => {
    const apart: readonly StratumRow[] = [
      [200, 2_000, 0, 0],
      [0, 0, 40, 2_000],
    ]
    for (const decision of ['fixed', 'anytime'] as const) {
      const verdict = within(apart, { decision, equivalenceMargin: 0.5 })
      expect(verdict).toMatchObject({ outcome: 'no-difference', winner: null })
      expect(verdict.comparisons[0]).toMatchObject({
        pValue: 1,
        lift: null,
        z: null,
        difference: { value: expect.closeTo(0.08, 12), low: -1, high: 1 },
        anytime: { pValue: 1, lift: null, logEvidence: 0, difference: { low: -1, high: 1 } },
      })
      expect(verdict.strata).toMatchObject({ heterogeneity: null })
      expect(verdict.strata?.strata.map(({ difference }) => difference)).toEqual([null, null])
    }
  })

  it('compares within the waves that both arms are in', () => {
    const rows: readonly StratumRow[] = [
      [40, 1_000, 61, 1_000],
      [300, 1_000, 0, 0],
    ]
    expect(within(rows).comparisons[0]?.difference.value).toBeCloseTo(-0.021, 14)
  })

  it('within one stratum looks once as without any', () => {
    const rows: readonly StratumRow[] = [[80, 2_000, 122, 2_000]]
    const verdict = within(rows)
    expect(verdict.strata).toBeNull()
    expect(verdict.checks.some(({ check }) => check === 'strata')).toBe(false)
    const { anytime, ...once } = verdict.comparisons[0] ?? {}
    expect(judged(armsIn(rows)).comparisons[0]).toMatchObject(once)
    expect(anytime?.method).toBe('stratified-success-split')
  })

  it('asks for equivalence within strata as well', () => {
    const rows: readonly StratumRow[] = [
      [2_000, 10_000, 1_800, 9_000],
      [200, 10_000, 222, 11_000],
    ]
    expect(judged(armsIn(rows), { equivalenceMargin: 0.01 }).outcome).toBe('winner')
    expect(within(rows, { equivalenceMargin: 0.01 }).outcome).toBe('equivalent')
    expect(within(rows, { equivalenceMargin: 0.001 }).outcome).toBe('no-difference')
  })

  it('asks of the arms as a whole whether machines change the answer', () => {
    const clicked = (machines: number) =>
      armsIn(WAVES).map((each) => ({
        ...each,
        convertedWithMachines: each.converted + (each.arm === 'plain' ? machines : 0),
      }))
    const strata = strataIn(WAVES)
    expect(judged(clicked(2), { strata }).outcome).toBe('winner')
    expect(judged(clicked(40), { strata }).outcome).toBe('invalid')
  })

  it('corrects among many arms, and stands against the holdout in the same strata', () => {
    const counts = (converted: readonly number[]) =>
      ['a', 'b', 'c', 'holdout'].map((name, index) => ({
        arm: name,
        assigned: 1_000,
        converted: converted[index] ?? 0,
      }))
    const strata = [
      { name: 'north', arms: counts([40, 45, 90, 30]) },
      { name: 'south', arms: counts([140, 150, 210, 110]) },
    ]
    const arms = counts([180, 195, 300, 140]).map((each) => ({ ...each, assigned: 2_000 }))
    const verdict = judged(arms, { strata })
    expect(verdict.winner).toBe('c')
    expect(verdict.comparisons).toHaveLength(6)
    expect(new Set(verdict.comparisons.map(({ method }) => method))).toEqual(new Set(['mantel-haenszel']))
    expect(verdict.strata).toMatchObject({ arm: 'c', against: 'b' })
  })

  it('is the same to the byte in whatever order strata and their arms stand, empty arms given or left out', () => {
    const strata = strataIn([...WAVES, [0, 0, 0, 0]])
    const turned = [...strata].reverse().map(({ name, arms }) => ({
      name,
      arms: [...arms].reverse().filter(({ assigned }) => assigned > 0),
    }))
    const [one, other] = [strata, turned].map((each) => judged(armsIn(WAVES), { strata: each }))
    expect(JSON.stringify(other)).toBe(JSON.stringify(one))
    expect(one?.dataDigest).not.toBe(judged(armsIn(WAVES)).dataDigest)
    expect(judged(armsIn(WAVES), { strata: [] })).toEqual(judged(armsIn(WAVES)))
  })
})

describe('strata of a verdict', () => {
  const [first, second, third] = strataIn(WAVES)
  const counts = (more: object) => ({ arm: 'plain', assigned: 1, converted: 1, ...more })
  const one = (more: object) => [{ name: 'a', arms: [counts(more)] }]
  it.each([
    ['no list', 7, 'strata'],
    ['no name', [{ ...first, name: '' }], 'strata[0].name'],
    ['a name that is none', [{ ...first, name: 7 }], 'strata[0].name'],
    ['a name that is given twice', [first, first], 'strata[1].name'],
    ['no arms', [first, { name: 'b' }], 'strata[1].arms'],
    ['an arm that there is not', one({ arm: 'image' }), 'strata[0].arms[0].arm'],
    ['an arm that is given twice', [{ name: 'a', arms: [counts({}), counts({})] }], 'strata[0].arms[1].arm'],
    ['a share of a member', one({ assigned: 1.5 }), 'strata[0].arms[0].assigned'],
    ['fewer than no conversions', one({ converted: -1 }), 'strata[0].arms[0].converted'],
    ['more conversions than members', one({ converted: 2 }), 'strata[0].arms[0].converted'],
    ['members that are in none', [first, second], 'strata'],
    [
      'conversions that are in none',
      [first, second, { name: 'c', arms: third?.arms.map((each) => ({ ...each, converted: 1 })) }],
      'strata',
    ],
  ])('are refused for %s', (_, strata, path) => {
    expect(() => judged(armsIn(WAVES), { strata: strata as never })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})
