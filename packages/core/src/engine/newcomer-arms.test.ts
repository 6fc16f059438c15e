import { describe, expect, it } from 'vitest'
import type { Arm } from '../model/experiment.js'
import type { SliceSize } from '../model/run.js'
import { sampleCampaign, sampleRun, sampleScope } from '../testing/samples.js'
import type { EngineContext } from './context.js'
import { newcomerArms, type RankingState } from './newcomer-arms.js'

const experiment = { variants: [{ name: 'a' }, { name: 'b' }] }
const strata = [{ name: 'loyal', criteria: { type: 'everyone' as const } }]
const plain = sampleCampaign({ content: { experiment } })
const stratified = sampleCampaign({ content: { experiment: { ...experiment, strata } } })

const ranking = (slices: readonly SliceSize['newcomers'][], newcomers = 0): RankingState => ({
  phase: 'ranking',
  slices: slices.map((each, at) => ({ slice: String(at), excluded: 0, kept: 0, newcomers: each })),
  placed: 0,
  newcomers,
})

/** The arms of each slice from a process of its own, which remembers nothing. */
const armsOf = (campaign: typeof plain, at: RankingState) =>
  at.slices.map((_, index) =>
    newcomerArms({} as EngineContext, sampleScope(), campaign, sampleRun(), at, index),
  )
const joined = (slices: readonly ReadonlyMap<string, readonly Arm[]>[], lane: string) =>
  slices.flatMap((arms) => arms.get(lane) ?? [])

describe('The arms of newcomers', () => {
  it('go on from slice to slice in one sequence, behind those of earlier runs', () => {
    expect(joined(armsOf(plain, ranking([{ '': 3 }, {}, { '': 2 }])), '').join('')).toBe('ababa')
    expect(joined(armsOf(plain, ranking([{ '': 1 }, { '': 2 }], 3)), '').join('')).toBe('bab')
  })

  it('go on lane by lane in strata, however a run is cut into slices', () => {
    const [loyal, other] = ['stratum:/loyal', 'stratum:/other'] as const
    const whole = armsOf(stratified, ranking([{ [loyal]: 5, [other]: 3 }]))
    const cut = armsOf(
      stratified,
      ranking([{ [loyal]: 2 }, { [loyal]: 2, [other]: 1 }, { [loyal]: 1, [other]: 2 }]),
    )
    for (const lane of [loyal, other]) expect(joined(cut, lane)).toEqual(joined(whole, lane))
    expect([...joined(whole, loyal), ...joined(whole, other)].filter((arm) => arm === 'a')).toHaveLength(4)
  })
})
