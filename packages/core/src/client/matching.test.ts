import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import type { MatchRequest } from '../ports/customer-directory.js'
import type { Storage } from '../ports/storage/storage.js'
import { everyone, not, tag } from '../segmentation/builders.js'
import { overridden } from '../testing/overridden.js'
import { createPizzeria, LAPSED, winBack } from './pizzeria.fixture.js'

/** The storage with what is asked of its customers on record. */
function recorded(memory: Storage, asked: (MatchRequest | 'everybody')[]): Storage {
  const { customers } = memory
  return overridden(memory, {
    customers: overridden(customers, {
      scan: async (scope, page) => {
        asked.push('everybody')
        return customers.scan(scope, page)
      },
      scanMatching: async (scope, request, page) => {
        asked.push(request)
        const found = await customers.scanMatching?.(scope, request, page)
        return found ?? { customers: [], next: null }
      },
    }),
  })
}

describe('a directory that asks rules itself', () => {
  it('is never read as a whole, by a count or by a launch', async () => {
    const asked: (MatchRequest | 'everybody')[] = []
    const { kit, root, clock, welcome } = createPizzeria({ storage: recorded(createMemoryStorage(), asked) })
    await welcome(1_200)
    await kit.audiences.reach(LAPSED, { channels: ['email'] })
    expect(asked).toEqual(Array(3).fill({ criteria: LAPSED, asOf: clock.now() }))
    asked.length = 0
    const { id } = await kit.campaigns.create(winBack())
    await kit.campaigns.launch(id)
    await root.worker().tick()
    expect((await kit.campaigns.progress(id)).total).toBe(1_200)
    expect(asked.filter((request) => request === 'everybody')).toEqual([])
  })

  it('is asked with named segments resolved', async () => {
    const asked: (MatchRequest | 'everybody')[] = []
    const { kit, welcome } = createPizzeria({ storage: recorded(createMemoryStorage(), asked) })
    await welcome(3)
    await kit.segments.save({ name: 'Nobody', criteria: not(everyone()) })
    const nobody = { type: 'segment', name: 'Nobody' } as const
    expect((await kit.audiences.reach(nobody, { channels: ['email'] })).matched).toBe(0)
    expect(asked).toMatchObject([{ criteria: not(everyone()) }])
  })

  it('finds whom the kit finds by itself', async () => {
    const memory = createMemoryStorage()
    const { kit, welcome } = createPizzeria({ storage: memory })
    await welcome(1_100)
    const customers = overridden(memory.customers, { scanMatching: null })
    const streaming = createPizzeria({ storage: overridden(memory, { customers }) }).kit
    for (const criteria of [LAPSED, not(LAPSED), tag('vip'), everyone()]) {
      const reached = await kit.audiences.reach(criteria, { channels: ['email'] })
      expect(await streaming.audiences.reach(criteria, { channels: ['email'] })).toEqual(reached)
    }
  })
})
