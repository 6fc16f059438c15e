import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arm, EMOJI, judged, PLAIN } from './judged.fixture.js'
import type { ArmOutcome, VerdictInput } from './verdict-input.js'

describe('two variants', () => {
  it('have a winner when one is significantly better', () => {
    const verdict = judged([PLAIN, EMOJI])
    expect(verdict).toMatchObject({ outcome: 'winner', winner: 'emoji', confidence: 0.95 })
    expect(verdict.reasons).toEqual(['emoji beats plain at alpha 0.05'])
    expect(verdict.sentence).toBe(
      '“emoji” won: 6.1% of 2,000 converted against 4.0% of 2,000 with “plain”, 0.7 to 3.5 points more (95% interval).',
    )
    expect(verdict.arms[1]).toMatchObject({
      arm: 'emoji',
      rate: { numerator: 122, denominator: 2_000, value: 0.061 },
    })
    expect(verdict.comparisons).toHaveLength(1)
    expect(verdict.comparisons[0]).toMatchObject({ arm: 'plain', against: 'emoji', method: 'pooled-z' })
    expect(verdict.comparisons[0]?.adjustedPValue).toBe(verdict.comparisons[0]?.pValue)
  })

  it('have none when they are too close, and then the sentence says what can be ruled out', () => {
    const verdict = judged([PLAIN, arm('emoji', 84, 2_000)])
    expect(verdict).toMatchObject({ outcome: 'no-difference', winner: null })
    expect(verdict.sentence).toBe(
      'No winner: 4.2% of 2,000 with “emoji” converted against 4.0% of 2,000 with “plain”; ' +
        'the data rules out differences larger than 1.4 points (95% interval).',
    )
  })

  it.each([
    ['too small', [PLAIN, arm('emoji', 40, 99)], 'emoji has 99 of the 100 members that it needs'],
    [
      'too seldom converted',
      [arm('plain', 24, 500), arm('emoji', 80, 500)],
      'plain has 24 of the 25 conversions that it needs',
    ],
  ])(
    'have no winner while one is %s: watched, they collect on; in the end, that is the result',
    (_why, arms, reason) => {
      const early = judged(arms, { mature: false, decision: 'anytime' })
      expect(early).toMatchObject({ outcome: 'keep-collecting', winner: null, reasons: [reason] })
      expect(early.sentence).toBe(`Too early to tell: ${reason}.`)
      const late = judged(arms)
      expect(late).toMatchObject({ outcome: 'no-difference', winner: null, reasons: [reason] })
      expect(late.sentence).toContain(`No winner: ${reason}; `)
      expect(late.checks.find(({ check }) => check === 'minimum')?.passed).toBe(false)
    },
  )

  it('are looked at once by a fixed decision, when no more can come in', () => {
    const early = judged([PLAIN, EMOJI], { mature: false })
    expect(early).toMatchObject({
      outcome: 'keep-collecting',
      winner: null,
      reasons: ['conversions can still come in'],
    })
    expect(early.sentence).toBe('Too early to tell: conversions can still come in.')
  })

  it('name every reason, and an empty arm is in no comparison', () => {
    const verdict = judged([arm('plain', 0, 0), arm('emoji', 1, 3)], { mature: false })
    expect(verdict.reasons).toEqual([
      'conversions can still come in',
      'plain has 0 of the 100 members that it needs; plain has 0 of the 25 conversions that it needs; ' +
        'emoji has 3 of the 100 members that it needs; emoji has 1 of the 25 conversions that it needs',
    ])
    expect(verdict).toMatchObject({ comparisons: [], leaders: null })
    expect(verdict.arms[0]).toMatchObject({ interval: null, rate: { value: null } })
  })

  it('may have a winner on few members when the host says so', () => {
    const arms = [arm('plain', 0, 12), arm('emoji', 9, 12)]
    expect(judged(arms).winner).toBeNull()
    expect(judged(arms, { minRecipients: 10, minConversions: 0 })).toMatchObject({ winner: 'emoji' })
  })

  it('speak of what the metric counts', () => {
    expect(judged([PLAIN, EMOJI], { metric: 'redemption' }).sentence).toContain(
      '2,000 redeemed the coupon against',
    )
    expect(judged([PLAIN, EMOJI], { metric: 'click' }).sentence).toContain('2,000 clicked against')
  })
})

