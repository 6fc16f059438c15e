import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import { perMinute } from '../model/pace.js'
import type { ReceiptType } from '../model/receipt.js'
import { createCrashingStorage, createCrashPoint } from '../testing/crash.js'
import { BOTH, createSendingWorld, type SendingOptions } from './sending.fixture.js'

const FAST = { pace: { email: perMinute(6_000), sms: perMinute(6_000) } }
const WITHIN_A_DAY: Partial<CampaignInput> = {
  ...BOTH,
  ...FAST,
  delivery: { firstOf: ['email', 'sms'], fallbackAfterHours: 24 },
}
const TELLS = { capabilities: { receipts: ['delivered' as const], receiptWindowMs: HOUR_MS } }

/** A world whose e-mail provider tells of deliveries when the test says so. */
async function launched(customers: number, options: SendingOptions = {}, more: Partial<CampaignInput> = {}) {
  const world = createSendingWorld({ email: TELLS, ...options })
  await world.invite(customers)
  const { id } = await world.launch({ ...WITHIN_A_DAY, ...more })
  const deliveries = async () => (await world.kit.campaigns.deliveries(id, {}, { limit: 1_000 })).items
  const tell = async (type: ReceiptType, ...customerIds: string[]) => {
    const told = (await deliveries()).filter(
      ({ customerId, channel }) => channel === 'email' && customerIds.includes(String(customerId)),
    )
    await world.kit.events.ingest(
      told.map((delivery) => ({
        key: `${type} ${delivery.id}`,
        type,
        at: world.clock.now(),
        deliveryId: delivery.id,
      })),
    )
  }
  /** Sends what is due, and lets nothing wait that long. */
  const sendAll = async () => {
    for (let ticks = 0; ticks < 10; ticks += 1) await world.root.worker().tick()
  }
  /** Works until nothing is left, however long that takes. */
  const wait = () => world.root.worker().drain()
  const ends = async () =>
    (await deliveries()).map(({ customerId, channel, status, reason }) =>
      [customerId, channel, status, reason].filter((part) => part !== null).join(' '),
    )
  return { ...world, id, tell, sendAll, wait, ends }
}

