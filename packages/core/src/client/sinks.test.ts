import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { CampaignKitError } from '../base/error.js'
import type { CampaignEvent } from '../model/event.js'
import type { Scope } from '../model/scope.js'
import type { EventSink } from '../ports/event-sink.js'
import type { Storage } from '../ports/storage/storage.js'
import { createCrashingStorage, createCrashPoint } from '../testing/crash.js'
import { createManualClock } from '../testing/manual-clock.js'
import type { CampaignKitOptions } from './options.js'
import { createPizzeria, SCOPE } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

/** A sink that keeps the keys that it was given, tenant by tenant, and fails when it is told to. */
function createHearing(name: string, failing: (call: number) => unknown = () => null) {
  const heard: string[] = []
  const calls: { readonly tenant: string; readonly count: number }[] = []
  const sink: EventSink = {
    name,
    async publish({ tenant }: Scope, events: readonly CampaignEvent[]) {
      calls.push({ tenant, count: events.length })
      const thrown = failing(calls.length)
      if (thrown !== null) throw thrown
      heard.push(...events.map(({ key }) => `${tenant} ${key}`))
    },
  }
  return { sink, heard, calls }
}

function open(sinks: readonly EventSink[], more: Partial<CampaignKitOptions> = {}, storage?: Storage) {
  const lines: unknown[] = []
  const logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (...line: unknown[]) => void lines.push(line),
  }
  const world = createPizzeria({
    kit: { sinks, logger, ...more },
    ...(storage === undefined ? {} : { storage }),
  })
  const track = (from: number, count: number, tenant = 'pizzeria') =>
    world.root.as({ ...SCOPE, tenant }).events.track(
      Array.from({ length: count }, (_, at) => ({
        key: `e-${String(from + at).padStart(5, '0')}`,
        type: 'seen',
        customerId: `c-${at}`,
      })),
    )
  return { ...world, lines, track }
}

const keys = (from: number, count: number, tenant = 'pizzeria') =>
  Array.from({ length: count }, (_, at) => `${tenant} tracked:e-${String(from + at).padStart(5, '0')}`)

