import { type Clock, DEFAULT_PRIORITY, type Job, type RunId } from '@campaignkit/core/adapter'
import { asId, createManualClock, SAMPLE_NOW, sampleScope } from '@campaignkit/core/testing'
import { describe, expect, it } from 'vitest'
import { createMemoryJobQueue } from './job-queue.js'
import { createMemoryStorage } from './storage.js'

const SCOPE = sampleScope()
const RUN: RunId = asId('run-1')

function listening(handler: (job: Job) => Promise<void>, concurrency = 4) {
  const clock = createManualClock()
  const queue = createMemoryJobQueue({ clock })
  const controller = new AbortController()
  const ended = queue.listen(handler, { signal: controller.signal, concurrency })
  return { clock, queue, controller, ended }
}

describe('the memory job queue', () => {
  it('wakes up for a ring that comes earlier than the one it waits for', async () => {
    const seen: number[] = []
    const { clock, queue, controller, ended } = listening(
      async () => void seen.push(clock.now() - SAMPLE_NOW),
    )
    await queue.ring(SCOPE, RUN, SAMPLE_NOW + 60_000, DEFAULT_PRIORITY)
    await clock.advance(10)
    await queue.ring(SCOPE, asId('run-2'), SAMPLE_NOW + 500, DEFAULT_PRIORITY)
    await queue.ring(SCOPE, RUN, SAMPLE_NOW + 700, DEFAULT_PRIORITY)
    await clock.advance(60_000)
    expect(seen).toEqual([500, 700])
    controller.abort()
    await ended
    expect(clock.sleeping).toBe(0)
  })

  it('rings a handler that throws again after 1 s, doubling to 60 s, and at once as before after a success', async () => {
    const seen: number[] = []
    const { clock, queue, controller, ended } = listening(async () => {
      seen.push((clock.now() - SAMPLE_NOW) / 1_000)
      if (seen.length < 9 || seen.length === 10) throw new Error('not yet')
    })
    await queue.ring(SCOPE, RUN, SAMPLE_NOW, DEFAULT_PRIORITY)
    await clock.advance(200_000)
    expect(seen).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183])
    await queue.ring(SCOPE, RUN, SAMPLE_NOW + 200_000, DEFAULT_PRIORITY)
    await clock.advance(1_000)
    expect(seen.slice(9)).toEqual([200, 201])
    controller.abort()
    await ended
  })

  it('survives a handler that throws without a promise', async () => {
    let calls = 0
    const { clock, queue, controller, ended } = listening(() => {
      calls += 1
      if (calls === 1) throw new Error('at once')
      return Promise.resolve()
    })
    await queue.ring(SCOPE, RUN, SAMPLE_NOW, DEFAULT_PRIORITY)
    await clock.advance(1_000)
    expect(calls).toBe(2)
    controller.abort()
    await ended
  })

  it('keeps what rings while its handler is under way, and rings it at its own instant', async () => {
    const seen: number[] = []
    const { clock, queue, controller, ended } = listening(async (job) => {
      seen.push(clock.now() - SAMPLE_NOW)
      if (seen.length === 1) await queue.ring(SCOPE, job.runId, clock.now() + 5_000, DEFAULT_PRIORITY)
      if (seen.length === 1) await clock.sleepUntil(clock.now() + 100)
    })
    await queue.ring(SCOPE, RUN, SAMPLE_NOW, DEFAULT_PRIORITY)
    await clock.advance(10_000)
    expect(seen).toEqual([0, 5_000])
    controller.abort()
    await ended
  })

  it('gives rings of one instant in the order in which they came', async () => {
    const seen: string[] = []
    const { clock, queue, controller, ended } = listening(async ({ runId }) => void seen.push(runId), 1)
    for (const run of ['c', 'a', 'b']) await queue.ring(SCOPE, asId(run), SAMPLE_NOW + 1, DEFAULT_PRIORITY)
    await clock.advance(1)
    expect(seen).toEqual(['c', 'a', 'b'])
    controller.abort()
    await ended
  })

  it('goes through thousands of runs with few handlers', async () => {
    const seen = new Set<string>()
    const { clock, queue, controller, ended } = listening(async ({ runId }) => {
      await clock.sleepUntil(clock.now() + 1)
      seen.add(runId)
    }, 10)
    for (let at = 0; at < 2_000; at += 1)
      await queue.ring(SCOPE, asId(`run-${at}`), SAMPLE_NOW, DEFAULT_PRIORITY)
    await clock.advance(200)
    expect(seen.size).toBe(2_000)
    controller.abort()
    await ended
  })

  it('leaves its rings to the next listener', async () => {
    const { clock, queue, controller, ended } = listening(async () => {})
    await queue.ring(SCOPE, RUN, SAMPLE_NOW + 10, DEFAULT_PRIORITY)
    controller.abort()
    await ended
    const seen: Job[] = []
    const next = new AbortController()
    const again = queue.listen(async (job) => void seen.push(job), { signal: next.signal, concurrency: 1 })
    await clock.advance(10)
    next.abort()
    await again
    expect(seen).toEqual([{ tenant: SCOPE.tenant, runId: RUN, priority: DEFAULT_PRIORITY }])
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %s handlers at once', async (concurrency) => {
    await expect(listening(async () => {}, concurrency).ended).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path: 'concurrency',
    })
  })

  it('ends with the fault of a clock that fails, after the handlers under way', async () => {
    const manual = createManualClock()
    let finished = false
    const clock: Clock = { ...manual, sleepUntil: () => Promise.reject(new Error('no time')) }
    const queue = createMemoryJobQueue({ clock })
    await queue.ring(SCOPE, RUN, SAMPLE_NOW, DEFAULT_PRIORITY)
    await queue.ring(SCOPE, asId('run-2'), SAMPLE_NOW + 1, DEFAULT_PRIORITY)
    const ended = queue.listen(
      async () => {
        await manual.sleepUntil(SAMPLE_NOW + 50)
        finished = true
      },
      { signal: new AbortController().signal, concurrency: 2 },
    )
    const failed = expect(ended).rejects.toThrow('no time')
    await manual.advance(50)
    await failed
    expect(finished).toBe(true)
  })

  it('is one for all who take it from a storage, each with a clock of its own', async () => {
    const storage = createMemoryStorage()
    const [clock, other] = [createManualClock(), createManualClock()]
    const seen: Job[] = []
    const controller = new AbortController()
    const ended = storage.jobQueue(clock).listen(async (job) => void seen.push(job), {
      signal: controller.signal,
      concurrency: 1,
    })
    await storage.jobQueue(other).ring(SCOPE, RUN, SAMPLE_NOW, DEFAULT_PRIORITY)
    await clock.settle()
    expect(seen).toHaveLength(1)
    controller.abort()
    await ended
    const limit = { key: 'k', pace: { limit: 1, periodMs: 1_000 }, sharedByTenants: false }
    const request = { limits: [limit], count: 1, notBefore: SAMPLE_NOW, horizonMs: 0 }
    expect((await storage.rateLimiter(clock).reserve(SCOPE, request)).count).toBe(1)
    expect((await storage.rateLimiter(other).reserve(SCOPE, request)).count).toBe(0)
  })
})
