import { describe, expect, it } from 'vitest'
import type { DeliveryId } from '../base/ids.js'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import { perMinute } from '../model/pace.js'
import { failsFirst } from '../testing/faults.js'
import type { Fault } from '../testing/faulty-channel.js'
import { createPizzeria } from './pizzeria.fixture.js'
import { createSendingWorld, timesTaken } from './sending.fixture.js'

const FAST = { pace: { email: perMinute(6_000) } }

const NONE = 'none' as DeliveryId

const FAULTS: readonly (readonly [string, Fault, boolean])[] = [
  ['says that it cannot tell, and took it', { outcome: 'unknown', code: 'timeout', taken: true }, true],
  [
    'says that it cannot tell, and did not take it',
    { outcome: 'unknown', code: 'timeout', taken: false },
    false,
  ],
  ['throws after taking it', { outcome: 'throws', taken: true }, true],
  ['throws before taking it', { outcome: 'throws', taken: false }, false],
]

describe.each(FAULTS)('a channel that %s', (_described, fault, taken) => {
  it('leaves the delivery held for a person, once, with nothing sent twice', async () => {
    const { invite, launch, root, kit, email, heard } = createSendingWorld({
      email: { faultOf: () => fault },
    })
    const held = heard('delivery.held')
    await invite(3)
    const { id } = await launch(FAST)
    await root.worker().drain()
    await root.worker().drain()
    const { items } = await kit.campaigns.deliveries(id, { status: 'held' })
    expect(items.map(({ reason }) => reason)).toEqual(['inDoubt', 'inDoubt', 'inDoubt'])
    expect(new Set(held.map(({ deliveryId }) => deliveryId)).size).toBe(3)
    expect(held).toHaveLength(3)
    expect(email.accepted).toHaveLength(taken ? 3 : 0)
    expect(await kit.campaigns.progress(id)).toMatchObject({ status: 'completed', settled: 3 })
    expect((await kit.reports.campaign(id)).counts).toMatchObject({ sent: 0 })
  })

  it('is asked again under `resend`, while tries are left, and nothing is lost', async () => {
    const { invite, launch, root, kit, email } = createSendingWorld({
      email: { faultOf: failsFirst(2, fault) },
    })
    await invite(3)
    const { id } = await launch({ ...FAST, inDoubt: 'resend' })
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ sent: 3 })
    expect([...timesTaken(email).values()]).toEqual([1, 1, 1].map((once) => (taken ? once + 2 : once)))
  })

  it('is held even under `resend` when no tries are left', async () => {
    const { invite, launch, root, kit, email } = createSendingWorld({ email: { faultOf: () => fault } })
    await invite(2)
    const { id } = await launch({ ...FAST, inDoubt: 'resend' })
    await root.worker().drain()
    expect(email.attempted).toHaveLength(8)
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ held: 2 })
  })
})

describe('a channel with idempotency keys', () => {
  it('is asked again under the same key, whatever the policy, and not in a rush', async () => {
    const { invite, launch, root, kit, email, clock } = createSendingWorld({
      email: {
        capabilities: { idempotencyKeys: true },
        faultOf: failsFirst(3, { outcome: 'unknown', code: 'timeout', taken: false }),
      },
    })
    await invite(20)
    const begun = clock.now()
    const { id } = await launch(FAST)
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ sent: 20 })
    const keys = new Set(email.attempted.map(({ idempotencyKey }) => idempotencyKey))
    expect(keys.size).toBe(20)
    expect(email.attempted).toHaveLength(80)
    expect(new Set(email.attempted.map(({ attemptId }) => attemptId)).size).toBe(80)
    expect(clock.now() - begun).toBeGreaterThan(10_000)
  })

  it('is held after the last try', async () => {
    const { invite, launch, root, kit } = createSendingWorld({
      email: {
        capabilities: { idempotencyKeys: true },
        faultOf: () => ({ outcome: 'throws', taken: false }),
      },
    })
    await invite(2)
    const { id } = await launch(FAST)
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ held: 2 })
  })
})

