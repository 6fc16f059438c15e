import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { CampaignKitError } from '../base/error.js'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.js'
import { perMinute } from '../model/pace.js'
import type { Job, JobQueue } from '../ports/job-queue.js'
import type { Storage } from '../ports/storage/storage.js'
import { createManualClock, type ManualClock } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createPizzeria, winBack } from './pizzeria.fixture.js'
import { createSendingWorld, heardBy, timesTaken } from './sending.fixture.js'

const FAST = { pace: { email: perMinute(60_000) } }

/** A storage whose chosen calls fail so many times. */
function failing(
  storage: Storage,
  store: 'deliveries' | 'campaigns' | 'dueIndex',
  method: string,
  times: number,
  error: () => Error,
) {
  let left = times
  const broken = new Proxy(storage[store], {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...given: unknown[]) => {
        if (name === method && left > 0) {
          left -= 1
          return Promise.reject(error())
        }
        return Reflect.apply(member, target, given)
      }
    },
  })
  return overridden(storage, { [store]: broken })
}

function jobOf(runId: string): Job {
  return { tenant: 'pizzeria' as never, runId: runId as never, priority: 5 }
}

const down = () => new CampaignKitError('STORAGE_FAILED', 'The connection is gone', { retry: 'later' })

describe('run', () => {
  it('answers rings, and when it is stopped gives back what it holds', async () => {
    const { invite, launch, root, kit, email, clock } = createSendingWorld({ auto: false })
    await invite(300)
    const { id } = await launch()
    const stop = new AbortController()
    const running = root.worker().run({ signal: stop.signal })
    await clock.advance(MINUTE_MS)
    expect(email.accepted.length).toBeGreaterThanOrEqual(97)
    expect(email.accepted.length).toBeLessThanOrEqual(101)
    stop.abort()
    await clock.settle()
    await running
    const { counts } = await kit.campaigns.progress(id)
    expect(counts).toMatchObject({ claimed: 0, attempting: 0, inDoubt: 0, held: 0 })
    expect(counts.sent + counts.queued).toBe(300)
    expect(clock.sleeping).toBe(0)
    await clock.advance(MINUTE_MS)
    expect(email.accepted).toHaveLength(counts.sent)
  })

  it('finishes the calls that are under way when it is stopped', async () => {
    const { invite, launch, root, kit, email, clock } = createSendingWorld({
      auto: false,
      email: { delayMsOf: () => 3 * SECOND_MS },
    })
    await invite(50)
    const { id } = await launch()
    const stop = new AbortController()
    const running = root.worker().run({ signal: stop.signal })
    await clock.advance(2 * SECOND_MS)
    expect(email.attempted.length).toBeGreaterThan(2)
    stop.abort()
    await clock.advance(5 * SECOND_MS)
    await running
    const { counts } = await kit.campaigns.progress(id)
    expect(counts).toMatchObject({ sent: email.attempted.length, attempting: 0, inDoubt: 0 })
  })

  it('finishes them also while it only waits for the next slot', async () => {
    const { invite, launch, root, kit, clock } = createSendingWorld({
      auto: false,
      email: { delayMsOf: () => 3 * SECOND_MS },
    })
    await invite(5)
    const { id } = await launch({ pace: { email: perMinute(1) } })
    const stop = new AbortController()
    let ended = false
    const running = root
      .worker()
      .run({ signal: stop.signal })
      .then(() => {
        ended = true
      })
    await clock.advance(SECOND_MS)
    expect((await kit.campaigns.progress(id)).counts.attempting).toBe(1)
    stop.abort()
    await clock.settle()
    expect(ended).toBe(false)
    await clock.advance(5 * SECOND_MS)
    await running
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ sent: 1, queued: 4 })
  })

  it('waits no longer for a call that does not return than it was told to, and settles it when it does', async () => {
    const { invite, launch, root, kit, clock } = createSendingWorld({
      auto: false,
      email: { delayMsOf: () => 20 * SECOND_MS },
    })
    await invite(3)
    const { id } = await launch()
    const stop = new AbortController()
    let endedAt: number | null = null
    const running = root
      .worker({ stopWithinMs: 5 * SECOND_MS })
      .run({ signal: stop.signal })
      .then(() => {
        endedAt = clock.now()
      })
    await clock.advance(SECOND_MS)
    stop.abort()
    const stoppedAt = clock.now()
    await clock.advance(10 * SECOND_MS)
    await running
    expect(endedAt).toBe(stoppedAt + 5 * SECOND_MS)
    const { counts } = await kit.campaigns.progress(id)
    expect(counts.attempting).toBeGreaterThan(0)
    expect(counts.attempting + counts.queued).toBe(3)
    await clock.advance(20 * SECOND_MS)
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({
      attempting: 0,
      sent: counts.attempting,
    })
    expect(clock.sleeping).toBe(0)
  })

  it('makes no call before its slot because it is stopped: the attempt is given back, no try spent', async () => {
    const { invite, launch, root, kit, clock, email } = createSendingWorld({ auto: false })
    await invite(5)
    const { id } = await launch()
    const stop = new AbortController()
    const running = root.worker().run({ signal: stop.signal })
    // 3 ms before the second slot its attempt is on record
    await clock.advance(600)
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ sent: 1, attempting: 1 })
    stop.abort()
    await clock.settle()
    await running
    expect(email.attempted).toHaveLength(1)
    const { items } = await kit.campaigns.deliveries(id, { status: 'queued' })
    expect(items.map(({ tries }) => tries)).toEqual([0, 0, 0, 0])
  })

  it('finds by its sweep what nobody rang for', async () => {
    const storage = createMemoryStorage()
    const clock = createManualClock()
    const queue: JobQueue = { ...storage.jobQueue(clock), ring: async () => undefined }
    const silent = createSendingWorld({ storage, kit: { queue } })
    await silent.invite(5)
    await silent.launch()
    const world = createPizzeria({ storage, kit: { clock }, seed: 'b' })
    const stop = new AbortController()
    const running = world.root.worker({ sweepEveryMs: 7_000 }).run({ signal: stop.signal })
    await clock.advance(30 * SECOND_MS)
    expect(world.outbox.sent).toHaveLength(5)
    stop.abort()
    await clock.settle()
    await running
  })

  it('is refused while the same worker runs, and works again afterwards', async () => {
    const { root, clock } = createSendingWorld({ auto: false })
    const worker = root.worker()
    const stop = new AbortController()
    const running = worker.run({ signal: stop.signal })
    await expect(worker.run({ signal: stop.signal })).rejects.toMatchObject({ code: 'WORKER_RUNNING' })
    stop.abort()
    await clock.settle()
    await running
    await expect(worker.run({ signal: stop.signal })).resolves.toBeUndefined()
  })

  it('tells of a failure of the storage and goes on', async () => {
    const storage = failing(createMemoryStorage(), 'deliveries', 'claim', 3, down)
    const { invite, launch, root, email, clock, heard } = createSendingWorld({ auto: false, storage })
    const failures = heard('worker.failed')
    await invite(20)
    await launch(FAST)
    const stop = new AbortController()
    const running = root.worker().run({ signal: stop.signal })
    await clock.advance(2 * MINUTE_MS)
    expect(email.accepted).toHaveLength(20)
    expect(failures.map(({ error }) => error.code)).toEqual(Array(3).fill('STORAGE_FAILED'))
    expect(failures[0]).toMatchObject({ runId: expect.any(String), scope: { tenant: 'pizzeria' } })
    stop.abort()
    await clock.settle()
    await running
  })

  it('tells of a sweep that fails, and sweeps again', async () => {
    const storage = failing(createMemoryStorage(), 'dueIndex', 'due', 2, () => new TypeError('socket'))
    const { root, clock, heard } = createSendingWorld({ auto: false, storage })
    const failures = heard('worker.failed')
    const stop = new AbortController()
    const running = root.worker().run({ signal: stop.signal })
    await clock.advance(MINUTE_MS)
    expect(failures).toMatchObject([
      { scope: null, runId: null, error: { code: 'STORAGE_FAILED', retry: 'later' } },
      { scope: null, runId: null, error: { code: 'STORAGE_FAILED' } },
    ])
    stop.abort()
    await clock.settle()
    await running
  })

  it('ends with the error of a queue that cannot be listened to, and leaves nothing running', async () => {
    const storage = createMemoryStorage()
    const clock = createManualClock()
    const queue: JobQueue = {
      ring: async () => undefined,
      listen: () => Promise.reject(new Error('no queue')),
    }
    const { root } = createPizzeria({ storage, kit: { clock, queue } })
    await expect(root.worker().run({ signal: new AbortController().signal })).rejects.toThrow('no queue')
    expect(clock.sleeping).toBe(0)
  })

  it('needs no signal: without one it works as long as the process lives', async () => {
    const clock = createManualClock()
    const { root, kit, outbox, welcome } = createPizzeria({ kit: { clock } })
    await welcome(3)
    const campaign = await kit.campaigns.create(winBack(FAST))
    await kit.campaigns.launch(campaign.id)
    let hasEnded = false
    root
      .worker()
      .run()
      .finally(() => {
        hasEnded = true
      })
      .catch(() => undefined)
    await clock.advance(MINUTE_MS)
    expect(outbox.sent).toHaveLength(3)
    expect((await kit.campaigns.get(campaign.id)).status).toBe('completed')
    expect(hasEnded).toBe(false)
  })
})

