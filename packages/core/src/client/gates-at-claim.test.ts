import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import { perMinute } from '../model/pace.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createSendingWorld, instantsOf } from './sending.fixture.js'

type World = ReturnType<typeof createSendingWorld>

const deny = (world: World, customerId: string, topic = 'offers') =>
  world.kit.consents.record([
    { customerId, channel: 'email', topic, decision: 'denied', basis: 'phone call', obtainedAt: SAMPLE_NOW },
  ])

const CHANGES: readonly (readonly [string, string, (world: World) => Promise<unknown>])[] = [
  ['refuses the topic', 'consentDenied', (world) => deny(world, 'c-1')],
  ['refuses every topic', 'consentDenied', (world) => deny(world, 'c-1', '*')],
  [
    'has the address suppressed',
    'suppressed',
    ({ kit }) =>
      kit.consents.suppress([{ channel: 'email', address: 'ada1@example.com', reason: 'requested' }]),
  ],
  ['is erased', 'suppressed or erased', ({ kit }) => kit.customers.erase(['c-1'], 'asked to be forgotten')],
]

describe('a member who after the freezing', () => {
  it.each(CHANGES)('%s gets nothing, and the delivery says why', async (_described, reason, change) => {
    const world = createSendingWorld()
    await world.invite(3)
    const { id } = await world.launch()
    await world.root.worker().tick()
    expect((await world.kit.campaigns.progress(id)).counts.queued).toBe(3)
    await change(world)
    await world.root.worker().drain()
    expect(world.email.attempted.map(({ to }) => to).sort()).toEqual(['ada0@example.com', 'ada2@example.com'])
    const { items } = await world.kit.campaigns.deliveries(id, { status: 'skipped' })
    expect(items).toHaveLength(1)
    expect(reason.split(' or ')).toContain(items[0]?.reason)
    expect((await world.kit.reports.campaign(id)).counts).toMatchObject({ sent: 2 })
  })

  it.each([
    ['has no address any more', {}, 'noAddress'],
    ['has an address that cannot be written to', { email: 'nowhere' }, 'invalidAddress'],
  ])('%s in the tables of the host gets nothing', async (_described, addresses, reason) => {
    const storage = createMemoryStorage()
    let changed = false
    const customers = overridden(storage.customers, {
      get: async (scope, ids) => {
        const found = await storage.customers.get(scope, ids)
        return changed ? found.map((customer) => ({ ...customer, addresses })) : found
      },
    })
    const { invite, launch, root, kit, email } = createSendingWorld({
      storage: overridden(storage, { customers }),
    })
    await invite(2)
    const { id } = await launch()
    await root.worker().tick()
    changed = true
    await root.worker().drain()
    expect(email.attempted).toHaveLength(0)
    const { items } = await kit.campaigns.deliveries(id, { status: 'skipped' })
    expect(items.map((delivery) => delivery.reason)).toEqual([reason, reason])
  })

  it('moves gets the message at the new address', async () => {
    const { invite, launch, root, kit, email } = createSendingWorld()
    await invite(1)
    await launch()
    await root.worker().tick()
    await kit.customers.upsert([{ id: 'c-0', addresses: { email: 'new@example.com' } }])
    await root.worker().drain()
    expect(email.accepted.map(({ message }) => message.to)).toEqual(['new@example.com'])
  })

  it('leaves the segment still gets it: an audience is frozen', async () => {
    const { invite, launch, root, kit, email } = createSendingWorld()
    await invite(1)
    await launch()
    await root.worker().tick()
    await kit.customers.upsert([{ id: 'c-0', tags: [] }])
    await root.worker().drain()
    expect(email.accepted).toHaveLength(1)
  })

  it('refuses while a retry waits gets no second try', async () => {
    const world = createSendingWorld({
      email: { faultOf: () => ({ outcome: 'transient', code: 'busy', retryAfterMs: HOUR_MS }) },
    })
    await world.invite(2)
    const { id } = await world.launch({ pace: { email: perMinute(6_000) } })
    const stop = new AbortController()
    world.root.on('campaign.progress', ({ progress }) => {
      if (world.email.attempted.length === 2 && progress.counts.queued === 2) stop.abort()
    })
    await world.root.worker().drain({ signal: stop.signal })
    await deny(world, 'c-0')
    await world.root.worker().drain()
    expect(world.email.attempted.filter(({ to }) => to === 'ada0@example.com')).toHaveLength(1)
    expect((await world.kit.campaigns.progress(id)).counts).toMatchObject({ skipped: 1, failed: 1 })
  })
})

