import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import type { EventSink } from '../ports/event-sink.js'
import type { JobQueue } from '../ports/job-queue.js'
import type { EnlistedStorage } from '../ports/storage/storage.js'
import { overridden } from '../testing/overridden.js'
import { createSendingWorld } from './sending.fixture.js'

/** A kit over a storage that takes any transaction for its own, and ends it when the test says so. */
async function open(more: { readonly queue?: JobQueue; readonly sinks?: readonly EventSink[] } = {}) {
  const memory = createMemoryStorage()
  let end: (stands: boolean) => void = () => {}
  let fail: (thrown: Error) => void = () => {}
  const storage = overridden(memory, {
    capabilities: { ...memory.capabilities, enlists: true },
    enlist: (): EnlistedStorage => ({
      storage: memory,
      committed: new Promise((resolve, reject) => {
        end = resolve
        fail = reject
      }),
    }),
  })
  const logged: string[] = []
  const logger = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (message: string) => void logged.push(message),
  }
  const world = createSendingWorld({ storage, kit: { logger, ...more } })
  await world.invite(1)
  const told: string[] = []
  world.root.on('events.recorded', () => told.push('events'))
  return {
    ...world,
    logged,
    told,
    end: (stands: boolean) => end(stands),
    fail: (thrown: Error) => fail(thrown),
  }
}

const CONVERSION = { key: 'order-1', type: 'conversion', customerId: 'c-0' } as const

describe('a kit within a transaction of the host', () => {
  it('tells listeners what was done, in order, when it is committed; sinks hear of it from a worker', async () => {
    const sunk: number[] = []
    const sink: EventSink = { publish: async (_scope, events) => void sunk.push(events.length) }
    const { kit, root, told, end } = await open({ sinks: [sink] })
    const joined = kit.enlist('transaction')
    await joined.events.track(CONVERSION)
    expect([told, sunk]).toEqual([[], []])
    end(true)
    await expect(joined.settled).resolves.toBe(true)
    expect(told).toEqual(['events'])
    await root.worker().drain()
    expect(sunk).toEqual([1])
  })

  it('tells nobody of what was taken back', async () => {
    const { kit, told, end } = await open()
    const joined = kit.enlist('transaction')
    await joined.events.track(CONVERSION)
    end(false)
    await expect(joined.settled).resolves.toBe(false)
    expect(told).toEqual([])
  })

  it('tells the others when one of them cannot hear it, and logs that', async () => {
    const { kit, root, told, logged, end } = await open()
    root.on('events.recorded', () => {
      throw new Error('no dough')
    })
    const joined = kit.enlist('transaction')
    await joined.events.track(CONVERSION)
    end(true)
    await expect(joined.settled).resolves.toBe(true)
    expect(told).toEqual(['events'])
    expect(logged).toHaveLength(1)
  })

  it('logs that nobody knows how the transaction ended, and tells whoever asks', async () => {
    const { kit, told, logged, fail } = await open()
    const joined = kit.enlist('transaction')
    await joined.events.track(CONVERSION)
    fail(new Error('the database is gone'))
    await expect(joined.settled).rejects.toThrow('the database is gone')
    expect([told.length, logged.length]).toEqual([0, 1])
  })

  it('is refused by a storage that joins no transactions', () => {
    const { kit } = createSendingWorld()
    expect(() => kit.enlist('transaction')).toThrow(
      expect.objectContaining({ code: 'TRANSACTIONS_NOT_SUPPORTED' }),
    )
  })
})
