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
