import { describe, expect, it } from 'vitest'
import type { Counter } from '../model/metrics.js'
import type { ArmCount } from '../ports/storage/audience-store.js'
import { experimentArms } from '../reporting/experiment-arms.js'
import { sampleCampaign, sampleRun } from '../testing/samples.js'
import { strataOf } from './strata-counts.js'

const LOYAL = 'stratum:/loyal'
const OTHER = 'stratum:/other'
const { id: runId, campaignId } = sampleRun()
const campaign = sampleCampaign({
  content: { experiment: { variants: [{ name: 'plain' }, { name: 'emoji' }], holdout: 0.1, remainder: 0.2 } },
})

const counted = (arm: string, segment: string | null, count: number): ArmCount => ({ arm, segment, count })
const conversions = (arm: string, segment: string | null, members: number, currency = 'EUR'): Counter => ({
  campaignId,
  runId,
  arm,
  channel: null,
  segment,
  type: 'conversion',
  currency,
  total: members,
  members,
  humanMembers: members,
  machine: 0,
  amountMinor: 0,
  amountSquares: 0,
  costMicros: 0,
})

/** Cells of an arm in both strata and over all, and in a segment that people named. */
const armIn = (arm: string, loyal: number, other: number) => [
  counted(arm, null, loyal + other),
  counted(arm, LOYAL, loyal),
  counted(arm, OTHER, other),
  counted(arm, 'VIP', loyal),
]
const convertedIn = (arm: string, loyal: number, other: number) => [
  conversions(arm, null, loyal + other),
  conversions(arm, LOYAL, loyal),
  conversions(arm, OTHER, other),
  conversions(arm, 'VIP', loyal),
]

function found(armCounts: readonly ArmCount[], counters: readonly Counter[] = []) {
  return strataOf(campaign, { armCounts, counters }, experimentArms(campaign, armCounts, counters))
}

const ARMS = [
  ...armIn('plain', 10, 30),
  ...armIn('emoji', 11, 29),
  ...armIn('holdout', 2, 6),
  ...armIn('remainder', 5, 15),
]

describe('the counts of strata', () => {
  it('are those of each label over all runs, with every arm that is compared, and add up', () => {
    const counters = [...convertedIn('plain', 3, 7), ...convertedIn('emoji', 4, 8)]
    const later = [...armIn('plain', 1, 0), ...armIn('emoji', 0, 1)]
    expect(found([...ARMS, ...later], counters)).toEqual([
      {
        name: 'loyal',
        arms: [
          { arm: 'plain', assigned: 11, converted: 3 },
          { arm: 'emoji', assigned: 11, converted: 4 },
          { arm: 'holdout', assigned: 2, converted: 0 },
        ],
      },
      {
        name: 'other',
        arms: [
          { arm: 'plain', assigned: 30, converted: 7 },
          { arm: 'emoji', assigned: 30, converted: 8 },
          { arm: 'holdout', assigned: 6, converted: 0 },
        ],
      },
    ])
  })

  it('are named for people: wave, stratum, or both, in the order of the waves', () => {
    const label = (hour: string) => `stratum:2026-03-29T${hour}:00:00.000Z/loyal`
    const within = ['07', '05'].flatMap((hour) => [
      counted('plain', label(hour), 1),
      counted('plain', null, 1),
    ])
    expect(found(within)?.map(({ name }) => name)).toEqual([
      '2026-03-29T05:00:00.000Z / loyal',
      '2026-03-29T07:00:00.000Z / loyal',
    ])
  })

  it('count nobody for an arm that a stratum has no member of', () => {
    const strata = found([...armIn('plain', 1, 1), counted('old', null, 1), counted('old', OTHER, 1)])
    expect(strata?.[0]?.arms).toContainEqual({ arm: 'old', assigned: 0, converted: 0 })
  })

  it('are there for a single one, so that the method stays when others come', () => {
    expect(found([counted('plain', null, 4), counted('plain', LOYAL, 4)], [])).toHaveLength(1)
  })

  it.each<[string, readonly ArmCount[], readonly Counter[]]>([
    ['without strata', [counted('plain', null, 4), counted('plain', 'VIP', 2)], []],
    ['when a run had none', [...ARMS, counted('plain', null, 4)], []],
    [
      'when somebody in a stratum of one bought in two currencies',
      [...armIn('plain', 1, 30)],
      ['EUR', 'USD'].flatMap((currency) => [
        conversions('plain', null, 1, currency),
        conversions('plain', LOYAL, 1, currency),
      ]),
    ],
  ])('are left out %s', (_when, armCounts, counters) => {
    expect(found(armCounts, counters)).toBeNull()
  })
})