describe('many variants', () => {
  it('have a winner only when it beats every other after the correction', () => {
    const one = judged([PLAIN, arm('close', 90, 2_000), arm('great', 160, 2_000)])
    expect(one).toMatchObject({ outcome: 'winner', winner: 'great' })
    expect(one.sentence).toContain('with “close”')
    const two = judged([PLAIN, arm('good', 150, 2_000), arm('great', 160, 2_000)])
    expect(two).toMatchObject({ outcome: 'no-difference', winner: null })
    expect(two.sentence).toContain(
      'No winner: 8.0% of 2,000 with “great” converted against 7.5% of 2,000 with “good”',
    )
  })

  it('pay for their number: what two alone would decide, ten may not', () => {
    const pair = [arm('a', 80, 2_000), arm('b', 108, 2_000)]
    expect(judged(pair).winner).toBe('b')
    const crowd = Array.from({ length: 8 }, (_, index) => arm(`c${index}`, 80, 2_000))
    const verdict = judged([...pair, ...crowd])
    expect(verdict.winner).toBeNull()
    expect(verdict.comparisons).toHaveLength(45)
    expect(Number(verdict.comparisons[0]?.adjustedPValue)).toBeGreaterThan(
      Number(verdict.comparisons[0]?.pValue),
    )
  })
})

describe('a holdout', () => {
  it('stands against every variant in a family of its own', () => {
    const verdict = judged([PLAIN, EMOJI, arm('holdout', 10, 500)])
    expect(verdict.comparisons.map((each) => [each.arm, each.against])).toEqual([
      ['plain', 'emoji'],
      ['plain', 'holdout'],
      ['emoji', 'holdout'],
    ])
    expect(verdict.winner).toBe('emoji')
    expect(verdict.comparisons[0]?.adjustedPValue).toBe(verdict.comparisons[0]?.pValue)
  })

  it('is named among those that the winner beats, whatever the other variants do against it', () => {
    const verdict = judged([PLAIN, arm('mild', 70, 2_000), arm('great', 160, 2_000), arm('holdout', 16, 500)])
    expect(verdict.reasons).toEqual(['great beats plain, mild, and the holdout at alpha 0.05'])
    const others = verdict.comparisons.filter(({ arm: name }) => name !== 'great')
    expect(others.some(({ against, adjustedPValue }) => against === 'holdout' && adjustedPValue > 0.05)).toBe(
      true,
    )
  })

  it('too small for itself does not keep the variants from their verdict, which says what is open', () => {
    const verdict = judged([PLAIN, EMOJI, arm('holdout', 0, 20)])
    expect(verdict.winner).toBe('emoji')
    expect(verdict.reasons).toEqual([
      'emoji beats plain at alpha 0.05, but whether it beats the holdout is open',
    ])
    expect(judged([PLAIN, EMOJI, arm('holdout', 0, 0)]).reasons).toEqual(['emoji beats plain at alpha 0.05'])
  })

  it('is the question when there is one variant', () => {
    const worked = judged([arm('all', 122, 2_000), arm('holdout', 80, 2_000)])
    expect(worked).toMatchObject({ outcome: 'winner', winner: 'all' })
    expect(worked.sentence).toBe(
      'The campaign worked: 6.1% of 2,000 with “all” converted against 4.0% of 2,000 who got nothing, ' +
        '0.7 to 3.5 points more (95% interval).',
    )
    const idle = judged([arm('all', 84, 2_000), arm('holdout', 88, 2_000)])
    expect(idle).toMatchObject({ outcome: 'no-difference', winner: null })
    expect(idle.sentence).toContain(
      'No winner: 4.4% of 2,000 who got nothing converted against 4.2% of 2,000 with “all”',
    )
    expect(judged([arm('all', 84, 2_000), arm('holdout', 8, 20)]).reasons).toEqual([
      'the holdout has 20 of the 100 members that it needs; the holdout has 8 of the 25 conversions that it needs',
    ])
  })

  it('wins when sending did harm', () => {
    const verdict = judged([arm('all', 80, 2_000), arm('holdout', 122, 2_000)])
    expect(verdict).toMatchObject({ outcome: 'winner', winner: 'holdout' })
    expect(verdict.sentence).toMatch(
      /^Sending did harm: 6\.1% of 2,000 who got nothing converted against 4\.0% of 2,000/,
    )
    const both = judged([arm('a', 80, 2_000), arm('b', 82, 2_000), arm('holdout', 140, 2_000)])
    expect(both).toMatchObject({ outcome: 'winner', winner: 'holdout' })
    expect(both.sentence).toContain('with “b”')
    expect(both.reasons).toEqual(['the holdout beats a and b at alpha 0.05'])
  })

  it('does not win itself with fewer members or conversions than an arm needs', () => {
    const few = [PLAIN, EMOJI, arm('holdout', 30, 60)]
    const verdict = judged(few)
    expect(verdict.comparisons.filter(({ adjustedPValue }) => adjustedPValue < 0.05)).toHaveLength(3)
    expect(verdict).toMatchObject({
      outcome: 'no-difference',
      winner: null,
      reasons: ['the holdout has 60 of the 100 members that it needs'],
    })
    expect(verdict.checks.filter(({ check }) => check === 'minimum')).toMatchObject([{ passed: false }])
    expect(judged(few, { mature: false, decision: 'anytime' }).outcome).toBe('keep-collecting')
    expect(judged([PLAIN, EMOJI, arm('holdout', 60, 120)]).winner).toBe('holdout')
  })

  it('keeps a variant from winning that does worse than silence', () => {
    const verdict = judged([arm('few', 10, 100), arm('a', 110, 2_000), arm('holdout', 170, 2_000)])
    expect(verdict.winner).toBeNull()
    const beaten = judged([arm('a', 400, 10_000), arm('b', 0, 100), arm('holdout', 600, 10_000)])
    expect(beaten.winner).not.toBe('a')
  })
})

