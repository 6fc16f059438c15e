import { describe, expect, it } from 'vitest'
import { RETURNING_LABEL } from '../model/member-label.js'
import type { Counter } from '../model/metrics.js'
import { asId } from '../testing/as-id.js'
import { firstRunArmCounts, firstRunCounters } from './first-runs.js'

const cell = (more: Partial<Counter>): Counter => ({
  campaignId: asId('campaign-1'),
  runId: asId('run-2'),
  arm: 'plain',
  channel: null,
  segment: null,
  type: 'conversion',
  currency: 'EUR',
  total: 9,
  members: 7,
  humanMembers: 6,
  machine: 2,
  amountMinor: 900,
  amountSquares: 90_000,
  costMicros: 50,
  ...more,
})

const RETURNED = {
  segment: RETURNING_LABEL,
  total: 4,
  members: 3,
  humanMembers: 2,
  machine: 1,
  amountMinor: 400,
  amountSquares: 50_000,
  costMicros: 20,
}

describe('The counts of first runs', () => {
  it('are those of all members less those of whoever came back', () => {
    expect(firstRunCounters([cell({}), cell(RETURNED)])).toEqual([
      cell({
        total: 5,
        members: 4,
        humanMembers: 4,
        machine: 1,
        amountMinor: 500,
        amountSquares: 40_000,
        costMicros: 30,
      }),
    ])
  })

  it.each<Partial<Counter>>([
    { runId: asId('run-1') },
    { arm: 'emoji' },
    { channel: 'email' },
    { type: 'clicked' },
    { currency: null },
    { segment: 'VIP' },
  ])('leave the cell of another %j as it is', (other) => {
    expect(firstRunCounters([cell(other), cell(RETURNED)])).toEqual([cell(other)])
  })

  it('of members by arm are those of all less those of whoever came back', () => {
    const counts = firstRunArmCounts([
      { arm: 'plain', segment: null, count: 10 },
      { arm: 'plain', segment: RETURNING_LABEL, count: 4 },
      { arm: 'plain', segment: 'stratum:/loyal', count: 6 },
      { arm: 'emoji', segment: null, count: 3 },
    ])
    expect(counts).toEqual([
      { arm: 'plain', segment: null, count: 6 },
      { arm: 'plain', segment: 'stratum:/loyal', count: 6 },
      { arm: 'emoji', segment: null, count: 3 },
    ])
  })
})
