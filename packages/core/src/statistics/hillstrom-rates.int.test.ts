import { describe, expect, it } from 'vitest'
import { compareRatesBayesian } from './bayes/compare-rates-bayesian.js'
import type { Proportion } from './checks.js'
import { adjustedPValues } from './corrections/adjusted.js'
import { RATES, SAMPLE_RATIO } from './hillstrom-rates.fixture.js'
import {
  ARMS,
  CONFIDENCE,
  close,
  closeRange,
  IS_ABSENT,
  PAIRS,
  proportionOf,
  readArms,
} from './hillstrom-shoppers.fixture.js'
import { SPEND } from './hillstrom-spend.fixture.js'
import { compareManyProportions } from './proportions/compare-many.js'
import { compareProportions } from './proportions/compare-proportions.js'
import { fisherExact } from './proportions/fisher.js'
import { proportionLift } from './proportions/lift.js'
import { proportionInterval } from './proportions/proportion-interval.js'
import { anytimeSampleRatio } from './sequential/anytime-sample-ratio.js'
import { compareProportionsAnytime } from './sequential/compare-proportions-anytime.js'
import { combineStrata } from './strata/combine-strata.js'
import { sampleRatioTest } from './validity/sample-ratio.js'
import { judge } from './verdict/judge.js'

const CHANNELS = ['Phone', 'Web', 'Multichannel'] as const