describe('a ring', () => {
  it('for a run that is gone, over, or not to begin yet changes nothing', async () => {
    const storage = createMemoryStorage()
    const clock = createManualClock()
    const jobs: Job[] = []
    const rung: number[] = []
    const queue: JobQueue = {
      ring: async (_scope, _runId, at) => void rung.push(at),
      listen: async (handler) => {
        for (const job of jobs) await handler(job)
      },
    }
    const { kit, root, invite, launch, email } = createSendingWorld({ storage, clock, kit: { queue } })
    await invite(1)
    const done = await launch({ name: 'done' })
    await root.worker().drain()
    const later = await launch({ name: 'later', startsAt: clock.now() + DAY_MS })
    const withdrawn = await launch({ name: 'withdrawn', startsAt: clock.now() + DAY_MS })
    const runs = await Promise.all([done, later, withdrawn].map(({ id }) => kit.campaigns.runs(id)))
    await kit.campaigns.unschedule(withdrawn.id)
    for (const [run] of runs) jobs.push(jobOf(run?.id ?? ''))
    jobs.push(jobOf('gone'))
    rung.length = 0
    await root.worker().run({ signal: new AbortController().signal })
    expect(rung).toEqual([clock.now() + DAY_MS])
    expect(email.accepted).toHaveLength(1)
  })
})

