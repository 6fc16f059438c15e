import { createMemoryStorage } from '@campaignkit/adapter-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overridden } from '../testing/overridden.js'
import { createSendingWorld } from './sending.fixture.js'

/** Chunks of one turn at most, of 100 messages each. */
const TURN_CHUNKS = 20
/** No pace stands in the way: what is told here is who has a turn. */
const UNPACED = { email: { limit: 10_000_000, periodMs: 60_000 } }

interface Wanted {
  readonly size: number
  readonly priority: number
}

/** Launches campaigns together and works on them. @returns whose chunks were claimed, by the places of the campaigns */
async function claimsOf(wanted: readonly Wanted[]): Promise<readonly number[]> {
  const memory = createMemoryStorage()
  const claims: string[] = []
  const deliveries = overridden(memory.deliveries, {
    claim: async (...request) => {
      const claimed = await memory.deliveries.claim(...request)
      claims.push(...claimed.slice(0, 1).map(({ campaignId }) => campaignId))
      return claimed
    },
  })
  const { kit, root } = createSendingWorld({ storage: overridden(memory, { deliveries }) })
  const most = Math.max(...wanted.map(({ size }) => size))
  const people = Array.from({ length: most }, (_, number) => ({
    id: `c-${number}`,
    addresses: { email: `c-${number}@example.com` },
    attributes: { number },
  }))
  await kit.customers.upsert(people)
  const ids: string[] = []
  for (const [at, { size, priority }] of wanted.entries()) {
    const { id } = await kit.campaigns.create({
      name: `campaign ${at}`,
      purpose: 'transactional',
      priority,
      audience: { type: 'attribute', name: 'number', op: '<', value: size },
      messages: { email: { subject: 'News', text: 'News.' } },
      pace: UNPACED,
    })
    ids.push(id)
  }
  for (const id of ids) await kit.campaigns.launch(id)
  await root.worker({ concurrency: 1 }).drain()
  return claims.map((id) => ids.indexOf(id))
}

const large = fc.record({ size: fc.integer({ min: 2_100, max: 2_600 }), priority: fc.constant(5) })

describe('campaigns of one priority', () => {
  it('share the workers: a small one ends within one turn of each other, however large they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(large, { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 1, max: 100 }),
        async (others, size) => {
          const small = others.length
          const claims = await claimsOf([...others, { size, priority: 5 }])
          expect(claims.filter((of) => of === small)).toHaveLength(1)
          expect(claims.indexOf(small)).toBeLessThanOrEqual(others.length * TURN_CHUNKS)
          for (const [at, other] of others.entries())
            expect(claims.filter((of) => of === at)).toHaveLength(Math.ceil(other.size / 100))
        },
      ),
      { seed: 3, numRuns: 3 },
    )
  })
})

describe('campaigns of different priorities', () => {
  it('are served the higher before the lower, whatever their sizes', async () => {
    const sized = fc.integer({ min: 1, max: 1_000 })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 }),
        fc.array(sized, { minLength: 4, maxLength: 4 }),
        async (priorities, sizes) => {
          const wanted = priorities.map((priority, at) => ({ priority, size: sizes[at] ?? 1 }))
          const claims = await claimsOf(wanted)
          const served = claims.map((of) => priorities[of] ?? 0)
          expect(served).toEqual([...served].sort((left, right) => right - left))
        },
      ),
      { seed: 4, numRuns: 4 },
    )
  })
})