describe('a message', () => {
  it('that has outlived its time to live is skipped', async () => {
    const { invite, launch, root, kit, email, clock } = createSendingWorld()
    await invite(4)
    const { id } = await launch({ pace: { email: { limit: 1, periodMs: DAY_MS } }, timeToLiveDays: 2 })
    await root.worker().drain()
    const { counts } = await kit.campaigns.progress(id)
    expect([counts.sent, counts.skipped]).toEqual([2, 2])
    expect(email.accepted).toHaveLength(2)
    const { items } = await kit.campaigns.deliveries(id, { status: 'skipped' })
    expect(items.map(({ reason }) => reason)).toEqual(['expired', 'expired'])
    expect(clock.now()).toBeLessThan(SAMPLE_NOW + 4 * DAY_MS)
  })

  it('whose template fails for one customer fails that delivery alone', async () => {
    const { invite, launch, root, kit, email } = createSendingWorld()
    await invite(3, (number) => ({ firstName: number === 1 ? 'not base64: é' : 'QWRh' }))
    const { id } = await launch({
      messages: { email: { subject: 'Hello', text: '{{ customer.firstName | base64_decode }}' } },
    })
    await root.worker().drain()
    const { counts } = await kit.campaigns.progress(id)
    expect(counts).toMatchObject({ sent: 2, failed: 1 })
    expect(email.accepted.map(({ message }) => message.to).sort()).toEqual([
      'ada0@example.com',
      'ada2@example.com',
    ])
    const { items } = await kit.campaigns.deliveries(id, { status: 'failed' })
    expect(items).toMatchObject([{ customerId: 'c-1', reason: 'TEMPLATE_RENDER_FAILED', tries: 0 }])
  })

  it('that is too large for the channel fails that delivery alone', async () => {
    const { invite, launch, root, kit } = createSendingWorld({
      email: { capabilities: { maxMessageBytes: 4_000 } },
    })
    await invite(3, (number) => ({ attributes: { story: 'x'.repeat(number === 2 ? 4_000 : 3) } }))
    const { id } = await launch({
      messages: { email: { subject: 'Hello', text: '{{ customer.attributes.story }}' } },
    })
    await root.worker().drain()
    const { items } = await kit.campaigns.deliveries(id, { status: 'failed' })
    expect(items).toMatchObject([{ customerId: 'c-2', reason: 'MESSAGE_TOO_LARGE' }])
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ sent: 2, failed: 1 })
  })
})

describe('data of the host', () => {
  const TABLE = { messages: { email: { subject: 'Table {{ data.table }}', text: 'Hello' } } }

  it('stand in the templates of each customer', async () => {
    const calls: number[] = []
    const { invite, launch, root, email } = createSendingWorld({
      kit: {
        templateData: async (_scope, _campaign, ids) => {
          calls.push(ids.length)
          return new Map(ids.map((id) => [id, { table: `T-${id}` }]))
        },
      },
    })
    await invite(5)
    await launch(TABLE)
    await root.worker().drain()
    const subjects = email.accepted.map(({ message }) =>
      message.content.type === 'email' ? message.content.subject : '',
    )
    expect(subjects.sort()).toEqual([0, 1, 2, 3, 4].map((number) => `Table T-c-${number}`))
    expect(calls.reduce((sum, count) => sum + count, 0)).toBe(5)
  })

  it.each([
    ['throws', () => Promise.reject(new Error('database down'))],
    [
      'throws at once',
      () => {
        throw new Error('database down')
      },
    ],
    ['gives no map', async () => ({}) as never],
  ])(
    'that cannot be had (%s) fail nobody: all waits, and goes on at once when it answers',
    async (_described, supply) => {
      let broken = true
      const { invite, launch, root, kit, email, clock, heard } = createSendingWorld({
        kit: {
          templateData: (...asked) =>
            broken ? supply() : Promise.resolve(new Map(asked[2].map((id) => [id, { table: 7 }]))),
        },
      })
      const failures = heard('worker.failed')
      await invite(3)
      const { id } = await launch(TABLE)
      await expect(root.worker().drain()).rejects.toMatchObject({
        code: 'TEMPLATE_DATA_FAILED',
        retry: 'later',
      })
      expect(failures.map(({ error }) => error.code)).toEqual(['TEMPLATE_DATA_FAILED'])
      expect((await kit.campaigns.progress(id)).counts).toMatchObject({ queued: 3, failed: 0 })
      broken = false
      const mended = clock.now()
      await root.worker().drain()
      expect(email.accepted).toHaveLength(3)
      expect(instantsOf(email)[0]).toBe(mended)
    },
  )
})
