import { describe, expect, it } from 'vitest'
import { createManualClock } from '../testing/manual-clock.js'
import { sampleCapabilities } from '../testing/sample-capabilities.js'
import { sampleCampaign, sampleRun } from '../testing/samples/campaigns.js'
import { sampleScope } from '../testing/samples/people.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { createSenders } from './sender.js'

const scope = sampleScope('pizzeria')

function laneOf(number: number): ChannelLane {
  return {
    campaign: sampleCampaign(),
    run: sampleRun({ id: `run-${number}` }),
    kind: 'email',
    channel: { capabilities: sampleCapabilities(), send: async () => [] },
    worker: 'w-1' as never,
  }
}

describe('the senders of a worker', () => {
  it('are kept from turn to turn, and of very many runs those with nothing in flight are let go', () => {
    const context = {
      clock: createManualClock(),
      settings: { leaseMs: 30_000, tenant: () => ({ pace: {} }) },
    }
    const senders = createSenders(context as unknown as EngineContext)
    const first = senders.of(scope, laneOf(0))
    for (let number = 1; number < 200; number += 1) senders.of(scope, laneOf(number))
    expect(senders.of(scope, laneOf(0))).toBe(first)
    const last = senders.of(scope, laneOf(200))
    expect(senders.of(scope, laneOf(0))).not.toBe(first)
    expect(senders.of(scope, laneOf(200))).toBe(last)
  })
})
