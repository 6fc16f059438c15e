import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import type { OutgoingMessage } from '../ports/channel.js'
import { createCrashingStorage, createCrashPoint } from '../testing/crash.js'
import { failsFirst } from '../testing/faults.js'
import { createFaultyChannel, type Fault } from '../testing/faulty-channel.js'
import { createManualClock } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { BOTH, createSendingWorld } from './sending.fixture.js'
import { launched, TELLS, WITHIN_A_DAY } from './told.fixture.js'

const DOUBT: Fault = { outcome: 'unknown', code: 'timeout', taken: true }
const IN_DOUBT = { email: { ...TELLS, faultOf: failsFirst(1, DOUBT) } }

describe('a message that comes back after it was sent', () => {
  it.each(['bounced', 'blocked', 'dropped'] as const)(
    'is followed at once when it was %s, under the same coupon, though the campaign had completed',
    async (type) => {
      const { email, sms, clock, kit, id, tell, sendDue, ends, status, heard } = await launched(2)
      await sendDue()
      expect(await status()).toBe('completed')
      const statuses = heard('campaign.status')
      const at = clock.now()
      await tell('email', type)
      expect(await status()).toBe('active')
      await sendDue()
      expect(await ends()).toEqual(['c-0 email sent', 'c-0 sms sent', 'c-1 email sent'])
      expect(clock.now() - at).toBeLessThan(HOUR_MS)
      const codeIn = ({ content }: OutgoingMessage) => {
        const text = content.type === 'email' ? content.text : content.type === 'text' ? content.body : ''
        return /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/.exec(text)?.[0] ?? 'none'
      }
      const [other] = sms.accepted.map(({ message }) => codeIn(message))
      expect(email.accepted.map(({ message }) => codeIn(message))).toContain(other)
      expect(statuses.map(({ from, to }) => `${from} ${to}`)).toEqual([
        'completed active',
        'active completed',
      ])
      expect(await kit.campaigns.runs(id)).toMatchObject([{ status: 'ended' }])
      const journal = (await kit.journal.list({}, { limit: 1_000 })).items
      expect(journal.filter(({ action }) => action === 'campaign.reopen')).toHaveLength(1)
    },
  )

  it('brings forward what waits for the window, for a worker that waits for it too', async () => {
    const { sms, clock, tell, sendDue, ends } = await launched(2, WITHIN_A_DAY)
    await sendDue()
    await tell('email', 'bounced')
    await sendDue()
    expect(sms.accepted).toHaveLength(1)
    await clock.advance(25 * HOUR_MS)
    await sendDue()
    expect(await ends()).toEqual(['c-0 email sent', 'c-0 sms sent', 'c-1 email sent', 'c-1 sms sent'])
  })

  it('is not followed when it is only deferred', async () => {
    const { tell, sendDue, ends, status } = await launched(1)
    await sendDue()
    await tell('email', 'deferred')
    await sendDue()
    expect([await status(), await ends()]).toEqual(['completed', ['c-0 email sent']])
  })

  it('is followed once, told twice and after a delivery or before it', async () => {
    const orders = [
      ['delivered', 'bounced', 'bounced'],
      ['bounced', 'delivered', 'bounced'],
      ['bounced', 'bounced', 'delivered'],
    ] as const
    for (const more of [{}, WITHIN_A_DAY]) {
      for (const order of orders) {
        const { kit, id, tell, sendDue, wait, ends } = await launched(1, more)
        await sendDue()
        for (const type of order) {
          await tell('email', type)
          await sendDue()
        }
        await tell('sms', 'delivered')
        await wait()
        expect(await ends()).toEqual(['c-0 email sent', 'c-0 sms sent'])
        expect((await kit.reports.campaign(id)).counts.delivered).toBe(1)
      }
    }
  })

  it('is not followed by a channel that has had its turn', async () => {
    const { sms, clock, tell, sendDue, ends } = await launched(1, WITHIN_A_DAY)
    await sendDue()
    await clock.advance(25 * HOUR_MS)
    await sendDue()
    await tell('sms', 'delivered')
    await tell('email', 'bounced')
    await sendDue()
    expect(sms.accepted).toHaveLength(1)
    expect(await ends()).toEqual(['c-0 email sent', 'c-0 sms sent'])
  })

  it('is not followed on a third channel when another one has brought the message', async () => {
    const clock = createManualClock({ auto: true })
    const channelOf = (kind: 'email' | 'sms' | 'whatsapp') =>
      createFaultyChannel({ clock, faultOf: () => null, capabilities: { kind, receipts: ['delivered'] } })
    const channels = {
      email: channelOf('email'),
      sms: channelOf('sms'),
      whatsapp: channelOf('whatsapp'),
    }
    const whatsapp = { body: '{{ coupon.code }}' }
    const { tell, sendDue, wait, ends } = await launched(
      2,
      {
        purpose: 'transactional',
        messages: { ...BOTH.messages, whatsapp },
        delivery: { firstOf: ['email', 'sms', 'whatsapp'], fallbackAfterHours: 1 },
      },
      { clock, kit: { channels } },
    )
    await sendDue()
    await clock.advance(HOUR_MS)
    await sendDue()
    await tell('email', 'delivered', 'c-0')
    await tell('sms', 'bounced', 'c-0')
    await tell('sms', 'bounced', 'c-1')
    await sendDue()
    expect((await ends()).filter((end) => end.includes('whatsapp sent'))).toEqual(['c-1 whatsapp sent'])
    await wait()
    expect(await ends()).toContain('c-0 whatsapp skipped deliveredBefore')
  })

  it('is followed in a run that had ended while its campaign goes on', async () => {
    const schedule = { type: 'recurring', every: 'day', at: '09:00' } as const
    const { kit, id, tell, sendDue, ends, status } = await launched(1, { schedule })
    const runs = async () => (await kit.campaigns.runs(id)).map((run) => run.status)
    await sendDue()
    expect([await status(), await runs()]).toEqual(['active', ['ended', 'open']])
    await tell('email', 'bounced')
    expect(await runs()).toEqual(['open', 'open'])
    await sendDue()
    expect(await ends()).toEqual(['c-0 email sent', 'c-0 sms sent'])
    expect(await runs()).toEqual(['ended', 'open'])
  })

  it('is followed when the bounce was faster than the answer to the attempt', async () => {
    for (const more of [{}, WITHIN_A_DAY]) {
      const memory = createMemoryStorage()
      let before = async () => {}
      const deliveries = overridden(memory.deliveries, {
        async settle(...given) {
          await before()
          return memory.deliveries.settle(...given)
        },
      })
      const { sms, tell, sendDue, ends } = await launched(1, more, {
        storage: overridden(memory, { deliveries }),
      })
      before = async () => {
        before = async () => {}
        await tell('email', 'bounced')
      }
      await sendDue()
      expect(sms.accepted).toHaveLength(1)
      expect(await ends()).toEqual(['c-0 email sent', 'c-0 sms sent'])
    }
  })

  it('is followed once its campaign goes on, when that is paused', async () => {
    const { kit, id, sms, tell, sendDue, wait, status } = await launched(2, WITHIN_A_DAY)
    await sendDue()
    await kit.campaigns.pause(id)
    await tell('email', 'bounced')
    await sendDue()
    expect([await status(), sms.accepted.length]).toEqual(['paused', 0])
    await kit.campaigns.resume(id)
    await sendDue()
    expect(sms.accepted).toHaveLength(1)
    await wait()
    expect(await status()).toBe('completed')
  })

  it('is followed by nothing when its campaign was cancelled, was stopped or is past its end', async () => {
    const cancelled = await launched(1, WITHIN_A_DAY)
    await cancelled.sendDue()
    await cancelled.kit.campaigns.cancel(cancelled.id, 'wrong price')
    const stopped = await launched(1, WITHIN_A_DAY)
    await stopped.sendDue()
    await stopped.kit.campaigns.stop(stopped.id)
    const past = await launched(1, { endsAt: '2026-03-02T09:00:00Z' } as never)
    await past.sendDue()
    await past.clock.advance(2 * DAY_MS)
    for (const world of [cancelled, stopped, past]) {
      const before = await world.status()
      await world.tell('email', 'bounced')
      await world.wait()
      expect([await world.status(), world.sms.attempted.length]).toEqual([before, 0])
    }
  })

  it('is followed by no coupon that is no longer valid, and by nothing that has outlived its time', async () => {
    const coupon = { reward: { kind: 'percent', value: 30 }, validFor: { days: 2 } } as const
    const late = await launched(1, { coupon })
    const old = await launched(1, { timeToLiveDays: 2 })
    for (const [world, reason] of [
      [late, 'couponExpired'],
      [old, 'expired'],
    ] as const) {
      await world.sendDue()
      await world.clock.advance(3 * DAY_MS)
      await world.tell('email', 'bounced')
      await world.wait()
      expect(await world.ends()).toEqual(['c-0 email sent', `c-0 sms skipped ${reason}`])
      expect(await world.status()).toBe('completed')
    }
  })

  it('is followed by nothing where each channel has a message of its own', async () => {
    const { tell, sendDue, ends, status } = await launched(1, { delivery: 'each' })
    await sendDue()
    await tell('email', 'bounced')
    await tell('sms', 'blocked')
    expect(await status()).toBe('completed')
    await sendDue()
    expect(await ends()).toEqual(['c-0 email sent', 'c-0 sms sent'])
  })

  it('is followed once and never lost, wherever the process that hears of it dies', async () => {
    for (let at = 1; at < 14; at += 1) {
      const storage = createMemoryStorage()
      const living = await launched(1, {}, { storage })
      await living.sendDue()
      const [email] = await living.deliveries()
      const bounce = {
        key: 'b-1',
        type: 'bounced' as const,
        at: living.clock.now(),
        deliveryId: email?.id ?? '',
      }
      const crash = createCrashPoint({ at, when: at % 2 === 0 ? 'after' : 'before' })
      const doomed = createSendingWorld({
        clock: living.clock,
        storage: createCrashingStorage(storage, crash),
        kit: { channels: { email: living.email, sms: living.sms } },
      })
      await doomed.kit.events.ingest([bounce as never]).catch(() => undefined)
      await living.kit.events.ingest([bounce as never])
      await living.wait()
      expect(living.sms.accepted).toHaveLength(1)
      expect(await living.ends()).toEqual(['c-0 email sent', 'c-0 sms sent'])
    }
  })
})

