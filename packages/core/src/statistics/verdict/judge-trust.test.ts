import { describe, expect, it } from 'vitest'
import { arm, EMOJI, judged, PLAIN } from './judged.fixture.js'
import type { ArmOutcome } from './verdict-input.js'

describe('figures that cannot be trusted', () => {
  const weighed = (name: string, converted: number, assigned: number, more: Partial<ArmOutcome> = {}) => ({
    ...arm(name, converted, assigned),
    weight: 1,
    ...more,
  })

  it.each(['fixed', 'anytime'] as const)(
    'are those of arms with other sizes than were meant (%s)',
    (decision) => {
      const verdict = judged([weighed('plain', 80, 2_000), weighed('emoji', 122, 1_600)], { decision })
      expect(verdict).toMatchObject({ outcome: 'invalid', winner: null })
      expect(verdict.checks[0]).toMatchObject({ check: 'sample-ratio', passed: false })
      expect(verdict.sentence).toMatch(/^The figures cannot be trusted: the sizes of the arms/)
      const meant = [weighed('plain', 80, 2_000, { weight: 5 }), weighed('emoji', 122, 1_600, { weight: 4 })]
      expect(judged(meant, { decision }).checks[0]).toMatchObject({ check: 'sample-ratio', passed: true })
    },
  )

  it('name a variant that drives people away though none won, and ask for no more members of it', () => {
    const verdict = judged([
      { ...arm('plain', 100, 2_000), sent: 2_000, unsubscribed: 2 },
      { ...arm('emoji', 104, 2_000), sent: 2_000, unsubscribed: 90 },
    ])
    expect(verdict).toMatchObject({ outcome: 'no-difference', winner: null, membersNeeded: null })
    expect(verdict.checks.at(-1)).toMatchObject({
      check: 'guardrails',
      passed: false,
      words: 'more unsubscribes with emoji than with plain',
    })
    expect(verdict.reasons).toContain('more unsubscribes with emoji than with plain')
  })

  it.each(['fixed', 'anytime'] as const)(
    'are those of arms that lost members unequally on the way (%s)',
    (decision) => {
      const lost = [
        weighed('plain', 80, 2_000, { sent: 1_990, delivered: 1_900 }),
        weighed('emoji', 122, 2_000, { sent: 1_990, delivered: 1_700 }),
      ]
      const verdict = judged(lost, { decision })
      expect(verdict).toMatchObject({ outcome: 'invalid' })
      expect(verdict.reasons[0]).toContain('from sent to delivered: plain 1900 of 1990, emoji 1700 of 1990')
      const alike = lost.map((each) => ({ ...each, delivered: 1_900 }))
      expect(judged(alike, { alpha: 0.1, decision })).toMatchObject({ outcome: 'winner', winner: 'emoji' })
    },
  )

  it('are not those of a holdout, which is never written to', () => {
    const arms = [
      weighed('plain', 80, 2_000, { sent: 2_000 }),
      weighed('emoji', 122, 2_000, { sent: 1_999 }),
      weighed('holdout', 30, 2_000),
    ]
    expect(judged(arms).winner).toBe('emoji')
  })

  it('are those whose answer hangs on machines', () => {
    const clicks = [arm('plain', 80, 2_000), { ...arm('emoji', 122, 2_000), convertedWithMachines: 300 }]
    expect(judged(clicks, { metric: 'click' })).toMatchObject({ outcome: 'winner', winner: 'emoji' })
    const scanned = [{ ...arm('plain', 80, 2_000), convertedWithMachines: 300 }, arm('emoji', 122, 2_000)]
    const verdict = judged(scanned, { metric: 'click' })
    expect(verdict).toMatchObject({ outcome: 'invalid', winner: null })
    expect(verdict.checks.at(-1)).toMatchObject({ check: 'machines', passed: false })
  })
})

describe('guardrails', () => {
  it.each(['unsubscribed', 'complained', 'bounced'] as const)(
    'keep an arm from winning that has more %s',
    (guardrail) => {
      const harmful = [
        { ...PLAIN, [guardrail]: 5 },
        { ...EMOJI, [guardrail]: 25 },
      ]
      const verdict = judged(harmful)
      expect(verdict).toMatchObject({ outcome: 'no-difference', winner: null })
      expect(verdict.checks.at(-1)).toMatchObject({ check: 'guardrails', passed: false })
      expect(verdict.reasons[0]).toContain('with emoji than with plain')
      const harmless = [
        { ...PLAIN, [guardrail]: 5 },
        { ...EMOJI, [guardrail]: 9 },
      ]
      expect(judged(harmless).winner).toBe('emoji')
    },
  )

  it('do not hinder an arm that has fewer, nor the holdout', () => {
    expect(
      judged([
        { ...PLAIN, unsubscribed: 60 },
        { ...EMOJI, unsubscribed: 5 },
      ]).winner,
    ).toBe('emoji')
    const worse = [{ ...arm('all', 80, 2_000), unsubscribed: 50 }, arm('holdout', 122, 2_000)]
    expect(judged(worse).winner).toBe('holdout')
  })
})

describe('arms with more members than there are people', () => {
  it('are judged all the same, without the belief', () => {
    const verdict = judged([
      arm('a', 2 ** 36, 2 ** 40),
      { ...arm('b', 2 ** 36 + 1e7, 2 ** 40), bounced: 2 ** 30 },
    ])
    expect(verdict.outcome).toBe('no-difference')
    expect(verdict.checks.at(-1)).toMatchObject({ check: 'guardrails', passed: false })
    expect(verdict.arms.map(({ probabilityToBeBest }) => probabilityToBeBest)).toEqual([null, null])
  })
})