describe('a channel with receipts', () => {
  const world = () =>
    createSendingWorld({
      email: {
        capabilities: { receipts: ['accepted', 'delivered', 'dropped'], receiptWindowMs: 2 * HOUR_MS },
        faultOf: () => ({ outcome: 'unknown', code: 'timeout', taken: true }),
      },
    })

  const doubtful = async (made: ReturnType<typeof world>) => {
    await made.invite(2)
    const { id } = await made.launch(FAST)
    const stop = new AbortController()
    const seen = made.heard('campaign.progress')
    made.root.on('campaign.progress', ({ progress }) => {
      if (progress.counts.inDoubt === 2) stop.abort()
    })
    await made.root.worker().drain({ signal: stop.signal })
    expect(seen.at(-1)?.progress.counts.inDoubt).toBe(2)
    const { items } = await made.kit.campaigns.deliveries(id, { status: 'inDoubt' })
    return { id, deliveryIds: items.map((delivery) => delivery.id) }
  }

  it('waits for one as long as the channel says, then the policy counts', async () => {
    const made = world()
    const { id } = await doubtful(made)
    const begun = made.clock.now()
    await made.root.worker().drain()
    expect(made.clock.now() - begun).toBeGreaterThan(1.9 * HOUR_MS)
    expect(made.clock.now() - begun).toBeLessThan(2.1 * HOUR_MS)
    expect((await made.kit.campaigns.progress(id)).counts).toMatchObject({ held: 2 })
  })

  it('resolves the doubt when one proves that it was sent', async () => {
    const made = world()
    const { id, deliveryIds } = await doubtful(made)
    const [deliveryId = NONE] = deliveryIds
    const receipt = { type: 'delivered' as const, at: made.clock.now(), deliveryId }
    expect(await made.kit.events.ingest([{ ...receipt, key: 'r-1' }])).toMatchObject({ recorded: 1 })
    await made.root.worker().drain()
    const progress = await made.kit.campaigns.progress(id)
    expect(progress).toMatchObject({ status: 'completed', counts: { sent: 1, held: 1 } })
    expect(made.email.attempted).toHaveLength(2)
    const [late] = (await made.kit.campaigns.deliveries(id, { status: 'held' })).items
    await made.kit.events.ingest([
      { key: 'r-2', type: 'accepted', at: made.clock.now(), deliveryId: late?.id ?? NONE },
    ])
    expect((await made.kit.campaigns.progress(id)).counts).toMatchObject({ sent: 2, held: 0 })
    expect((await made.kit.reports.campaign(id)).counts.sent).toBe(2)
  })

  it('does not take a receipt for proof that says it was dropped', async () => {
    const made = world()
    const { id, deliveryIds } = await doubtful(made)
    const [deliveryId = NONE] = deliveryIds
    await made.kit.events.ingest([{ key: 'r-1', type: 'dropped', at: made.clock.now(), deliveryId }])
    expect((await made.kit.campaigns.progress(id)).counts).toMatchObject({ inDoubt: 2 })
  })
})

describe('a doubt in a campaign that is over', () => {
  it('is held, not sent again and not called cancelled', async () => {
    const { invite, launch, root, kit, email, clock } = createSendingWorld({
      email: {
        capabilities: { receipts: ['accepted'], receiptWindowMs: HOUR_MS },
        faultOf: () => ({ outcome: 'throws', taken: true }),
      },
    })
    await invite(4)
    const { id } = await launch({ ...FAST, inDoubt: 'resend', endsAt: clock.now() + DAY_MS })
    await root.worker().tick()
    await root.worker().tick()
    await root.worker().tick()
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ inDoubt: 4 })
    await kit.campaigns.cancel(id, 'wrong price')
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ held: 4, cancelled: 0 })
    expect(email.accepted).toHaveLength(4)
    expect(await kit.campaigns.runs(id)).toMatchObject([{ status: 'ended' }])
  })

  it('is held although its adapter is gone', async () => {
    const world = createSendingWorld({
      email: {
        capabilities: { receipts: ['accepted'], receiptWindowMs: HOUR_MS },
        faultOf: () => ({ outcome: 'throws', taken: true }),
      },
    })
    await world.invite(1)
    const { id } = await world.launch(FAST)
    for (let tick = 0; tick < 3; tick += 1) await world.root.worker().tick()
    await world.kit.campaigns.stop(id)
    const without = createPizzeria({
      storage: world.storage,
      channels: {},
      kit: { clock: world.clock },
      seed: 'b',
    })
    await without.root.worker().drain()
    expect((await world.kit.campaigns.progress(id)).counts).toMatchObject({ held: 1 })
  })
})
