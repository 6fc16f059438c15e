import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../base/time.js'
import { RETURNING_LABEL } from '../model/member-label.js'
import type { Counter } from '../model/metrics.js'
import { atMost, worldsOf } from '../statistics/simulation.fixture.js'
import { asId } from '../testing/as-id.js'
import { sampleCampaign, sampleRun } from '../testing/samples.js'
import { createSeededRandom, type SeededRandom } from '../testing/seeded-random.js'
import { judgeCampaign, type RunArms } from './experiment-verdict.js'

const RUNS = 12
const ALPHA = 0.05
const WORLDS = worldsOf(200)
const ARMS = ['plain', 'emoji'] as const
type ArmName = (typeof ARMS)[number]

interface Customer {
  readonly arm: ArmName
  readonly chance: number
  readonly since: number
}

const conversions = (
  runId: string,
  arm: ArmName,
  members: number,
  segment: string | null,
): readonly Counter[] =>
  members === 0
    ? []
    : [
        {
          campaignId: asId('campaign-1'),
          runId: asId(runId),
          arm,
          channel: null,
          segment,
          type: 'conversion',
          currency: null,
          total: members,
          members,
          humanMembers: members,
          machine: 0,
          amountMinor: 0,
          amountSquares: 0,
          costMicros: 0,
        },
      ]

/** Twelve weeks of a campaign that works on nobody: one in ten buys every week, whatever they are sent. */
function* weeks(random: SeededRandom) {
  const customers: Customer[] = []
  const runs: RunArms[] = []
  const counters: Counter[] = []
  for (let week = 0; week < RUNS; week += 1) {
    const arrivals = week === 0 ? 1_000 : 100
    for (let number = 0; number < arrivals; number += 1)
      customers.push({
        arm: ARMS[number % 2] ?? 'plain',
        chance: random.uniform() < 0.1 ? 0.9 : 0.02,
        since: week,
      })
    const id = `run-${week}`
    const bought = customers.filter(({ chance }) => random.uniform() < chance)
    const cellsOf = (of: readonly Customer[], arm: ArmName) => {
      const ofArm = of.filter((each) => each.arm === arm)
      return { all: ofArm.length, returning: ofArm.filter(({ since }) => since < week).length }
    }
    const endedAt = week * 7 * DAY_MS
    const run = sampleRun({
      id,
      occurrence: id,
      scheduledFor: endedAt,
      freeze: { phase: 'frozen', at: endedAt, newcomers: customers.length },
      status: 'ended',
      endedAt,
      firstEndedAt: endedAt,
    })
    runs.push({
      run,
      armCounts: ARMS.flatMap((arm) => {
        const { all, returning } = cellsOf(customers, arm)
        return [
          { arm, segment: null, count: all },
          { arm, segment: RETURNING_LABEL, count: returning },
        ]
      }),
    })
    for (const arm of ARMS) {
      const { all, returning } = cellsOf(bought, arm)
      counters.push(...conversions(id, arm, all, null), ...conversions(id, arm, returning, RETURNING_LABEL))
    }
    yield { runs, counters, now: endedAt + 7 * DAY_MS }
  }
}

/** In how many worlds without any difference a winner is named in some week. */
function falseWinners(decision: 'anytime' | 'fixed', looksAt: (week: number) => boolean): number {
  const campaign = sampleCampaign({
    status: 'active',
    content: {
      experiment: {
        variants: ARMS.map((name) => ({ name })),
        alpha: ALPHA,
        decision,
        conversionWindowDays: 7,
      },
    },
  })
  const random = createSeededRandom(`habits ${decision}`)
  let named = 0
  for (let world = 0; world < WORLDS; world += 1) {
    let isNamed = false
    let week = 0
    for (const { runs, counters, now } of weeks(random)) {
      if (looksAt(week) && judgeCampaign(campaign, runs, counters, now).verdict.outcome === 'winner')
        isNamed = true
      week += 1
    }
    if (isNamed) named += 1
  }
  return named / WORLDS
}

describe('a recurring campaign whose customers have habits, and that works on nobody', () => {
  it('names a winner at its end as seldom as the level allows', () => {
    expect(falseWinners('fixed', (week) => week === RUNS - 1)).toBeLessThan(atMost(ALPHA, WORLDS))
  })

  it('names a winner in any of its weeks as seldom as the level allows, looked at every week', () => {
    expect(falseWinners('anytime', () => true)).toBeLessThan(atMost(ALPHA, WORLDS))
  })
})
