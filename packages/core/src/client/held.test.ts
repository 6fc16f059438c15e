import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import type { DeliveryId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import type { SettleHeldOptions } from '../engine/settle-held.js'
import type { CampaignInput } from '../model/campaign.js'
import { perMinute } from '../model/pace.js'
import { failsFirst } from '../testing/faults.js'
import type { Fault } from '../testing/faulty-channel.js'
import { overridden } from '../testing/overridden.js'
import { SCOPE } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'
import { BOTH, createSendingWorld, type SendingOptions, timesTaken } from './sending.fixture.js'

const FAST = { pace: { email: perMinute(6_000), sms: perMinute(6_000) } }
const DOUBT: Fault = { outcome: 'unknown', code: 'timeout', taken: false }
const PRICE = { amountMinor: 9, per: 100, currency: 'EUR' }

/** A campaign whose e-mails are all held: the provider could not tell of the first try of each. */
async function withHeld(count = 2, more: Partial<CampaignInput> = {}, options: SendingOptions = {}) {
  const world = createSendingWorld({
    email: { faultOf: failsFirst(1, DOUBT), capabilities: { price: PRICE } },
    ...options,
  })
  await world.invite(count)
  const { id } = await world.launch({ ...FAST, ...more })
  await world.root.worker().drain()
  const { items } = await world.kit.campaigns.deliveries(id, { status: 'held' })
  const ids = items.map((delivery) => delivery.id)
  const settle = (as: SettleHeldOptions['as'], some: readonly DeliveryId[] = ids) =>
    world.kit.campaigns.settleHeld(id, some, { as, reason: `a person says ${as}` })
  const countsNow = async () => (await world.kit.campaigns.progress(id)).counts
  expect(ids).toHaveLength(count)
  return { ...world, id, ids, settle, countsNow }
}

describe('a held delivery that a person calls sent', () => {
  it('counts as sent, at the list price, once', async () => {
    const { kit, settle, id, ids, countsNow } = await withHeld(2)
    expect(await settle('sent')).toEqual({ settled: 2, unchanged: 0 })
    expect(await settle('sent')).toEqual({ settled: 0, unchanged: 2 })
    expect(await countsNow()).toMatchObject({ sent: 2, held: 0 })
    const [delivery] = (await kit.campaigns.deliveries(id, { status: 'sent' })).items
    expect(delivery).toMatchObject({ reason: null, costMicros: 90_000, currency: 'EUR' })
    expect(delivery?.sentAt).not.toBeNull()
    const report = await kit.reports.campaign(id)
    expect(report.counts.sent).toBe(2)
    expect(report.cost).toEqual([{ amountMinor: 0, currency: 'EUR' }])
    expect((await kit.campaigns.get(id)).status).toBe('completed')
    const entries = (await kit.journal.list({}, { limit: 1_000 })).items.filter(
      ({ action }) => action === 'deliveries.settleHeld',
    )
    expect(entries).toMatchObject([
      {
        actor: { id: 'u-17' },
        subject: { type: 'campaign', id },
        reason: 'a person says sent',
        before: { status: 'held', deliveryIds: ids, campaignStatus: 'completed' },
        after: { as: 'sent', deliveryIds: ids, campaignStatus: 'completed' },
      },
    ])
  })

  it('is told to listeners, and costs nothing when the channel is gone', async () => {
    const storage = createMemoryStorage()
    const { id, ids } = await withHeld(1, {}, { storage })
    const other = createSendingWorld({ storage, seed: 'other', kit: { channels: {} } })
    const heard = other.heard('events.recorded')
    await other.kit.campaigns.settleHeld(id, ids, { as: 'sent', reason: 'x' })
    expect(heard.flatMap(({ events }) => events)).toMatchObject([
      { type: 'sent', costMicros: 0, currency: null },
    ])
  })

  it('is counted in a campaign that was cancelled, too', async () => {
    const { kit, launch, invite, root, email } = createSendingWorld({ email: { faultOf: () => DOUBT } })
    await invite(1)
    const { id } = await launch({ ...FAST, schedule: { type: 'recurring', every: 'day', at: '09:00' } })
    await root.worker().drain()
    await kit.campaigns.cancel(id, 'wrong price')
    const { items } = await kit.campaigns.deliveries(id, { status: 'held' })
    const ids = items.map((delivery) => delivery.id)
    expect(await kit.campaigns.settleHeld(id, ids, { as: 'sent', reason: 'x' })).toMatchObject({ settled: 1 })
    expect((await kit.campaigns.get(id)).status).toBe('cancelled')
    expect(email.attempted).toHaveLength(1)
  })
})

describe('a held delivery that a person calls failed', () => {
  it('has failed, with words in the report', async () => {
    const { kit, settle, id, countsNow } = await withHeld(2)
    expect(await settle('failed')).toEqual({ settled: 2, unchanged: 0 })
    expect(await settle('failed')).toEqual({ settled: 0, unchanged: 2 })
    expect(await countsNow()).toMatchObject({ failed: 2, held: 0 })
    const { failures, counts } = await kit.reports.campaign(id)
    expect(failures).toEqual([{ code: 'decidedByPerson', words: expect.any(String), count: 2 }])
    expect(counts).toMatchObject({ sent: 0, failed: 2 })
    expect((await kit.campaigns.get(id)).status).toBe('completed')
  })

  it('lets the next channel have its turn, in a campaign that had completed', async () => {
    const { kit, root, settle, id, sms, countsNow, heard } = await withHeld(2, {
      ...BOTH,
      delivery: { firstOf: ['email', 'sms'] },
    })
    const statuses = heard('campaign.status')
    await settle('failed')
    expect(await kit.campaigns.get(id)).toMatchObject({ status: 'active', endedAt: null, statusReason: null })
    await root.worker().drain()
    expect(await countsNow()).toMatchObject({ failed: 2, sent: 2, held: 0 })
    expect(sms.accepted).toHaveLength(2)
    expect(await kit.campaigns.get(id)).toMatchObject({ status: 'completed', statusReason: null })
    expect(statuses.map(({ from, to }) => `${from} ${to}`)).toEqual(['completed active', 'active completed'])
  })

  it('has no next channel in a campaign that was stopped or is past its end', async () => {
    const firstOf = { ...BOTH, delivery: { firstOf: ['email', 'sms'] as const } }
    const ended = await withHeld(1, { ...firstOf, endsAt: '2026-03-02T09:00:00Z' } as never)
    await ended.clock.advance(2 * DAY_MS)
    expect(await ended.settle('failed')).toEqual({ settled: 1, unchanged: 0 })
    await ended.root.worker().drain()
    expect(ended.sms.attempted).toEqual([])
    expect((await ended.kit.campaigns.get(ended.id)).status).toBe('completed')
  })
})

describe('a held delivery that a person resends', () => {
  it('is sent, once, and the campaign completes again', async () => {
    const { kit, root, settle, id, email, countsNow } = await withHeld(3)
    await kit.campaigns.archive(id)
    expect(await settle('resend')).toEqual({ settled: 3, unchanged: 0 })
    expect(await settle('resend')).toEqual({ settled: 0, unchanged: 3 })
    expect(await kit.campaigns.get(id)).toMatchObject({ status: 'active', endedAt: null, archivedAt: null })
    expect(await kit.campaigns.runs(id)).toMatchObject([{ status: 'open', endedAt: null }])
    await root.worker().drain()
    expect(await countsNow()).toMatchObject({ sent: 3, held: 0, queued: 0 })
    expect([...timesTaken(email).values()]).toEqual([1, 1, 1])
    expect(await kit.campaigns.get(id)).toMatchObject({ status: 'completed', statusReason: null })
    expect(await kit.campaigns.runs(id)).toMatchObject([{ status: 'ended' }])
    expect((await kit.reports.campaign(id)).counts.sent).toBe(3)
    expect(await codeOf(() => settle('resend'))).toBe('DELIVERY_NOT_HELD deliveryIds[0]')
  })

  it('wakes a worker that runs already', async () => {
    const { root, settle, countsNow, clock } = await withHeld(1)
    const stop = new AbortController()
    const running = root.worker().run({ signal: stop.signal })
    await settle('resend')
    for (let waits = 0; waits < 50 && (await countsNow()).sent === 0; waits += 1) await clock.advance(1_000)
    stop.abort()
    await running
    expect(await countsNow()).toMatchObject({ sent: 1 })
  })

  it('is asked by every gate again', async () => {
    const { kit, root, settle, ids, id, email, clock } = await withHeld(4, { timeToLiveDays: 2 })
    const { items } = await kit.campaigns.deliveries(id)
    const [first = '', second = '', third = ''] = items.map(({ customerId }) => customerId ?? '')
    await settle('resend')
    const denied = { channel: 'email', topic: 'offers', decision: 'denied', basis: 'phone' } as const
    await kit.consents.record([{ customerId: first, ...denied, obtainedAt: clock.now() }])
    const { addresses } = await kit.customers.get(second)
    await kit.consents.suppress([{ channel: 'email', address: addresses.email ?? '', reason: 'requested' }])
    await kit.customers.erase([third], 'asked')
    await root.worker().drain()
    const settled = (await kit.campaigns.deliveries(id)).items
    expect(settled.map(({ status, reason }) => reason ?? status)).toEqual([
      'consentDenied',
      'suppressed',
      'erased',
      'sent',
    ])
    expect(email.accepted).toHaveLength(1)
    expect(ids).toHaveLength(4)
  })

  it('and has outlived its time to live is skipped', async () => {
    const { kit, root, settle, id, clock } = await withHeld(1, { timeToLiveDays: 1 })
    await clock.advance(2 * DAY_MS)
    await settle('resend')
    await root.worker().drain()
    expect((await kit.campaigns.deliveries(id)).items).toMatchObject([
      { status: 'skipped', reason: 'expired' },
    ])
  })

  it('waits while the campaign is paused', async () => {
    const { invite, launch, root, kit, email } = createSendingWorld({
      email: { faultOf: failsFirst(1, DOUBT) },
    })
    await invite(2)
    const { id } = await launch({ ...FAST, schedule: { type: 'recurring', every: 'day', at: '09:00' } })
    await root.worker().drain()
    await kit.campaigns.pause(id)
    const ids = (await kit.campaigns.deliveries(id, { status: 'held' })).items.map((delivery) => delivery.id)
    await kit.campaigns.settleHeld(id, ids, { as: 'resend', reason: 'x' })
    await root.worker().drain()
    expect(email.attempted).toHaveLength(2)
    expect((await kit.campaigns.get(id)).status).toBe('paused')
    await kit.campaigns.resume(id)
    await root.worker().drain()
    expect(email.accepted).toHaveLength(2)
  })

  it('is refused when the campaign was stopped, cancelled or is past its end, and stays held', async () => {
    const recurring = { schedule: { type: 'recurring', every: 'day', at: '09:00' } } as const
    const stopped = await withHeld(1, recurring)
    await stopped.kit.campaigns.stop(stopped.id)
    const cancelled = await withHeld(1, recurring)
    await cancelled.kit.campaigns.cancel(cancelled.id, 'wrong price')
    const ended = await withHeld(1, { endsAt: '2026-03-02T09:00:00Z' })
    await ended.clock.advance(2 * DAY_MS)
    for (const [world, code] of [
      [stopped, 'CAMPAIGN_ENDED '],
      [cancelled, 'CAMPAIGN_ENDED '],
      [ended, 'CAMPAIGN_ENDED endsAt'],
    ] as const) {
      expect((await codeOf(() => world.settle('resend'))).trim()).toBe(code.trim())
      expect(await world.countsNow()).toMatchObject({ held: 1 })
      const { items } = await world.kit.journal.list({}, { limit: 1_000 })
      expect(items.filter(({ action }) => action === 'deliveries.settleHeld')).toEqual([])
    }
  })
})

describe('a decision on held deliveries', () => {
  it('is refused for what is not held or not of the campaign, and then nothing is written', async () => {
    const { kit, settle, ids, id, countsNow } = await withHeld(2)
    const [first, second] = ids as [DeliveryId, DeliveryId]
    await settle('sent', [first])
    expect(await codeOf(() => settle('failed', [second, first]))).toBe('DELIVERY_NOT_HELD deliveryIds[1]')
    expect(await codeOf(() => settle('failed', [second, 'none' as never]))).toBe(
      'DELIVERY_NOT_FOUND deliveryIds[1]',
    )
    expect(await countsNow()).toMatchObject({ sent: 1, held: 1 })
    const other = await kit.campaigns.clone(id, 'other')
    const call = (campaign: string, given: unknown, options: unknown = { as: 'sent', reason: 'x' }) =>
      codeOf(() => kit.campaigns.settleHeld(campaign, given as never, options as never))
    expect(await call(other.id, [second])).toBe('DELIVERY_NOT_FOUND deliveryIds[0]')
    expect(await call('none', [second])).toBe('CAMPAIGN_NOT_FOUND')
    expect(await call(id, [])).toBe('INVALID_INPUT deliveryIds')
    expect(await call(id, [7])).toBe('INVALID_INPUT deliveryIds[0]')
    expect(await call(id, [second], { as: 'lost', reason: 'x' })).toBe('INVALID_INPUT as')
    expect(await call(id, [second], { as: 'sent', reason: ' ' })).toBe('INVALID_INPUT reason')
    expect(await call(id, [second], { as: 'sent', reason: 'x', by: 'me' })).toBe('UNKNOWN_FIELD by')
    expect(await settle('sent', [second, second, first])).toEqual({ settled: 1, unchanged: 1 })
  })

  it('needs leave to settle deliveries', async () => {
    const asked: string[] = []
    const access = (_scope: unknown, action: string) => {
      asked.push(action)
      return action !== 'delivery.settle'
    }
    const { kit } = createSendingWorld({ kit: { access } })
    expect(await codeOf(() => kit.campaigns.settleHeld('c', ['d'], { as: 'sent', reason: 'x' }))).toBe(
      'FORBIDDEN',
    )
    expect(asked).toEqual(['delivery.settle'])
  })

  it('is made once by two people at once: the same word is one, another is refused', async () => {
    const { settle, countsNow } = await withHeld(1)
    const same = await Promise.all([settle('failed'), settle('failed')])
    expect(same.map(({ settled }) => settled).sort()).toEqual([0, 1])
    const { settle: decide, countsNow: counts } = await withHeld(1)
    const rivals = await Promise.allSettled([decide('sent'), decide('failed')])
    expect(rivals.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(rivals.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'DELIVERY_NOT_HELD' },
    })
    expect(await countsNow()).toMatchObject({ failed: 1 })
    expect((await counts()).held).toBe(0)
  })

  it('and a receipt that comes between do not conflict, and one that comes later is joined', async () => {
    const memory = createMemoryStorage()
    let between = async () => {}
    const deliveries = overridden(memory.deliveries, {
      async settleHeld(...given) {
        await between()
        return memory.deliveries.settleHeld(...given)
      },
    })
    const storage = overridden(memory, { deliveries })
    const { kit, settle, ids, id, clock, countsNow } = await withHeld(2, {}, { storage })
    const [first, second] = ids as [DeliveryId, DeliveryId]
    const delivered = (deliveryId: DeliveryId) =>
      kit.events.ingest([{ key: `r ${deliveryId}`, type: 'delivered', at: clock.now(), deliveryId }])
    between = async () => void (await delivered(first))
    expect(await codeOf(() => settle('failed', [first]))).toBe('DELIVERY_NOT_HELD deliveryIds[0]')
    expect(await settle('sent', [first])).toEqual({ settled: 0, unchanged: 1 })
    between = async () => {}
    await settle('failed', [second])
    await delivered(second)
    expect(await countsNow()).toMatchObject({ sent: 1, failed: 1 })
    const { items } = await kit.campaigns.deliveries(id, { status: 'failed' })
    expect(items).toMatchObject([{ id: second, receipts: { delivered: clock.now() } }])
    expect((await kit.reports.campaign(id)).counts).toMatchObject({ sent: 1, delivered: 2 })
  })

  it('is not lost when a worker ends the run at the same time', async () => {
    for (const moment of ['before it completes', 'before it ends the run'] as const) {
      const memory = createMemoryStorage()
      let decide: (() => Promise<unknown>) | null = null
      const once = async () => {
        const act = decide
        decide = null
        await act?.()
      }
      const campaigns = overridden(memory.campaigns, {
        async update(scope, campaign, ...rest) {
          if (moment === 'before it completes' && campaign.status === 'completed') await once()
          return memory.campaigns.update(scope, campaign, ...rest)
        },
        async updateRun(scope, run, version) {
          if (moment === 'before it ends the run' && run.status === 'ended') await once()
          return memory.campaigns.updateRun(scope, run, version)
        },
      })
      const world = createSendingWorld({
        storage: overridden(memory, { campaigns }),
        email: { faultOf: failsFirst(1, DOUBT) },
      })
      await world.invite(1)
      const { id } = await world.launch(FAST)
      let outcome = ''
      decide = async () => {
        const { items } = await world.kit.campaigns.deliveries(id, { status: 'held' })
        const ids = items.map((delivery) => delivery.id)
        outcome = await world.kit.campaigns.settleHeld(id, ids, { as: 'resend', reason: 'x' }).then(
          ({ settled }) => `${settled} settled`,
          (thrown: { code: string }) => thrown.code,
        )
      }
      await world.root.worker().drain()
      const { counts, status } = await world.kit.campaigns.progress(id)
      expect(status).toBe('completed')
      expect([outcome, counts.sent, counts.held]).toEqual(
        moment === 'before it completes' ? ['1 settled', 1, 0] : ['VERSION_CONFLICT', 0, 1],
      )
      expect(await memory.dueIndex.due({ limit: 10, now: 0 })).toEqual([])
      expect((await memory.campaigns.runsOf({ ...SCOPE } as never, id)).map((run) => run.status)).toEqual([
        'ended',
      ])
    }
  })
})
