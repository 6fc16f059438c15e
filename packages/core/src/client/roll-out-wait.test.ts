import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import { perMinute } from '../model/pace.js'
import type { FaultScript } from '../testing/faulty-channel.js'
import { createPizzeria } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'
import { BOTH, createSendingWorld, timesTaken } from './sending.fixture.js'
import { later, tested, testOf, WINDOW_DAYS } from './tested-campaign.fixture.js'

/** The provider never says what came of the first try for one customer in fifty. */
const DOUBTFUL: FaultScript = ({ to }, attempt) =>
  attempt === 1 && /ada\d*[05]0@/.test(to) ? { outcome: 'unknown', code: 'timeout', taken: false } : null

type World = Awaited<ReturnType<typeof tested>>

async function maturityOf({ kit, id }: World): Promise<number> {
  const [run] = await kit.campaigns.runs(id)
  return (run?.endedAt ?? 0) + WINDOW_DAYS * DAY_MS
}

async function waitingIn({ kit, first }: World): Promise<readonly string[]> {
  const writtenTo = new Set(first.map(({ customerId }) => String(customerId)))
  const { items } = await kit.customers.list({ limit: 1_000 })
  return items.map(({ id }) => String(id)).filter((id) => !writtenTo.has(id))
}

async function resendHeld({ kit, id }: World): Promise<number> {
  const { items } = await kit.campaigns.deliveries(id, { status: 'held' }, { limit: 1_000 })
  await kit.campaigns.settleHeld(
    id,
    items.map((delivery) => delivery.id),
    { as: 'resend', reason: 'nobody got it' },
  )
  return items.length
}

describe('while the remainder waits', () => {
  it('nobody knows when the campaign ends, and who watches it sees it through', async () => {
    const { root, kit, id } = await tested()
    expect(await kit.campaigns.progress(id)).toMatchObject({ settled: 400, total: 400, etaMs: null })
    const seen: string[] = []
    const watching = (async () => {
      for await (const { status, settled } of kit.campaigns.watch(id)) seen.push(`${status} ${settled}`)
    })()
    await root.worker().drain(later)
    await watching
    expect([seen[0], seen.at(-1)]).toEqual(['active 400', 'completed 800'])
    expect((await kit.campaigns.progress(id)).etaMs).toBe(0)
  })

  it('a pause holds the decision back, and the campaign goes on where it stood', async () => {
    const world = await tested()
    const { root, kit, id, email } = world
    await kit.campaigns.pause(id)
    await root.worker().drain({ until: (await maturityOf(world)) + DAY_MS })
    expect(await kit.campaigns.get(id)).toMatchObject({ status: 'paused', rollout: null })
    await kit.campaigns.resume(id)
    await root.worker().drain()
    expect((await kit.campaigns.get(id)).rollout).toMatchObject({
      arm: 'emoji',
      outcome: 'winner',
    })
    expect([...timesTaken(email).values()]).toEqual(Array(800).fill(1))
  })

  it('the end date ends the wait, and nobody else is written to', async () => {
    const world = await tested({}, 30, {}, { endsAt: Date.UTC(2026, 2, 2, 12) })
    const { root, kit, id, email } = world
    await root.worker().drain(later)
    expect(await kit.campaigns.get(id)).toMatchObject({
      status: 'completed',
      statusReason: 'campaignEnded',
      rollout: null,
    })
    expect((await kit.campaigns.runs(id)).map(({ status }) => status)).toEqual(['ended', 'ended'])
    expect(email.accepted).toHaveLength(400)
    expect(await codeOf(() => kit.campaigns.rollOut(id, { arm: 'plain', reason: 'x' }))).toBe(
      'TRANSITION_NOT_ALLOWED',
    )
  })

  it('a cancellation cancels the rollout in its midst', async () => {
    const world = await tested({}, 30, {}, { pace: { email: perMinute(600) } })
    const { root, kit, id, email } = world
    await root.worker().drain({ until: (await maturityOf(world)) + 15_000 })
    const sent = email.accepted.length
    expect(sent).toBeGreaterThan(400)
    expect(sent).toBeLessThan(800)
    await kit.campaigns.cancel(id, 'wrong price')
    await root.worker().drain(later)
    expect(email.accepted).toHaveLength(sent)
    const { counts } = await kit.campaigns.progress(id)
    expect([counts.sent, counts.cancelled, counts.queued]).toEqual([sent, 800 - sent, 0])
  })

  it('whoever is erased or suppressed meanwhile gets nothing', async () => {
    const world = await tested()
    const { root, kit, email } = world
    const [erased = '', suppressed = ''] = await waitingIn(world)
    await kit.customers.erase([erased], 'asked for it')
    await kit.consents.suppress([
      { channel: 'email', address: `ada${suppressed.slice(2)}@example.com`, reason: 'requested' },
    ])
    await root.worker().drain(later)
    expect(email.accepted).toHaveLength(798)
    const report = await kit.reports.campaign(world.id)
    expect(report.audience).toMatchObject({ matched: 800, recipients: 798, remainder: 1 })
    expect(report.audience.excluded).toMatchObject({ suppressed: 1 })
  })
})

