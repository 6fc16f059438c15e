import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'
import {
  invite,
  newsTo,
  openWorkerKit,
  type Sent,
  type WorkerKit,
  type WorkerKitOptions,
} from './worker-kit.fixture.js'

let test: TestStorage
let tenants = 0
let opened: WorkerKit[] = []

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterEach(async () => {
  for (const each of opened) await each.close()
  opened = []
  // what a test leaves unfinished is no work for the next
  await test.knex.withSchema(test.schema).from('runs').update({ status: 'ended' })
})

afterAll(() => test.stop())

function newTenant(): string {
  tenants += 1
  return `pizzeria-${tenants}`
}

function open(options: WorkerKitOptions): WorkerKit {
  const worker = openWorkerKit(test, options)
  opened.push(worker)
  return worker
}

/** Works in the background until it is stopped. */
function work({ root }: WorkerKit, concurrency = 20) {
  const stop = new AbortController()
  const running = root
    .worker({ concurrency, sweepEveryMs: 500, stopWithinMs: 5_000 })
    .run({ signal: stop.signal })
  return async () => {
    stop.abort()
    await running
  }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await setTimeout(20)
}

describe('workers of several processes', () => {
  it('come and go while a campaign runs, and everybody is written to once', async () => {
    const tenant = newTenant()
    const log: Sent[] = []
    const first = open({ tenant, log, sendMs: 5 })
    await invite(first.kit, 1_500)
    const { id } = await first.kit.campaigns.create(newsTo(1_500))
    const working: (() => Promise<void>)[] = [work(first)]
    await first.kit.campaigns.launch(id)
    await until(() => log.length > 100)
    for (const mark of [300, 600, 900, 1_200]) {
      working.push(work(open({ tenant, log, sendMs: 5 })))
      await until(() => log.length >= mark)
      await working.shift()?.()
    }
    await until(async () => (await first.kit.campaigns.progress(id)).status === 'completed')
    for (const stop of working) await stop()
    expect(log).toHaveLength(1_500)
    expect(new Set(log.map(({ to }) => to)).size).toBe(1_500)
    expect(new Set(log.map(({ by }) => by)).size).toBeGreaterThanOrEqual(3)
    expect((await first.kit.campaigns.progress(id)).counts).toMatchObject({
      sent: 1_500,
      inDoubt: 0,
      held: 0,
    })
  })

  it('send one campaign together when it is behind, to everybody once', async () => {
    const tenant = newTenant()
    const log: Sent[] = []
    const kits = [1, 2].map(() => open({ tenant, log, sendMs: 50, window: 10 }))
    const [{ kit }] = kits as [WorkerKit]
    await invite(kit, 2_500)
    const { id } = await kit.campaigns.create(newsTo(2_500))
    await kit.campaigns.launch(id)
    const working = kits.map((each) => work(each))
    await until(async () => (await kit.campaigns.progress(id)).status === 'completed')
    for (const stop of working) await stop()
    expect(log).toHaveLength(2_500)
    expect(new Set(log.map(({ to }) => to)).size).toBe(2_500)
    const shares = kits.map(({ name }) => log.filter(({ by }) => by === name).length)
    expect(Math.min(...shares)).toBeGreaterThan(100)
  })

  it('give back what they hold when they are stopped, and settle what is under way', async () => {
    const tenant = newTenant()
    const log: Sent[] = []
    const kits = [1, 2, 3].map(() => open({ tenant, log, sendMs: 50 }))
    const [{ kit }] = kits as [WorkerKit]
    await invite(kit, 2_000)
    const { id } = await kit.campaigns.create(newsTo(2_000))
    await kit.campaigns.launch(id)
    const working = kits.map((each) => work(each))
    await until(() => log.length > 200)
    const begunAt = Date.now()
    await Promise.all(working.map((stop) => stop()))
    expect(Date.now() - begunAt).toBeLessThan(5_000)
    const { counts } = await kit.campaigns.progress(id)
    expect(counts).toMatchObject({ claimed: 0, attempting: 0, inDoubt: 0, held: 0, sent: log.length })
    expect(counts.sent + counts.queued).toBe(2_000)
    const leased = test.knex
      .withSchema(test.schema)
      .from('deliveries')
      .whereNotNull('lease_until')
      .where({ tenant })
    expect(await leased.select('id')).toEqual([])
  })

  it('are shared fairly: a small campaign ends soon although a large one was there first', async () => {
    const tenant = newTenant()
    const log: Sent[] = []
    const kits = [1, 2].map(() => open({ tenant, log }))
    const [{ kit }] = kits as [WorkerKit]
    await invite(kit, 9_000)
    const large = await kit.campaigns.create(newsTo(9_000, { name: 'large' }))
    const small = await kit.campaigns.create(newsTo(100, { name: 'small' }))
    await kit.campaigns.launch(large.id)
    const working = kits.map((each) => work(each, 1))
    await until(() => log.length > 0)
    await kit.campaigns.launch(small.id)
    const before = log.length
    await until(() => log.filter(({ campaignId }) => campaignId === small.id).length === 100)
    const meanwhile = log.slice(before).filter(({ campaignId }) => campaignId === large.id).length
    for (const stop of working) await stop()
    // two turns of each worker: one that freezes, one that sends
    expect(meanwhile).toBeLessThan(2 * 2 * 2_000 + 1_000)
    expect(log.length).toBeLessThan(9_100)
  })
})