describe('a message that is known to be sent by another way than its answer', () => {
  it('is followed after the window when a receipt proved it while it was in doubt', async () => {
    const { sms, tell, clock, sendDue, ends } = await launched(1, WITHIN_A_DAY, IN_DOUBT)
    await sendDue()
    expect(await ends()).toEqual(['c-0 email inDoubt inDoubt'])
    await tell('email', 'accepted')
    await tell('email', 'accepted')
    await clock.advance(23 * HOUR_MS)
    await sendDue()
    expect(sms.accepted).toHaveLength(0)
    await clock.advance(2 * HOUR_MS)
    await sendDue()
    expect(await ends()).toEqual(['c-0 email sent', 'c-0 sms sent'])
  })

  it('is followed at once when what proved it is a bounce', async () => {
    for (const more of [{}, WITHIN_A_DAY]) {
      const { tell, clock, sendDue, ends } = await launched(1, more, IN_DOUBT)
      await sendDue()
      const at = clock.now()
      await tell('email', 'bounced')
      await sendDue()
      expect(await ends()).toEqual(['c-0 email sent', 'c-0 sms sent'])
      expect(clock.now() - at).toBeLessThan(HOUR_MS)
    }
  })

  it('is not followed when what proved it says that it has arrived', async () => {
    const { tell, sendDue, wait, ends } = await launched(1, WITHIN_A_DAY, IN_DOUBT)
    await sendDue()
    await tell('email', 'delivered')
    await wait()
    expect(await ends()).toEqual(['c-0 email sent'])
  })

  it('is followed after the window when it was held, and a receipt or a person says that it was sent', async () => {
    for (const says of ['receipt', 'person'] as const) {
      const { kit, id, deliveries, sms, tell, clock, sendDue, wait, ends, status } = await launched(
        1,
        WITHIN_A_DAY,
        IN_DOUBT,
      )
      await wait()
      expect([await status(), await ends()]).toEqual(['completed', ['c-0 email held inDoubt']])
      const [held] = await deliveries()
      if (says === 'receipt') await tell('email', 'accepted')
      else await kit.campaigns.settleHeld(id, [held?.id ?? ''], { as: 'sent', reason: 'it is in their log' })
      expect(await status()).toBe('active')
      await clock.advance(23 * HOUR_MS)
      await sendDue()
      expect(sms.accepted).toHaveLength(0)
      await clock.advance(2 * HOUR_MS)
      await sendDue()
      expect(await ends()).toEqual(['c-0 email sent', 'c-0 sms sent'])
      expect(await status()).toBe('completed')
    }
  })

  it('is followed at once when a person calls sent what was held and had been dropped', async () => {
    const { kit, id, deliveries, tell, wait, sendDue, ends } = await launched(1, {}, IN_DOUBT)
    await wait()
    await tell('email', 'dropped')
    expect(await ends()).toEqual(['c-0 email held inDoubt'])
    const [held] = await deliveries()
    await kit.campaigns.settleHeld(id, [held?.id ?? ''], { as: 'sent', reason: 'it is in their log' })
    await sendDue()
    expect(await ends()).toEqual(['c-0 email sent', 'c-0 sms sent'])
  })

  it('is followed by nothing when it was held and its campaign is over', async () => {
    const { kit, id, deliveries, wait, ends, clock, status } = await launched(
      1,
      { ...WITHIN_A_DAY, endsAt: '2026-03-02T09:00:00Z' } as never,
      IN_DOUBT,
    )
    await wait()
    await clock.advance(2 * DAY_MS)
    const [held] = await deliveries()
    await kit.campaigns.settleHeld(id, [held?.id ?? ''], { as: 'sent', reason: 'it is in their log' })
    await wait()
    expect([await status(), await ends()]).toEqual(['completed', ['c-0 email sent']])
  })
})