describe('a person who resends what is held', () => {
  it('while the remainder waits delays the decision by nothing', async () => {
    const world = await tested({}, 30, { email: { faultOf: DOUBTFUL } })
    const { root, kit, id, email } = world
    const maturity = await maturityOf(world)
    await root.worker().drain({ until: maturity - HOUR_MS })
    expect(await resendHeld(world)).toBeGreaterThan(0)
    await root.worker().drain({ until: maturity + HOUR_MS })
    expect((await kit.campaigns.get(id)).rollout?.at).toBe(maturity)
    await resendHeld(world)
    await root.worker().drain(later)
    expect((await kit.campaigns.get(id)).status).toBe('completed')
    expect([...timesTaken(email).values()]).toEqual(Array(800).fill(1))
  })

  it('after the rollout reopens the campaign, decides nothing anew, and leaves the verdict', async () => {
    const world = await tested({}, 30, { email: { faultOf: DOUBTFUL } })
    const { root, kit, id, email } = world
    await root.worker().drain(later)
    const before = await kit.reports.campaign(id)
    expect(before.verdict.outcome).toBe('winner')
    expect(await resendHeld(world)).toBeGreaterThan(10)
    expect((await kit.reports.campaign(id)).verdict.outcome).toBe('winner')
    await root.worker().drain()
    const after = await kit.reports.campaign(id)
    expect(after.campaign.status).toBe('completed')
    expect([after.verdict.outcome, after.rollout]).toEqual(['winner', before.rollout])
    expect(after.runs).toHaveLength(2)
    expect([...timesTaken(email).values()]).toEqual(Array(800).fill(1))
  })
})