describe('tick', () => {
  it('does one bounded round and says when to come again, until all is sent', async () => {
    const tenant = newTenant()
    const log: Sent[] = []
    const ticking = open({ tenant, log })
    await invite(ticking.kit, 300)
    const { id } = await ticking.kit.campaigns.create(newsTo(300))
    await ticking.kit.campaigns.launch(id)
    let rounds = 0
    for (let isOver = false; !isOver && rounds < 50; rounds += 1) {
      // each round in a process of its own, as a cron job has it
      const { served } = await open({ tenant, log }).root.worker().tick()
      isOver = served === 0
    }
    expect(log).toHaveLength(300)
    expect(new Set(log.map(({ to }) => to)).size).toBe(300)
    expect(await ticking.kit.campaigns.progress(id)).toMatchObject({ status: 'completed', settled: 300 })
    expect(rounds).toBeLessThan(10)
  })
})

describe('watch', () => {
  it('tells of the work of another process at once, and at most five times a second', async () => {
    const tenant = newTenant()
    const log: Sent[] = []
    const [watching, working] = [open({ tenant }), open({ tenant, log, sendMs: 2, window: 4 })]
    await invite(working.kit, 600)
    const { id } = await working.kit.campaigns.create(
      newsTo(600, { pace: { email: { limit: 12_000, periodMs: 60_000 } } }),
    )
    await working.kit.campaigns.launch(id)
    const told: { at: number; settled: number }[] = []
    const watched = (async () => {
      for await (const { settled } of watching.kit.campaigns.watch(id)) told.push({ at: Date.now(), settled })
    })()
    await setTimeout(300)
    const stop = work(working)
    await watched
    await stop()
    expect(told.at(-1)?.settled).toBe(600)
    const underWay = told.filter(({ settled }) => settled > 0 && settled < 600)
    const seconds = ((underWay.at(-1)?.at ?? 0) - (underWay[0]?.at ?? 0)) / 1_000
    // more often than by looking every second
    expect(underWay.length).toBeGreaterThan(1.5 * seconds)
    expect(underWay.length).toBeLessThan(6 * seconds + 6)
  })

  it('goes on when its connection is lost, and listens anew', async () => {
    const tenant = newTenant()
    const [watching, working] = [open({ tenant }), open({ tenant })]
    const { id } = await working.kit.campaigns.create(newsTo(10))
    const stop = new AbortController()
    const told: string[] = []
    const watched = (async () => {
      for await (const { status } of watching.kit.campaigns.watch(id, { signal: stop.signal }))
        told.push(status)
    })()
    const listeners = async () => {
      const { rows } = await test.knex.raw(
        `select pid from pg_stat_activity where query = 'listen "campaignkit"' and datname = current_database()`,
      )
      return rows.map(({ pid }: { readonly pid: number }) => pid) as number[]
    }
    await until(async () => (await listeners()).length === 1)
    const [lost] = await listeners()
    await test.knex.raw('select pg_terminate_backend(?)', [lost ?? 0])
    await working.kit.campaigns.launch(id)
    await until(() => told.includes('preparing'))
    await until(async () => {
      const [pid, ...others] = await listeners()
      return pid !== undefined && pid !== lost && others.length === 0
    })
    await working.kit.campaigns.pause(id)
    await until(() => told.includes('paused'))
    stop.abort()
    await watched
    expect(told).toEqual(['draft', 'preparing', 'paused'])
  })

  it('is told by ids alone', async () => {
    const tenant = newTenant()
    const { kit, root } = open({ tenant })
    const heard: string[] = []
    const raw = await test.knex.client.acquireRawConnection()
    raw.on('notification', ({ payload }: { readonly payload: string }) => heard.push(payload))
    await raw.query('listen "campaignkit"')
    await invite(kit, 5)
    const { id } = await kit.campaigns.create(newsTo(5, { name: 'A secret name' }))
    await kit.campaigns.launch(id)
    await root.worker().drain()
    await until(() => heard.some((payload) => payload.includes(id)))
    await raw.end()
    for (const payload of heard) {
      expect(payload).not.toMatch(/example\.com|secret/)
      expect(Buffer.byteLength(payload)).toBeLessThan(8_000)
    }
  })
})