describe('drain', () => {
  it('rejects when the storage fails, after what was under way is finished', async () => {
    const storage = failing(createMemoryStorage(), 'deliveries', 'claim', 1, down)
    const { invite, launch, root, kit, heard } = createSendingWorld({ storage })
    const failures = heard('worker.failed')
    await invite(10)
    const { id } = await launch(FAST)
    await expect(root.worker().drain()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(failures).toHaveLength(1)
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts.sent).toBe(10)
  })

  it.each(['openWindow', 'release', 'nextDue', 'claimInDoubt'])(
    'loses and doubles nothing when %s fails',
    async (method) => {
      const storage = failing(createMemoryStorage(), 'deliveries', method, 1, down)
      const { invite, launch, root, kit, email } = createSendingWorld({ storage })
      await invite(40)
      const { id } = await launch({ pace: { email: perMinute(100) } })
      for (let tries = 0; tries < 4; tries += 1)
        await root
          .worker()
          .drain()
          .catch(() => undefined)
      expect((await kit.campaigns.progress(id)).counts.sent).toBe(40)
      expect([...timesTaken(email).values()]).toEqual(Array(40).fill(1))
    },
  )

  it('writes what a provider has said although the storage fails twice', async () => {
    const storage = failing(createMemoryStorage(), 'deliveries', 'settle', 2, () => new Error('deadlock'))
    const { invite, launch, root, kit, heard } = createSendingWorld({ storage })
    const failures = heard('worker.failed')
    await invite(10)
    const { id } = await launch(FAST)
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ sent: 10, held: 0 })
    expect(failures).toHaveLength(0)
  })

  it('gives up on an error that says that no try can help', async () => {
    const never = () => new CampaignKitError('STORAGE_FAILED', 'No such table')
    const storage = failing(createMemoryStorage(), 'deliveries', 'settle', 1, never)
    const { invite, launch, root, kit } = createSendingWorld({ storage })
    await invite(10)
    const { id } = await launch(FAST)
    await expect(root.worker().drain()).rejects.toMatchObject({ code: 'STORAGE_FAILED', retry: 'never' })
    await root.worker().drain()
    const { counts } = await kit.campaigns.progress(id)
    expect(counts.sent + counts.held).toBe(10)
    expect(counts.held).toBeLessThanOrEqual(10)
  })

  it('writes it also when what the storage throws is no error', async () => {
    const storage = failing(createMemoryStorage(), 'deliveries', 'settle', 1, () => 'down' as never)
    const { invite, launch, root, kit } = createSendingWorld({ storage })
    await invite(2)
    const { id } = await launch(FAST)
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts.sent).toBe(2)
  })

  it('rejects when the clock itself fails', async () => {
    const clock = createManualClock({ auto: true })
    let broken = false
    const failingClock: ManualClock = {
      ...clock,
      now: () => clock.now(),
      sleepUntil: (...asked) =>
        broken ? Promise.reject(new Error('no timers')) : clock.sleepUntil(...asked),
    }
    const { invite, launch, root } = createSendingWorld({ clock: failingClock })
    await invite(10)
    await launch()
    broken = true
    await expect(root.worker().drain()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  })

  it('wraps a foreign error', async () => {
    const storage = failing(createMemoryStorage(), 'campaigns', 'getRun', 1, () => new RangeError('socket'))
    const { invite, launch, root } = createSendingWorld({ storage })
    await invite(1)
    await launch()
    await expect(root.worker().drain()).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      cause: expect.any(RangeError),
    })
  })

  it('does not wait for a run that has not begun, but up to the instant that it is given', async () => {
    const { invite, launch, root, email, clock } = createSendingWorld()
    await invite(3)
    const begun = clock.now()
    await launch({ startsAt: begun + DAY_MS })
    await root.worker().drain()
    expect(clock.now()).toBe(begun)
    await root.worker().drain({ until: begun + HOUR_MS })
    expect([clock.now(), email.accepted.length]).toEqual([begun + HOUR_MS, 0])
    await root.worker().drain({ until: begun + 2 * DAY_MS })
    expect([clock.now(), email.accepted.length]).toEqual([begun + 2 * DAY_MS, 3])
  })

  it('stops when it is told to, also while it sleeps', async () => {
    const { invite, launch, root, kit, clock, email } = createSendingWorld({ auto: false })
    await invite(100)
    const { id } = await launch()
    const stop = new AbortController()
    const draining = root.worker().drain({ signal: stop.signal, until: clock.now() + DAY_MS })
    await clock.advance(20 * SECOND_MS)
    stop.abort()
    await draining
    const { counts } = await kit.campaigns.progress(id)
    expect(counts).toMatchObject({ sent: email.accepted.length, claimed: 0, attempting: 0 })
    expect(counts.queued).toBe(100 - email.accepted.length)
    await root.worker().drain({ signal: stop.signal })
    expect((await kit.campaigns.progress(id)).counts).toEqual(counts)
  })

  it('serves more campaigns than it serves at once, each in its turn', async () => {
    const { invite, launch, root, kit } = createSendingWorld()
    await invite(40)
    const ids: string[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) ids.push((await launch({ name })).id)
    await root.worker({ concurrency: 2 }).drain()
    for (const id of ids)
      expect(await kit.campaigns.progress(id)).toMatchObject({ status: 'completed', settled: 40 })
  })
})