describe('a message that is not delivered in time', () => {
  it('is followed by one on the next channel, and one that was delivered is not', async () => {
    const { email, sms, kit, id, clock, tell, sendAll, wait, ends } = await launched(3)
    await sendAll()
    expect(email.accepted).toHaveLength(3)
    await tell('delivered', 'c-0')
    await tell('deferred', 'c-1')
    await clock.advance(23 * HOUR_MS)
    await sendAll()
    expect(sms.accepted).toHaveLength(0)
    expect((await kit.campaigns.get(id)).status).toBe('active')
    await wait()
    expect(sms.accepted.every(({ at }) => at >= (email.accepted[0]?.at ?? 0) + 24 * HOUR_MS)).toBe(true)
    expect((await ends()).sort()).toEqual([
      'c-0 email sent',
      'c-0 sms skipped deliveredBefore',
      'c-1 email sent',
      'c-1 sms sent',
      'c-2 email sent',
      'c-2 sms sent',
    ])
    expect((await kit.campaigns.get(id)).status).toBe('completed')
  })

  it.each(['opened', 'clicked', 'replied'] as const)(
    'is known to have arrived when it was %s',
    async (type) => {
      const { sms, tell, sendAll, wait } = await launched(1)
      await sendAll()
      await tell(type, 'c-0')
      await wait()
      expect(sms.accepted).toHaveLength(0)
    },
  )

  it('is known to have arrived when somebody follows its link, though no provider tells', async () => {
    const html = '<a href="https://pizza.example/menu">Menu</a>'
    const { root, email, sms, sendAll, wait } = await launched(
      2,
      {},
      { messages: { ...BOTH.messages, email: { subject: 'Hi', html } }, tracking: { clicks: true } },
    )
    await sendAll()
    const [content] = email.accepted.map(({ message }) => message.content)
    const [, link = ''] = /\/c\/([^"]+)"/.exec(content?.type === 'email' ? (content.html ?? '') : '') ?? []
    expect(await root.links.follow(decodeURIComponent(link))).not.toBeNull()
    await wait()
    expect(sms.accepted).toHaveLength(1)
  })

  it('is known to have arrived when somebody answers it, though no provider tells', async () => {
    const { kit, email, sms, sendAll, wait } = await launched(
      2,
      { sms: TELLS },
      { delivery: { firstOf: ['sms', 'email'], fallbackAfterHours: 24 } },
    )
    await sendAll()
    const [to = ''] = sms.accepted.map(({ message }) => message.to)
    await kit.messages.receive({ key: 'm-1', channel: 'sms', from: to, text: 'A table at eight?' })
    await wait()
    expect(email.accepted).toHaveLength(1)
  })

  it('is not waited for on a channel that cannot tell, of which preflight warns', async () => {
    const { kit, id } = await launched(1, { email: {} })
    const { findings } = await kit.campaigns.preflight(id)
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'fallbackUntold', path: 'delivery.firstOf[0]' }),
    )
  })

  it('is one that bounces after all, though it was said to be delivered', async () => {
    const { sms, tell, sendAll, wait } = await launched(1)
    await sendAll()
    await tell('delivered', 'c-0')
    await tell('bounced', 'c-0')
    await wait()
    expect(sms.accepted).toHaveLength(1)
  })

  it('counts once for its member when both arrive in the end, under the same coupon', async () => {
    const { kit, id, wait, clock } = await launched(2)
    await wait()
    const { items } = await kit.campaigns.deliveries(id, {}, { limit: 10 })
    expect(items.map(({ status }) => status)).toEqual(Array(4).fill('sent'))
    await kit.events.ingest(
      items.map(({ id: deliveryId }) => ({
        key: `delivered ${deliveryId}`,
        type: 'delivered' as const,
        at: clock.now(),
        deliveryId,
      })),
    )
    expect((await kit.reports.campaign(id)).counts.delivered).toBe(2)
  })

  it('is none where the channel does not tell of deliveries', async () => {
    const { sms, kit, id, wait } = await launched(2, { email: {} })
    await wait()
    expect(sms.accepted).toHaveLength(0)
    expect((await kit.campaigns.get(id)).status).toBe('completed')
  })

  it('is followed at once when it fails for good', async () => {
    const email = { ...TELLS, faultOf: () => ({ outcome: 'permanent', code: 'no-such-user' }) as const }
    const { sms, clock, wait } = await launched(2, { email })
    const start = clock.now()
    await wait()
    expect(sms.accepted).toHaveLength(2)
    expect(clock.now() - start).toBeLessThan(HOUR_MS)
  })

  it('is followed by nothing that the campaign no longer sends: it has outlived its time, or the campaign is over', async () => {
    const expired = await launched(1, {}, { timeToLiveDays: 0.5 })
    await expired.wait()
    expect((await expired.ends()).sort()).toEqual(['c-0 email sent', 'c-0 sms skipped expired'])
    const stopped = await launched(1)
    await stopped.sendAll()
    await stopped.kit.campaigns.cancel(stopped.id, 'enough')
    await stopped.wait()
    expect(stopped.sms.accepted).toHaveLength(0)
  })

  it('is followed once and never lost, wherever the worker dies', async () => {
    for (let at = 1; at < 60; at += 7) {
      const storage = createMemoryStorage()
      const living = await launched(3, { storage })
      await living.sendAll()
      await living.tell('delivered', 'c-0')
      await living.clock.advance(24 * HOUR_MS)
      const crash = createCrashPoint({ at, when: at % 2 === 0 ? 'after' : 'before' })
      const doomed = createSendingWorld({
        clock: living.clock,
        storage: createCrashingStorage(storage, crash),
        kit: { channels: { email: living.email, sms: living.sms } },
      })
      await doomed.root
        .worker()
        .drain()
        .catch(() => undefined)
      await living.wait()
      const to = living.sms.accepted.map(({ message }) => message.to)
      expect(to).toHaveLength(new Set(to).size)
      const ends = await living.ends()
      expect(ends.filter((end) => end.includes('sms sent') || end.includes('sms held'))).toHaveLength(2)
    }
  })
})

describe('how long is waited', () => {
  it.each([0, 0.001, 721, Number.NaN])('cannot be %d hours', async (fallbackAfterHours) => {
    const { kit } = createSendingWorld()
    const input = {
      name: 'News',
      audience: { type: 'everyone' },
      ...BOTH,
      delivery: { firstOf: ['email', 'sms'], fallbackAfterHours },
    } as CampaignInput
    await expect(kit.campaigns.create(input)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})
