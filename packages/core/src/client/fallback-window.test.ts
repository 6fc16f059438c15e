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

/** A world whose e-mail provider tells of deliveries, at the time that the test says. */
async function launched(customers: number, options: SendingOptions = {}, more: Partial<CampaignInput> = {}) {
  const world = createSendingWorld({ auto: false, email: TELLS, ...options })
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
  const work = async (hours: number) => {
    for (let hour = 0; hour < hours; hour += 1) {
      await world.root.worker().tick()
      await world.clock.advance(HOUR_MS)
    }
    await world.root.worker().tick()
  }
  const ends = async () =>
    (await deliveries()).map(({ customerId, channel, status, reason }) =>
      [customerId, channel, status, reason].filter((part) => part !== null).join(' '),
    )
  return { ...world, id, tell, work, ends }
}

describe('a message that is not delivered in time', () => {
  it('is followed by one on the next channel, and one that was delivered is not', async () => {
    const { sms, kit, id, tell, work, ends } = await launched(3)
    await work(1)
    await tell('delivered', 'c-0')
    await tell('bounced', 'c-1')
    await work(22)
    expect(sms.accepted).toHaveLength(0)
    expect((await kit.campaigns.get(id)).status).toBe('active')
    await work(3)
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
      const { sms, tell, work } = await launched(1)
      await work(1)
      await tell(type, 'c-0')
      await work(30)
      expect(sms.accepted).toHaveLength(0)
    },
  )

  it('counts once for its member when both arrive in the end, under the same coupon', async () => {
    const { kit, id, work, clock } = await launched(2)
    await work(30)
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
    const { sms, kit, id, work } = await launched(2, { email: {} })
    await work(3)
    expect(sms.accepted).toHaveLength(0)
    expect((await kit.campaigns.get(id)).status).toBe('completed')
  })

  it('is followed at once when it fails for good', async () => {
    const email = { ...TELLS, faultOf: () => ({ outcome: 'permanent', code: 'no-such-user' }) as const }
    const { sms, work } = await launched(2, { email })
    await work(1)
    expect(sms.accepted).toHaveLength(2)
  })

  it('is followed by nothing that the campaign no longer sends: it has outlived its time, or the campaign is over', async () => {
    const expired = await launched(1, {}, { timeToLiveDays: 0.5 })
    await expired.work(30)
    expect(await expired.ends()).toEqual(['c-0 email sent', 'c-0 sms skipped expired'])
    const stopped = await launched(1)
    await stopped.work(1)
    await stopped.kit.campaigns.cancel(stopped.id, 'enough')
    await stopped.work(30)
    expect(stopped.sms.accepted).toHaveLength(0)
  })

  it('is followed once and never lost, wherever the worker dies', async () => {
    for (let at = 1; at < 60; at += 7) {
      const storage = createMemoryStorage()
      const living = await launched(3, { storage })
      await living.work(1)
      await living.tell('delivered', 'c-0')
      await living.clock.advance(24 * HOUR_MS)
      const crash = createCrashPoint({ at, when: at % 2 === 0 ? 'after' : 'before' })
      const doomed = createSendingWorld({
        auto: false,
        clock: living.clock,
        storage: createCrashingStorage(storage, crash),
        kit: { channels: { email: living.email, sms: living.sms } },
      })
      await doomed.root
        .worker()
        .tick()
        .catch(() => undefined)
      await living.work(30)
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
