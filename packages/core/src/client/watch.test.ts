import { getEventListeners } from 'node:events'
import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { SECOND_MS } from '../base/time.js'
import type { CampaignEvent } from '../model/event.js'
import { perMinute } from '../model/pace.js'
import type { Progress } from '../model/progress.js'
import type { Logger } from '../ports/logger.js'
import { overridden } from '../testing/overridden.js'
import { winBack } from './pizzeria.fixture.js'
import { createSendingWorld } from './sending.fixture.js'

const FAST = { pace: { email: perMinute(6_000) } }

async function collect(progress: AsyncIterable<Progress>): Promise<readonly Progress[]> {
  const seen: Progress[] = []
  for await (const each of progress) seen.push(each)
  return seen
}

const silentStorage = () => {
  const storage = createMemoryStorage()
  return overridden(storage, {
    announcements: null,
    capabilities: { ...storage.capabilities, announces: false },
  })
}

describe.each([
  ['a storage that announces changes', createMemoryStorage],
  ['a storage that does not', silentStorage],
])('watching over %s', (_described, storageOf) => {
  it('tells each change and ends when all is settled', async () => {
    const { invite, launch, root, kit } = createSendingWorld({ storage: storageOf() })
    await invite(200)
    const { id } = await launch()
    const watching = collect(kit.campaigns.watch(id))
    await root.worker().drain()
    const seen = await watching
    expect(seen.at(-1)).toMatchObject({ status: 'completed', settled: 200, total: 200, share: 1, etaMs: 0 })
    const settled = seen.map((progress) => progress.settled)
    expect(settled).toEqual([...settled].sort((left, right) => left - right))
    expect(seen.length).toBeGreaterThan(20)
    for (const [at, { status, total, settled: now }] of seen.entries()) {
      const before = seen[at - 1]
      expect([before?.status, before?.total, before?.settled]).not.toEqual([status, total, now])
    }
  })

  it('tells no end while the campaign is paused', async () => {
    const { invite, launch, root, kit } = createSendingWorld({ storage: storageOf() })
    await invite(60)
    const { id } = await launch()
    let pausing: Promise<unknown> | null = null
    root.on('campaign.progress', ({ progress }) => {
      if (progress.settled > 20) pausing ??= kit.campaigns.pause(id)
    })
    await root.worker().drain()
    await pausing
    expect(await kit.campaigns.progress(id)).toMatchObject({ status: 'paused', etaMs: null })
    await kit.campaigns.resume(id)
    await root.worker().drain()
    expect(await kit.campaigns.progress(id)).toMatchObject({ status: 'completed', settled: 60, etaMs: 0 })
  })

  it('goes on after a stop until all is settled', async () => {
    const { invite, launch, root, kit } = createSendingWorld({ storage: storageOf() })
    await invite(200)
    const { id } = await launch()
    let stopping: Promise<unknown> | null = null
    root.on('campaign.progress', ({ progress }) => {
      if (progress.settled > 20) stopping ??= kit.campaigns.stop(id)
    })
    const watching = collect(kit.campaigns.watch(id))
    await root.worker().drain()
    await stopping
    const seen = await watching
    expect(seen.at(-1)).toMatchObject({ status: 'completed', settled: 200, total: 200 })
  })

  it('ends when it is aborted, also before it has begun, and when nobody listens any more', async () => {
    const { invite, launch, kit, clock } = createSendingWorld({ storage: storageOf(), auto: false })
    await invite(2)
    const { id } = await launch()
    const stop = new AbortController()
    const watching = collect(kit.campaigns.watch(id, { signal: stop.signal }))
    await clock.settle()
    stop.abort()
    expect(await watching).toMatchObject([{ status: 'preparing', total: 0 }])
    expect(await collect(kit.campaigns.watch(id, { signal: AbortSignal.abort() }))).toEqual([])
    for await (const progress of kit.campaigns.watch(id)) {
      expect(progress.settled).toBe(0)
      break
    }
    expect(clock.sleeping).toBe(0)
  })

  it('has one listener on a signal that many share, and none when they have ended', async () => {
    const { invite, launch, root, kit } = createSendingWorld({ storage: storageOf() })
    await invite(20)
    const { id } = await launch()
    const { signal } = new AbortController()
    const watches = Array.from({ length: 20 }, () =>
      kit.campaigns.watch(id, { signal })[Symbol.asyncIterator](),
    )
    await Promise.all(watches.map((watch) => watch.next()))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await watches[0]?.return?.(undefined)
    const last = watches.slice(1).map(async (watch) => {
      while ((await watch.next()).done !== true);
    })
    await root.worker().drain()
    await Promise.all(last)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('tells at once of a campaign that is over, and refuses one that is not there', async () => {
    const { invite, launch, root, kit } = createSendingWorld({ storage: storageOf() })
    await invite(1)
    const { id } = await launch()
    await root.worker().drain()
    expect(await collect(kit.campaigns.watch(id))).toMatchObject([{ status: 'completed', settled: 1 }])
    await expect(collect(kit.campaigns.watch('nothing'))).rejects.toMatchObject({
      code: 'CAMPAIGN_NOT_FOUND',
    })
  })

  it('throws what the storage throws', async () => {
    const storage = storageOf()
    let broken = false
    const deliveries = overridden(storage.deliveries, {
      counts: (...asked) =>
        broken ? Promise.reject(new Error('down')) : storage.deliveries.counts(...asked),
    })
    const { invite, launch, kit, root } = createSendingWorld({ storage: overridden(storage, { deliveries }) })
    await invite(1)
    const { id } = await launch()
    const watching = collect(kit.campaigns.watch(id)).catch((thrown: unknown) => thrown)
    broken = true
    await root
      .worker()
      .drain()
      .catch(() => undefined)
    expect(await watching).toMatchObject({ message: 'down' })
  })
})

describe('a watch that waits', () => {
  it('throws what the announcements throw', async () => {
    const storage = createMemoryStorage()
    const announcements = overridden(storage.announcements ?? (undefined as never), {
      changed: () => Promise.reject(new Error('listener lost')),
    })
    const { launch, invite, kit } = createSendingWorld({ storage: overridden(storage, { announcements }) })
    await invite(1)
    const { id } = await launch()
    await expect(collect(kit.campaigns.watch(id))).rejects.toThrow('listener lost')
  })
})

describe('progress', () => {
  it('tells rate and end as they come out', async () => {
    const { invite, launch, root, clock, heard } = createSendingWorld()
    const told = heard('campaign.progress')
    await invite(400)
    await launch()
    await root.worker().drain()
    const endedAt = clock.now()
    const steady = told
      .map(({ progress }) => progress)
      .filter(({ settled }) => settled > 120 && settled < 380)
    expect(steady.length).toBeGreaterThan(10)
    for (const { ratePerMinute, etaMs, at } of steady) {
      expect(Math.abs((ratePerMinute ?? 0) - 100)).toBeLessThan(6)
      expect(Math.abs(at + (etaMs ?? 0) - endedAt)).toBeLessThan(15 * SECOND_MS)
    }
    const [first] = told
    expect(first?.progress).toMatchObject({ ratePerMinute: null, etaMs: null })
    expect(told.at(-1)?.progress).toMatchObject({ settled: 400, share: 1, etaMs: 0 })
  })

  it('tells the rate of each campaign that is watched, however many others are asked for', async () => {
    const { invite, launch, root, kit } = createSendingWorld()
    await invite(100)
    const { id } = await launch()
    const others = await Promise.all(
      Array.from({ length: 250 }, (_, number) => kit.campaigns.create(winBack({ name: `Draft ${number}` }))),
    )
    const working = root.worker().drain()
    const rates: (number | null)[] = []
    for await (const { settled, ratePerMinute } of kit.campaigns.watch(id)) {
      if (settled > 20) rates.push(ratePerMinute)
      await Promise.all(others.map((other) => kit.campaigns.progress(other.id)))
    }
    await working
    expect(rates.length).toBeGreaterThan(1)
    expect(rates).not.toContain(null)
  })

  it('is told chunk by chunk', async () => {
    const { invite, launch, root, heard } = createSendingWorld()
    const told = heard('campaign.progress')
    await invite(500)
    await launch(FAST)
    await root.worker().drain()
    const steps = told.map(({ progress }) => progress.settled)
    expect(Math.max(...steps.map((settled, at) => settled - (steps[at - 1] ?? 0)))).toBeLessThanOrEqual(110)
  })

  it('of many campaigns is remembered for the latest of them', async () => {
    const { invite, launch, root, kit, clock } = createSendingWorld()
    await invite(1)
    const ids: string[] = []
    for (let at = 0; at < 210; at += 1)
      ids.push((await launch({ ...FAST, name: `campaign ${at}`, startsAt: clock.now() })).id)
    await root.worker({ concurrency: 10 }).drain()
    for (const id of ids) expect(await kit.campaigns.progress(id)).toMatchObject({ settled: 1, etaMs: 0 })
  })
})

describe('what a worker tells', () => {
  it('is committed already when it is heard, and nothing is told twice', async () => {
    const world = createSendingWorld()
    await world.invite(60)
    const { id } = await world.launch(FAST)
    const heard: CampaignEvent[] = []
    const checks: Promise<void>[] = []
    world.root.on('events.recorded', ({ events }) => {
      heard.push(...events)
      checks.push(
        world.kit.reports.campaign(id).then(({ counts }) => {
          expect(counts.sent).toBeGreaterThanOrEqual(events.length)
        }),
      )
    })
    await world.root.worker().drain()
    await Promise.all(checks)
    expect(heard.map(({ type }) => type)).toEqual(Array(60).fill('sent'))
    expect(new Set(heard.map(({ key }) => key)).size).toBe(60)
  })

  it('leaves out what came too late to count', async () => {
    const storage = createMemoryStorage()
    let late = 0
    const deliveries = overridden(storage.deliveries, {
      settle: async (scope, settlements, now) => {
        if (late > 0) return storage.deliveries.settle(scope, settlements, now)
        late = 1
        return storage.deliveries.settle(scope, settlements.slice(1), now)
      },
    })
    const { invite, launch, root, kit, heard } = createSendingWorld({
      storage: overridden(storage, { deliveries }),
    })
    const recorded = heard('events.recorded')
    await invite(10)
    const { id } = await launch(FAST)
    await root.worker().drain()
    const types = recorded.flatMap(({ events }) => events.map(({ type }) => type)).sort()
    expect(types).toEqual(['held', ...Array(9).fill('sent')])
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ sent: 9, held: 1 })
  })

  it('harms nobody when a listener throws', async () => {
    const { invite, launch, root, kit } = createSendingWorld()
    for (const name of ['events.recorded', 'campaign.progress', 'campaign.status', 'run.frozen'] as const) {
      root.on(name, () => {
        throw new Error('a listener')
      })
    }
    await invite(30)
    const { id } = await launch(FAST)
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts.sent).toBe(30)
  })

  it('reaches every sink, and a sink that fails is logged and stops nobody', async () => {
    const passed: CampaignEvent[] = []
    const errors: string[] = []
    const logger: Logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (message) => void errors.push(message),
    }
    const { invite, launch, root, kit } = createSendingWorld({
      email: {
        faultOf: ({ to }) => (to.startsWith('ada1@') ? { outcome: 'permanent', code: 'gone' } : null),
      },
      kit: {
        logger,
        sinks: [
          { name: 'down', publish: async () => Promise.reject(new Error('sink down')) },
          {
            name: 'broken',
            publish: () => {
              throw new Error('sink broken')
            },
          },
          { name: 'whole', publish: async (_scope, events) => void passed.push(...events) },
        ],
      },
    })
    await invite(20, (number) => (number === 2 ? { locale: 'de' } : {}))
    const { id } = await launch(FAST)
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ sent: 19, failed: 1 })
    expect(passed.filter(({ type }) => type === 'sent')).toHaveLength(19)
    expect(passed.filter(({ type }) => type === 'failed')).toMatchObject([
      { reason: 'gone', customerId: 'c-1' },
    ])
    expect(errors.filter((message) => message === 'an event sink failed').length).toBeGreaterThan(1)
  })
})
