import { describe, expect, it } from 'vitest'
import { arm, EMOJI, judged, PLAIN } from './judged.fixture.js'

describe('an open question', () => {
  it('says how many more members would settle it', () => {
    const verdict = judged([arm('plain', 80, 2_000), arm('emoji', 100, 2_000)])
    // R: power.prop.test(p1 = 0.04, p2 = 0.05, power = 0.8) gives n = 6744.6
    expect(verdict.membersNeeded).toMatchObject({
      membersPerArm: 6_745,
      moreMembersPerArm: 4_745,
      assuming: 'observed-difference',
      power: 0.8,
    })
    expect(verdict.membersNeeded?.difference).toBeCloseTo(0.01, 12)
  })

  it('takes the margin where one is declared, and says nothing where no number would help', () => {
    const alike = [arm('plain', 80, 2_000), arm('emoji', 80, 2_000)]
    expect(judged(alike).membersNeeded).toBeNull()
    expect(judged(alike, { equivalenceMargin: 0.01 }).membersNeeded).toMatchObject({
      membersPerArm: 6_745,
      assuming: 'equivalence-margin',
    })
    expect(judged([PLAIN, EMOJI]).membersNeeded).toBeNull()
  })
})

describe('the members that would settle an open question', () => {
  it('are as many as the verdict asks for at least', () => {
    // power alone would ask for 474: R: power.prop.test(p1 = 0.01, p2 = 0.0367, power = 0.8)
    const seldom = judged([arm('plain', 3, 300), arm('emoji', 11, 300)]).membersNeeded
    expect(seldom).toMatchObject({ membersPerArm: 2_500, moreMembersPerArm: 2_200 })
    const scarce = judged([arm('plain', 10, 20), arm('emoji', 19, 20)], { minConversions: 0 }).membersNeeded
    expect(scarce).toMatchObject({ membersPerArm: 100, moreMembersPerArm: 80 })
  })

  it('are not said of a difference that would take more of them than there are', () => {
    expect(judged([arm('plain', 1e8, 1e9), arm('emoji', 1e8 + 1, 1e9)]).membersNeeded).toBeNull()
    expect(judged([PLAIN, arm('emoji', 81, 2_000)], { equivalenceMargin: 1e-9 }).membersNeeded).toBeNull()
    expect(judged([PLAIN, arm('emoji', 81, 2_000)], { alpha: 0.9 }).membersNeeded).toBeNull()
  })
})

describe('the members that would settle a watched question', () => {
  it('are those of the confidence sequence that decides, not those of one look', () => {
    const open = judged([PLAIN, EMOJI], { decision: 'anytime' })
    expect(open.outcome).toBe('no-difference')
    expect(open.membersNeeded).toMatchObject({ assuming: 'observed-difference', power: 0.5 })
    // 2,150 members with 86 and 131 conversions have an always-valid p-value of 0.046, 2,100 with 84 and 128 one of 0.0504
    expect(open.membersNeeded?.membersPerArm).toBeGreaterThan(2_100)
    expect(open.membersNeeded?.membersPerArm).toBeLessThan(2_250)
  })

  it('take the margin where one is declared, by whichever comes first', () => {
    const alike = judged([arm('plain', 80, 2_000), arm('emoji', 80, 2_000)], {
      decision: 'anytime',
      equivalenceMargin: 0.01,
    })
    expect(alike.membersNeeded).toMatchObject({ assuming: 'equivalence-margin', difference: 0.01 })
    const apart = judged([PLAIN, EMOJI], { decision: 'anytime', equivalenceMargin: 0.01 }).membersNeeded
    expect(apart).toMatchObject({ assuming: 'observed-difference' })
  })

  it('are not said where time alone is missing', () => {
    const clear = [arm('plain', 80, 2_000), arm('emoji', 160, 2_000)]
    for (const decision of ['anytime', 'fixed'] as const) {
      const waiting = judged(clear, { mature: false, equallyMature: false, decision })
      expect(waiting.outcome).toBe('keep-collecting')
      expect(waiting.membersNeeded).toBeNull()
    }
  })

  it('are asked of the holdout too where it is ahead of all variants', () => {
    const arms = [arm('plain', 80, 2_000), arm('emoji', 90, 2_000), arm('holdout', 60, 1_000)]
    const { outcome, membersNeeded } = judged(arms, { decision: 'anytime' })
    expect(outcome).toBe('no-difference')
    const more = membersNeeded?.moreMembersPerArm ?? 0
    expect(more).toBeGreaterThan(0)
    const grown = arms.map(({ arm: name, converted, assigned }) =>
      arm(name, Math.round((converted * (assigned + more)) / assigned), assigned + more),
    )
    expect(judged(grown, { decision: 'anytime' })).toMatchObject({ outcome: 'winner', winner: 'holdout' })
  })

  it('are not said of an arm in which nobody converted or nobody is', () => {
    expect(judged([arm('plain', 0, 2_000), EMOJI], { decision: 'anytime' }).membersNeeded).toBeNull()
    expect(judged([PLAIN, EMOJI, arm('later', 0, 0)], { decision: 'anytime' }).membersNeeded).toBeNull()
  })
})