describe('a person who decides while workers look', () => {
  it('or they decide: one of them, and the remainder is written to once', async () => {
    const storage = createMemoryStorage()
    const world = await tested({}, 30, { storage })
    const { root, kit, id, clock, email, sms } = world
    const other = createPizzeria({ storage, channels: { email, sms }, kit: { clock }, seed: 'other' })
    await clock.advance((await maturityOf(world)) - clock.now())
    const person = kit.campaigns
      .rollOut(id, { arm: 'plain', reason: 'in a hurry' })
      .then(() => null)
      .catch((thrown: { code: string }) => thrown.code)
    await Promise.all([root.worker().drain(), other.root.worker().drain(), person])
    await root.worker().drain(later)
    const { rollout, status } = await kit.campaigns.get(id)
    expect(status).toBe('completed')
    expect([null, 'TRANSITION_NOT_ALLOWED', 'VERSION_CONFLICT']).toContain(await person)
    expect(rollout?.decidedBy).toBe((await person) === null ? 'person' : 'verdict')
    const { items } = await kit.journal.list({ subject: { type: 'campaign', id } })
    expect(items.filter(({ action }) => action === 'campaign.roll-out')).toHaveLength(1)
    expect([...timesTaken(email).values()]).toEqual(Array(800).fill(1))
  })

  it('is found a day later if the process died before it woke the run', async () => {
    const world = await tested({ conversionWindowDays: 30 })
    const { root, kit, id, email, storage, clock } = world
    const campaign = await storage.campaigns.get({ tenant: 'pizzeria' } as never, id)
    if (campaign === null) throw new Error('the campaign is there')
    const at = clock.now()
    await storage.campaigns.update(
      { tenant: 'pizzeria' } as never,
      {
        ...campaign,
        version: campaign.version + 1,
        rollout: { arm: 'plain', at, decidedBy: 'person', outcome: 'keep-collecting', dataDigest: 'ff' },
      },
      campaign.version,
      (await kit.journal.list({})).items[0] as never,
    )
    await root.worker().drain({ until: at + 2 * DAY_MS })
    expect(email.accepted).toHaveLength(800)
  })
})

describe('the rollout of a campaign', () => {
  it('on several channels writes on each, or on the first that works', async () => {
    const each = await tested({}, 30, {}, { ...BOTH, delivery: 'each' })
    await each.root.worker().drain(later)
    expect([each.email.accepted.length, each.sms.accepted.length]).toEqual([800, 800])
    const gone: FaultScript = () => ({ outcome: 'permanent', code: 'gone' })
    const first = await tested(
      {},
      30,
      { email: { faultOf: gone } },
      { ...BOTH, delivery: { firstOf: ['email', 'sms'] } },
    )
    await first.root.worker().drain(later)
    expect([...timesTaken(first.sms).values()]).toEqual(Array(800).fill(1))
    expect((await first.kit.campaigns.get(first.id)).rollout?.arm).toBe('emoji')
  })

  it('in the zone of the recipient comes at the hour of the schedule, when it next strikes', async () => {
    const zones = ['Asia/Tokyo', 'Europe/Rome', 'America/Los_Angeles'] as const
    const world = await tested(
      {},
      30,
      {},
      {
        schedule: { type: 'once', at: '2026-03-03T09:00', zone: 'recipient' },
        pace: { email: { limit: 10_000, periodMs: 1_000 } },
      },
      (number) => ({ timeZone: zones[number % 3] as string }),
    )
    const { root, kit, id, email } = world
    await root.worker().drain(later)
    expect((await kit.campaigns.get(id)).rollout).not.toBeNull()
    expect(email.accepted).toHaveLength(800)
    for (const { message, at } of email.accepted) {
      const zone = zones[Number(/\d+/.exec(message.to)?.[0]) % 3]
      const hour = new Date(at).toLocaleTimeString('en-GB', { timeZone: zone as string })
      expect(hour, message.to).toMatch(/^09:0/)
    }
  })

  it('asks the global holdout and the exclusion group again, and its members have coupons', async () => {
    const world = createSendingWorld({
      kit: { tenants: () => ({ globalHoldout: { share: 0.1, salt: 'drawn once' } }) },
    })
    await world.invite(800)
    const { id } = await world.launch(testOf({ rollout: { mode: 'manual' } }))
    await world.root.worker().drain()
    await world.kit.campaigns.rollOut(id, { arm: 'emoji', reason: 'x' })
    await world.root.worker().drain()
    const { audience } = await world.kit.reports.campaign(id)
    const heldOut = audience.excluded.globalHoldout ?? 0
    expect(heldOut).toBeGreaterThan(40)
    expect(world.email.accepted).toHaveLength(800 - heldOut)
    expect(audience).toMatchObject({ matched: 800, recipients: 800 - heldOut, remainder: 0 })
  })
})