describe('a decision at any time', () => {
  const watched = (arms: readonly ArmOutcome[], more: Partial<VerdictInput> = {}) =>
    judged(arms, { decision: 'anytime', mature: false, ...more })

  it('names a winner before the end as soon as the always-valid p-value does', () => {
    const verdict = watched([PLAIN, arm('emoji', 160, 2_000)])
    expect(verdict).toMatchObject({ outcome: 'winner', winner: 'emoji', method: { decision: 'anytime' } })
    expect(verdict.leaders?.anytime.adjustedPValue).toBeLessThan(0.05)
    expect(verdict.leaders?.anytime.difference.low).toBeGreaterThan(0)
  })

  it('asks for more than a test that looks once, and shows what that one would say', () => {
    const verdict = watched([PLAIN, arm('emoji', 110, 2_000)])
    expect(verdict.leaders?.pValue).toBeLessThan(0.05)
    expect(verdict).toMatchObject({ outcome: 'keep-collecting', winner: null })
    expect(watched([PLAIN, arm('emoji', 110, 2_000)], { mature: true }).outcome).toBe('no-difference')
  })

  it('shows counts of members who have not all had their time, and decides nothing by them', () => {
    const verdict = watched([PLAIN, arm('emoji', 160, 2_000)], { equallyMature: false })
    expect(verdict).toMatchObject({
      outcome: 'keep-collecting',
      winner: null,
      reasons: ['conversions can still come in'],
    })
    expect(verdict.leaders?.anytime.adjustedPValue).toBeLessThan(0.05)
  })

  it('never ends with more to collect once all is in', () => {
    const rates = fc.integer({ min: 0, max: 2_000 })
    fc.assert(
      fc.property(rates, rates, fc.constantFrom('anytime' as const, 'fixed' as const), (a, b, decision) => {
        const { outcome } = judged([arm('plain', a, 2_000), arm('emoji', b, 2_000)], { decision })
        expect(outcome).not.toBe('keep-collecting')
      }),
      { seed: 9, numRuns: 100 },
    )
  })
})

