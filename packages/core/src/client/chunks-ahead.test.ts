import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { perMinute } from '../model/pace.js'
import { overridden } from '../testing/overridden.js'
import { createSendingWorld } from './sending.fixture.js'

const MEMBERS = 650

/** A channel with a wide window, and what is claimed for it, chunk by chunk. */
function createWideWorld() {
  const storage = createMemoryStorage()
  const ranks: number[][] = []
  let looksForDoubts = 0
  const deliveries = overridden(storage.deliveries, {
    claim: async (...request) => {
      const chunk: number[] = []
      ranks.push(chunk)
      const claimed = await storage.deliveries.claim(...request)
      chunk.push(...claimed.map(({ rank }) => rank))
      return claimed
    },
    claimInDoubt: async (...request) => {
      looksForDoubts += 1
      return storage.deliveries.claimInDoubt(...request)
    },
  })
  const world = createSendingWorld({
    storage: overridden(storage, { deliveries }),
    email: { capabilities: { window: 100 } },
  })
  return { ...world, ranks, looksForDoubts: () => looksForDoubts }
}

describe('chunks that are made ready ahead at a high pace', () => {
  it('are claimed one after the other, in the order of ranks', async () => {
    const { invite, launch, root, email, ranks, looksForDoubts } = createWideWorld()
    await invite(MEMBERS)
    await launch({ pace: { email: perMinute(1_000_000) } })
    await root.worker().drain()
    expect(email.accepted).toHaveLength(MEMBERS)
    expect(ranks.flat()).toEqual(Array.from({ length: MEMBERS }, (_, rank) => rank))
    expect(looksForDoubts()).toBeLessThan(ranks.length / 2)
  })

  it('are given back when the campaign is paused meanwhile', async () => {
    const { invite, launch, root, kit, email, ranks } = createWideWorld()
    await invite(MEMBERS)
    const { id } = await launch({ pace: { email: perMinute(1_000_000) } })
    const paused: Promise<unknown>[] = []
    root.on('campaign.progress', ({ progress }) => {
      if (progress.settled > 0 && paused.length === 0) paused.push(kit.campaigns.pause(id))
    })
    await root.worker().drain()
    await Promise.all(paused)
    const { counts } = await kit.campaigns.progress(id)
    expect(counts.sent).toBe(email.accepted.length)
    expect(counts.sent).toBeLessThan(ranks.flat().length)
    expect(counts.queued).toBe(MEMBERS - counts.sent)
    await kit.campaigns.resume(id)
    await root.worker().drain()
    expect(email.accepted).toHaveLength(MEMBERS)
  })
})
