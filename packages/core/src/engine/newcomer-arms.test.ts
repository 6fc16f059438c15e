import { describe, expect, it } from 'vitest'
import { sampleCampaign, sampleMember, sampleRun, sampleScope } from '../testing/samples.js'
import type { EngineContext } from './context.js'
import { newcomerArms, type RankingState } from './newcomer-arms.js'

const campaign = sampleCampaign({ content: { experiment: { variants: [{ name: 'a' }, { name: 'b' }] } } })
const begun = (strata: NonNullable<RankingState['strata']>): RankingState => ({
  phase: 'ranking',
  after: null,
  nextRank: 0,
  newcomers: 0,
  strata,
})
/** A process of its own, which remembers nothing. */
const armsFrom = (at: RankingState) =>
  newcomerArms({} as EngineContext, sampleScope(), campaign, sampleRun(), at)
const memberOf = (...segments: readonly string[]) => sampleMember({ segments })

describe('The arms of newcomers in strata', () => {
  it('go on where another process stopped', () => {
    const arms = armsFrom(
      begun({ 'stratum:/loyal': { size: 5, given: 0 }, 'stratum:/other': { size: 3, given: 0 } }),
    )
    const members = ['loyal', 'other', 'loyal', 'loyal', 'other', 'loyal', 'other', 'loyal'].map((name) =>
      memberOf('VIP', `stratum:/${name}`),
    )
    const whole = members.map((member) => arms.next(member))
    for (const split of members.keys()) {
      const first = armsFrom(
        begun({ 'stratum:/loyal': { size: 5, given: 0 }, 'stratum:/other': { size: 3, given: 0 } }),
      )
      const before = members.slice(0, split).map((member) => first.next(member))
      const second = armsFrom({ ...begun({}), ...first.given() })
      expect([...before, ...members.slice(split).map((member) => second.next(member))]).toEqual(whole)
      expect(second.given()).toEqual(arms.given())
    }
    expect(arms.given()).toEqual({
      newcomers: 8,
      strata: { 'stratum:/loyal': { size: 5, given: 5 }, 'stratum:/other': { size: 3, given: 3 } },
    })
  })

  it('go in turn for somebody who came after the count, in any process', () => {
    const arms = armsFrom(begun({ 'stratum:/loyal': { size: 1, given: 0 } }))
    expect(['late', 'late', 'late'].map((name) => arms.next(memberOf(`stratum:/${name}`)))).toEqual([
      'a',
      'b',
      'a',
    ])
    expect(arms.next(memberOf())).toBe('a')
    const resumed = armsFrom({ ...begun({}), ...arms.given() })
    expect([resumed.next(memberOf('stratum:/late')), resumed.next(memberOf())]).toEqual(['b', 'b'])
  })
})