describe.skipIf(IS_ABSENT)('64,000 real customers of a shop', { timeout: 60_000 }, () => {
  const arms = readArms()
  const shoppersOf = (arm: number) => arms[arm] ?? []

  it('were shared out as three equal arms', () => {
    const assigned = ARMS.map((arm, index) => ({ arm, assigned: shoppersOf(index).length, weight: 1 }))
    expect(assigned.map((each) => each.assigned)).toEqual([21_307, 21_387, 21_306])
    const ratio = sampleRatioTest(assigned)
    close(ratio.statistic, SAMPLE_RATIO.statistic)
    close(ratio.pValue, SAMPLE_RATIO.pValue)
    const watched = anytimeSampleRatio(assigned.map((each) => ({ count: each.assigned, weight: 1 })))
    close(watched.logEvidence, SAMPLE_RATIO.logEvidence)
  })

  describe.each(['visit', 'conversion'] as const)('%s', (outcome) => {
    const wanted = RATES[outcome]
    const proportions = ARMS.map((_, arm) => proportionOf(shoppersOf(arm), outcome))
    const pairOf = (pair: number): readonly [Proportion, Proportion] => {
      const [first, second] = PAIRS[pair] ?? PAIRS[0]
      return [proportionOf(shoppersOf(first), outcome), proportionOf(shoppersOf(second), outcome)]
    }

    it('has counts, and intervals by three methods', () => {
      expect(proportions.map(({ successes }) => successes)).toEqual(wanted.counts)
      const methods = {
        wilson: wanted.wilson,
        'clopper-pearson': wanted.clopperPearson,
        jeffreys: wanted.jeffreys,
      }
      for (const [method, ranges] of Object.entries(methods)) {
        ranges.forEach((range, arm) => {
          const proportion = proportions[arm] ?? { successes: 0, trials: 1 }
          closeRange(proportionInterval(proportion, { ...CONFIDENCE, method: method as 'wilson' }), range)
        })
      }
    })

    it.each([0, 1, 2])('differs between the arms of pair %d as the formulas say', (pair) => {
      const [a, b] = pairOf(pair)
      const expected = wanted.pairs[pair]
      if (expected === undefined) throw new Error('there are three pairs')
      const { difference, lift, z, pValue, method } = compareProportions(a, b, CONFIDENCE)
      expect(method).toBe('pooled-z')
      close(z, expected.z)
      close(pValue, expected.pValue)
      close(fisherExact(a, b), expected.fisher)
      close(difference.value, expected.difference)
      closeRange(difference, expected.newcombe)
      close(lift?.value, expected.lift)
      closeRange(lift, expected.katz)
      closeRange(proportionLift(a, b, { ...CONFIDENCE, method: 'delta' }), expected.delta)
      closeRange(proportionLift(a, b, { ...CONFIDENCE, method: 'fieller' }), expected.fieller)
    })

    it.each([0, 1, 2])('differs in pair %d whenever one looks', (pair) => {
      const [a, b] = pairOf(pair)
      const expected = wanted.pairs[pair]
      const look = compareProportionsAnytime(a, b, CONFIDENCE)
      close(look.logEvidence, expected?.logEvidence ?? 0, 1e-11)
      closeRange(look.difference, expected?.anytimeDifference ?? [0, 0], 1e-11)
      closeRange(look.lift, expected?.anytimeLift ?? [0, 0], 1e-11)
    })

    it('differs among all arms, and between each two after every correction', () => {
      const named = ARMS.map((arm, index) => ({
        arm,
        ...(proportions[index] ?? { successes: 0, trials: 1 }),
      }))
      const { overall, pairs } = compareManyProportions(named, CONFIDENCE)
      close(overall.statistic, wanted.chiSquare.statistic)
      close(overall.pValue, wanted.chiSquare.pValue)
      wanted.holm.forEach((pValue, pair) => {
        close(pairs[pair]?.adjustedPValue, pValue)
      })
      const raw = pairs.map(({ pValue }) => pValue)
      for (const correction of [
        'bonferroni',
        'hochberg',
        'benjamini-hochberg',
        'benjamini-yekutieli',
      ] as const) {
        expect(Math.max(...adjustedPValues(raw, correction))).toBeLessThan(0.01)
      }
    })

    it('looks to a Bayesian as to the others', () => {
      compareRatesBayesian(proportions).forEach(({ interval, probabilityToBeBest, expectedLoss }, arm) => {
        expect(Math.abs(probabilityToBeBest - (wanted.best[arm] ?? 0))).toBeLessThan(1e-12)
        expect(Math.abs(expectedLoss - (wanted.loss[arm] ?? 0))).toBeLessThan(1e-12)
        closeRange(interval, wanted.credible[arm] ?? [0, 0], 1e-11)
      })
    })

    it.each(['anytime', 'fixed'] as const)(
      'makes the men’s e-mail win when the decision is %s',
      (decision) => {
        const counted = ARMS.map((arm, index) => ({
          arm,
          assigned: proportions[index]?.trials ?? 0,
          converted: proportions[index]?.successes ?? 0,
          weight: 1,
        }))
        const metric = outcome === 'visit' ? 'click' : 'conversion'
        const verdict = judge({ arms: counted, holdoutArm: 'No E-Mail', mature: true, decision, metric })
        expect([verdict.outcome, verdict.winner]).toEqual(['winner', 'Mens E-Mail'])
        expect(verdict.checks.every(({ passed }) => passed)).toBe(true)
        expect(verdict.leaders?.against).toBe('Womens E-Mail')
        close(verdict.leaders?.z, wanted.pairs[0]?.z ?? 0)
        // each e-mail against none is a family of its own
        const [, second, third] = wanted.pairs
        const [, withNone, otherWithNone] = verdict.comparisons
        close(withNone?.adjustedPValue, 2 * (second?.pValue ?? 0))
        close(otherWithNone?.adjustedPValue, third?.pValue ?? 0)
        expect(verdict.membersNeeded).toBeNull()
      },
    )

    it('lets the women’s e-mail win against none when it is the only one', () => {
      const [, second, third] = proportions.map(({ successes, trials }, index) => ({
        arm: ARMS[index] ?? '',
        assigned: trials,
        converted: successes,
      }))
      if (second === undefined || third === undefined) throw new Error('there are three arms')
      const verdict = judge({ arms: [second, third], holdoutArm: 'No E-Mail', mature: true })
      expect(verdict.sentence.startsWith('The campaign worked: ')).toBe(true)
    })
  })

  it.each([0, 1, 2])('visit alike within channels as over all of them, in pair %d', (pair) => {
    const [first, second] = PAIRS[pair] ?? PAIRS[0]
    const strata = CHANNELS.map((channel) => ({
      a: proportionOf(shoppersOf(first), 'visit', channel),
      b: proportionOf(shoppersOf(second), 'visit', channel),
    }))
    const wanted = SPEND[pair]?.visitsWithinChannels
    const { chiSquare, pValue, difference } = combineStrata(strata, CONFIDENCE)
    close(chiSquare, wanted?.chiSquare ?? 0)
    close(pValue, wanted?.pValue ?? 0)
    close(difference.value, wanted?.difference ?? 0)
    closeRange(difference, wanted?.interval ?? [0, 0])
  })
})