describe('tick', () => {
  it('is bounded, says what is due next, and serves at most so many runs', async () => {
    const { invite, launch, root, kit, clock } = createSendingWorld()
    await invite(200)
    const first = await launch({ name: 'one' })
    await launch({ name: 'two' })
    const worker = root.worker()
    expect((await worker.tick({ maxRuns: 1 })).served).toBe(1)
    const begun = clock.now()
    const { served, nextDueAt } = await worker.tick()
    expect(served).toBe(2)
    expect(nextDueAt).toBeGreaterThanOrEqual(begun)
    for (let tick = 0; tick < 3; tick += 1) {
      const before = clock.now()
      await worker.tick()
      expect(clock.now() - before).toBeLessThan(21 * SECOND_MS)
    }
    expect((await kit.campaigns.progress(first.id)).counts.sent).toBeGreaterThan(10)
    await worker.drain()
    expect(await worker.tick()).toEqual({ served: 0, nextDueAt: null })
  })

  it('serves nothing when it is aborted, and rejects when the storage fails', async () => {
    const storage = failing(createMemoryStorage(), 'campaigns', 'getRun', 1, down)
    const { invite, launch, root, email } = createSendingWorld({ storage })
    await invite(2)
    await launch()
    await root.worker().tick({ signal: AbortSignal.abort() })
    expect(email.attempted).toHaveLength(0)
    await expect(root.worker().tick()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  })

  it('freezes no further than the step during which it is aborted', async () => {
    const memory = createMemoryStorage()
    const stop = new AbortController()
    const storage = overridden(memory, {
      freezing: overridden(memory.freezing, {
        append: (...given: Parameters<Storage['freezing']['append']>) => {
          stop.abort()
          return memory.freezing.append(...given)
        },
      }),
    })
    const { invite, launch, root, kit } = createSendingWorld({ storage })
    await invite(2)
    const { id } = await launch()
    const worker = root.worker()
    await worker.tick({ signal: stop.signal })
    expect(stop.signal.aborted).toBe(true)
    expect((await kit.campaigns.progress(id)).total).toBe(0)
    await worker.tick()
    expect((await kit.campaigns.progress(id)).total).toBe(2)
  })

  it('says when there is a slot again, instead of now, and does nothing until then', async () => {
    const { invite, launch, root, clock, email } = createSendingWorld()
    await invite(3)
    await launch({ pace: { email: { limit: 1, periodMs: HOUR_MS } } })
    const worker = root.worker()
    for (let tick = 0; tick < 3; tick += 1) await worker.tick()
    expect(email.accepted).toHaveLength(1)
    const { served, nextDueAt } = await worker.tick()
    expect(served).toBe(0)
    expect(nextDueAt).toBeGreaterThan(clock.now() + 50 * MINUTE_MS)
  })
})

describe('a failure while calls are under way', () => {
  it('is thrown by the tick that began them', async () => {
    const never = () => new CampaignKitError('STORAGE_FAILED', 'No such table')
    const storage = failing(createMemoryStorage(), 'deliveries', 'settle', 1, never)
    const { invite, launch, root, kit } = createSendingWorld({
      storage,
      email: { delayMsOf: () => 15 * SECOND_MS, capabilities: { window: 50 } },
    })
    await invite(60)
    const { id } = await launch()
    await root.worker().tick()
    await root.worker().tick()
    await expect(root.worker().tick()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    await root.worker().drain()
    const { counts } = await kit.campaigns.progress(id)
    expect([counts.sent + counts.held, counts.held]).toEqual([60, 1])
  })
})

describe('a delivery that another worker has taken over', () => {
  it('is left to it', async () => {
    const storage = createMemoryStorage()
    let stolen = 0
    const deliveries = overridden(storage.deliveries, {
      openWindow: async (scope, entries, at) => {
        if (stolen > 0) return storage.deliveries.openWindow(scope, entries, at)
        stolen = entries.length
        await storage.deliveries.release(scope, entries, at.now)
        return storage.deliveries.openWindow(scope, entries, at)
      },
    })
    const { invite, launch, root, email } = createSendingWorld({
      storage: overridden(storage, { deliveries }),
    })
    await invite(10)
    await launch(FAST)
    await root.worker().drain()
    expect(stolen).toBeGreaterThan(0)
    expect([...timesTaken(email).values()]).toEqual(Array(10).fill(1))
  })
})

describe('several workers at once', () => {
  it.each([2, 5])('%i of them never write twice to anybody', async (workers) => {
    const storage = createMemoryStorage()
    const first = createSendingWorld({ storage, seed: 'first' })
    await first.invite(200)
    const { id } = await first.launch({ pace: { email: perMinute(3_000) } })
    await Promise.all(Array.from({ length: workers }, () => first.root.worker().drain()))
    expect([...timesTaken(first.email).values()]).toEqual(Array(200).fill(1))
    const progress = await first.kit.campaigns.progress(id)
    expect(progress).toMatchObject({ status: 'completed', counts: { sent: 200 } })
    expect((await first.kit.reports.campaign(id)).counts.sent).toBe(200)
  })

  it('freeze one audience, once', async () => {
    const { invite, launch, root, kit } = createSendingWorld()
    await invite(2_300)
    const { id } = await launch(FAST)
    await Promise.all([root.worker().drain(), root.worker().drain(), root.worker().drain()])
    const { total, counts } = await kit.campaigns.progress(id)
    expect([total, counts.sent]).toEqual([2_300, 2_300])
  })
})

describe('a worker with a short lease', () => {
  it('does not lose its chunk to another one', async () => {
    const storage = createMemoryStorage()
    let lost = 0
    const deliveries = overridden(storage.deliveries, {
      openWindow: async (scope, entries, at) => {
        const opened = await storage.deliveries.openWindow(scope, entries, at)
        lost += entries.length - opened.length
        return opened
      },
    })
    const world = createSendingWorld({
      storage: overridden(storage, { deliveries }),
      kit: { leaseMs: 1_000 },
    })
    await world.invite(60)
    const failures = heardBy(world.root, 'worker.failed')
    await world.launch()
    await Promise.all([world.root.worker().drain(), world.root.worker().drain()])
    expect([...timesTaken(world.email).values()]).toEqual(Array(60).fill(1))
    expect(failures).toEqual([])
    expect(lost).toBe(0)
  })
})