describe('an event sink', () => {
  it('hears every event of every tenant once, in order, in batches', async () => {
    const { sink, heard, calls } = createHearing('all')
    const { track, root } = open([sink])
    await track(0, 700)
    await track(0, 3, 'trattoria')
    await track(700, 600)
    await root.worker().drain()
    expect(heard.filter((key) => key.startsWith('pizzeria'))).toEqual(keys(0, 1_300))
    expect(heard.filter((key) => key.startsWith('trattoria'))).toEqual(keys(0, 3, 'trattoria'))
    expect(Math.max(...calls.map(({ count }) => count))).toBe(500)
    const before = calls.length
    await root.worker().drain()
    expect(calls.length).toBe(before)
  })

  it('hears what is sent, and nothing of the customers but their ids', async () => {
    const told: CampaignEvent[] = []
    const sink: EventSink = { publish: async (_scope, events) => void told.push(...events) }
    const { welcome, runCampaign } = open([sink])
    await welcome(3)
    await runCampaign()
    expect(told.map(({ type }) => type)).toEqual(['sent', 'sent', 'sent'])
    expect(JSON.stringify(told)).not.toMatch(/example\.com|Ada\d/)
  })

  it('goes on where it stood, by any worker, and hears everything under a new name', async () => {
    const storage = createMemoryStorage()
    const first = createHearing('all')
    const world = open([first.sink], {}, storage)
    await world.track(0, 2)
    await world.root.worker().tick()
    const [second, other] = [createHearing('all'), createHearing('other')]
    const later = open([second.sink, other.sink], {}, storage)
    await later.track(2, 2)
    await later.root.worker().tick()
    expect(first.heard).toEqual(keys(0, 2))
    expect(second.heard).toEqual(keys(2, 2))
    expect(other.heard).toEqual(keys(0, 4))
  })

  it('that fails gets the same again when it has rested, and holds up neither another nor what is sent', async () => {
    const broken = createHearing('broken', (call) => (call < 3 ? new Error('c-0 is away') : null))
    const whole = createHearing('whole')
    const { track, root, lines, clock, welcome, runCampaign, outbox } = open([broken.sink, whole.sink])
    const told: unknown[] = []
    root.on('sink.failed', (event) => told.push(event))
    await track(0, 2)
    await root.worker().drain()
    expect([broken.heard, whole.heard]).toEqual([[], keys(0, 2)])
    const restsUntil = (await root.sinks())[0]?.restsUntil ?? 0
    expect(await root.sinks()).toEqual([
      { name: 'broken', waiting: 2, waitingSince: clock.now(), failures: 1, restsUntil },
      { name: 'whole', waiting: 0, waitingSince: null, failures: 0, restsUntil: null },
    ])
    expect(restsUntil).toBeGreaterThanOrEqual(clock.now() + 1_000)
    expect(told).toEqual([{ sink: 'broken', failures: 1, restsUntil }])
    await root.worker().drain()
    expect(broken.calls).toHaveLength(1)
    await welcome(2)
    await runCampaign()
    expect(outbox.sent).toHaveLength(2)
    for (const failures of [2, 0]) {
      await clock.advanceTo(restsUntil + 600_000 * (3 - failures))
      await root.worker().tick()
      expect((await root.sinks())[0]?.failures).toBe(failures)
    }
    expect(broken.heard.slice(0, 2)).toEqual(keys(0, 2))
    expect(broken.heard).toEqual(whole.heard)
    expect(JSON.stringify(lines)).not.toContain('c-0')
    expect(lines).toHaveLength(2)
  })

  it('that asks for time is given it', async () => {
    const retry = { afterMs: 3_600_000 }
    const slow = createHearing('slow', () => new CampaignKitError('SINK_FAILED', 'Not now', { retry }))
    const { track, root, clock } = open([slow.sink])
    await track(0, 1)
    await root.worker().drain()
    expect((await root.sinks())[0]?.restsUntil).toBe(clock.now() + 3_600_000)
  })

  it('rests longer from failure to failure, five minutes at most', async () => {
    const broken = createHearing('broken', () => 'no error at all')
    const { track, root, clock } = open([broken.sink])
    await track(0, 1)
    const rests: number[] = []
    for (let failure = 0; failure < 30; failure += 1) {
      await root.worker().tick()
      const until = (await root.sinks())[0]?.restsUntil ?? 0
      rests.push(until - clock.now())
      await clock.advanceTo(until)
    }
    expect(Math.max(...rests)).toBeLessThanOrEqual(301_000)
    expect(Math.max(...rests)).toBeGreaterThan(100_000)
    expect(Math.min(...rests)).toBeGreaterThanOrEqual(1_000)
  })

  it('is called by one worker at a time', async () => {
    let calls = 0
    let most = 0
    const heard: string[] = []
    const sink: EventSink = {
      async publish(_scope, events) {
        calls += 1
        most = Math.max(most, calls)
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
        heard.push(...events.map(({ key }) => `pizzeria ${key}`))
        calls -= 1
      },
    }
    const { track, root } = open([sink])
    await track(0, 1_500)
    await Promise.all([1, 2, 3].map(() => root.worker().drain()))
    expect(most).toBe(1)
    expect(heard).toEqual(keys(0, 1_500))
  })

  it('that never comes back holds up nobody, and is tried by another worker when the lease has ended', async () => {
    const clock = createManualClock()
    let calls = 0
    const stuck: EventSink = {
      name: 'stuck',
      publish: () => {
        calls += 1
        return calls === 1 ? new Promise<void>(() => undefined) : Promise.resolve()
      },
    }
    const whole = createHearing('whole')
    const { track, root } = open([stuck, whole.sink], { clock })
    const stop = new AbortController()
    const worked = root.worker({ stopWithinMs: 0 }).run({ signal: stop.signal })
    await track(0, 1)
    await clock.advance(5_000)
    await track(1, 1)
    await clock.advance(5_000)
    expect(whole.heard).toEqual(keys(0, 2))
    expect((await root.sinks())[0]).toMatchObject({ name: 'stuck', waiting: 2 })
    await root.worker().tick()
    expect(calls).toBe(1)
    await clock.advance(120_000)
    await root.worker().tick()
    expect((await root.sinks())[0]).toMatchObject({ waiting: 0 })
    stop.abort()
    await clock.settle()
    await worked
  })

  it('misses nothing when its worker dies at any call, and repeats one batch at most', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; at < 14; at += 1) {
        const storage = createMemoryStorage()
        const clock = createManualClock({ auto: true })
        const { sink, heard } = createHearing('all')
        const quiet = open([], { clock }, storage)
        await quiet.track(0, 900)
        const crash = createCrashPoint({ at, when })
        const dying = open([sink], { clock }, createCrashingStorage(storage, crash))
        await dying.root
          .worker()
          .drain()
          .catch(() => undefined)
        await clock.advance(180_000)
        await open([sink], { clock }, storage).root.worker().drain()
        expect([...new Set(heard)]).toEqual(keys(0, 900))
        expect(heard.length - 900).toBeLessThanOrEqual(500)
      }
    }
  })

  it('hears of the erased without their id', async () => {
    const told: CampaignEvent[] = []
    const sink: EventSink = { publish: async (_scope, events) => void told.push(...events) }
    const { kit, root, track, welcome } = open([sink])
    await welcome(1)
    await track(0, 1)
    await kit.customers.erase(['c-0'], 'asked for it')
    await root.worker().drain()
    expect(told).toMatchObject([{ key: 'tracked:e-00000', customerId: null }])
  })
})

describe('the names of sinks', () => {
  const { sink } = createHearing('one')
  const publish = sink.publish
  it.each<[string, readonly EventSink[]]>([
    ['sinks[1].name', [sink, { publish }]],
    ['sinks[0].name', [{ name: 'One Sink', publish }]],
    ['sinks[1].name', [sink, sink]],
  ])('are refused at %s', async (path, sinks) => {
    expect(await codeOf(() => open(sinks))).toBe(`INVALID_INPUT ${path}`)
  })
})