describe('a margin', () => {
  const near = [arm('plain', 800, 20_000), arm('emoji', 810, 20_000)]

  it('makes arms equivalent that differ by less', () => {
    const verdict = judged(near, { equivalenceMargin: 0.005 })
    expect(verdict).toMatchObject({ outcome: 'equivalent', winner: null, membersNeeded: null })
    expect(verdict.sentence).toMatch(
      /^It makes no difference: .*; they differ by less than the 0\.5 points that were declared to matter\.$/,
    )
    expect(judged(near).outcome).toBe('no-difference')
  })

  it('is asked for by two one-sided tests, an interval at 1 - 2 alpha', () => {
    const { difference } = judged(near, { alpha: 0.1 }).leaders ?? {}
    const margin = Number(difference?.high)
    expect(judged(near, { equivalenceMargin: margin * 1.0001 }).outcome).toBe('equivalent')
    expect(judged(near, { equivalenceMargin: margin * 0.9999 }).outcome).toBe('no-difference')
  })

  it('has to hold for every pair, and for the confidence sequence when the verdict is watched', () => {
    const three = [...near, arm('caps', 1_000, 20_000)]
    expect(judged(three, { equivalenceMargin: 0.005 }).outcome).not.toBe('equivalent')
    const watched = { decision: 'anytime' as const, mature: false }
    expect(judged(near, { ...watched, equivalenceMargin: 0.02 }).outcome).toBe('equivalent')
    expect(judged(near, { ...watched, equivalenceMargin: 0.004 }).outcome).toBe('keep-collecting')
  })

  it('goes before a winner: a difference within it was declared to be none', () => {
    const huge = [arm('plain', 40_000, 1_000_000), arm('emoji', 41_000, 1_000_000)]
    expect(judged(huge).outcome).toBe('winner')
    expect(judged(huge, { equivalenceMargin: 0.005 }).outcome).toBe('equivalent')
  })
})

describe('a campaign without a comparison', () => {
  it('is not an experiment, and its sentence says what that means', () => {
    const verdict = judged([arm('all', 80, 2_000)])
    expect(verdict).toMatchObject({ outcome: 'not-an-experiment', winner: null, comparisons: [] })
    expect(verdict.sentence).toBe(
      'No experiment: 4.0% of 2,000 converted; without a second variant or a holdout nobody can say what the campaign changed.',
    )
    expect(judged([]).outcome).toBe('not-an-experiment')
    expect(judged([arm('all', 0, 0)]).sentence).toContain('0% of 0')
  })
})

describe('any verdict', () => {
  const arms = fc
    .uniqueArray(
      fc.record({
        arm: fc.constantFrom('a', 'b', 'c', 'holdout'),
        assigned: fc.nat(3_000),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { selector: ({ arm: name }) => name, maxLength: 4 },
    )
    .map((all) =>
      all.map(({ arm: name, assigned, share }) => arm(name, Math.floor(assigned * share), assigned)),
    )

  it('is the same again, whatever the order, and its winner has the highest rate', () => {
    fc.assert(
      fc.property(arms, fc.boolean(), (given, mature) => {
        const verdict = judged(given, { mature })
        expect(judged(given, { mature })).toEqual(verdict)
        expect(judged([...given].reverse(), { mature })).toMatchObject({
          outcome: verdict.outcome,
          winner: verdict.winner,
        })
        expect(verdict.sentence).toMatch(/^[^\n]+\.$/)
        expect(verdict.sentence).not.toMatch(/NaN|undefined|Infinity/)
        const winner = verdict.arms.find(({ arm: name }) => name === verdict.winner)
        const rivals = verdict.arms.filter(({ arm: name }) => name !== 'holdout' || winner?.arm === 'holdout')
        for (const { rate } of winner === undefined ? [] : rivals) {
          expect(Number(winner?.rate.value)).toBeGreaterThanOrEqual(Number(rate.value))
        }
      }),
      { seed: 5, numRuns: 300 },
    )
  })
})

describe('the order of the arms', () => {
  it('says how they are listed and what is subtracted, and nothing else', () => {
    const arms = [arm('b', 100, 2_000), arm('a', 100, 2_000), arm('c', 90, 2_000)]
    const [one, other] = [judged(arms), judged([...arms].reverse())]
    expect(one.arms.map((each) => each.arm)).toEqual(['b', 'a', 'c'])
    expect(other.comparisons[0]).toMatchObject({ arm: 'c', against: 'a' })
    expect(one.leaders).toMatchObject({ arm: 'a', against: 'b' })
    expect(other.leaders).toMatchObject({ arm: 'a', against: 'b' })
    expect([other.sentence, other.dataDigest]).toEqual([one.sentence, one.dataDigest])
  })
})
