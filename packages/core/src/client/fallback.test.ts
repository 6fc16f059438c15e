import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import { perMinute } from '../model/pace.js'
import type { OutgoingMessage } from '../ports/channel.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { BOTH, createSendingWorld } from './sending.fixture.js'

const FAST = { pace: { email: perMinute(6_000), sms: perMinute(6_000) } }
const FIRST_OF: Partial<CampaignInput> = { ...BOTH, ...FAST, delivery: { firstOf: ['email', 'sms'] } }
const DEAD = { outcome: 'permanent', code: 'no-such-user' } as const

type World = ReturnType<typeof createSendingWorld>

const codeIn = ({ content }: OutgoingMessage) => {
  const text = content.type === 'email' ? content.text : content.type === 'text' ? content.body : ''
  return /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/.exec(text)?.[0] ?? 'none'
}

describe('the first channel that works', () => {
  it('is the only one that is used', async () => {
    const { invite, launch, root, kit, email, sms } = createSendingWorld()
    await invite(5)
    const { id } = await launch(FIRST_OF)
    await root.worker().drain()
    expect([email.accepted.length, sms.accepted.length]).toEqual([5, 0])
    expect((await kit.campaigns.progress(id)).total).toBe(5)
  })

  it.each([
    ['fails for good', DEAD, 5],
    ['fails for a while, four times', { outcome: 'transient', code: 'busy' } as const, 20],
  ])(
    'is the next one when the first %s, under the same arm and coupon',
    async (_described, fault, attempts) => {
      const { invite, launch, root, kit, email, sms } = createSendingWorld({
        email: { faultOf: () => fault },
      })
      await invite(5)
      const experiment = { variants: [{ name: 'a' }, { name: 'b' }], minContacts: 5 }
      const { id } = await launch({ ...FIRST_OF, experiment })
      await root.worker().drain()
      expect(email.attempted).toHaveLength(attempts)
      expect(sms.accepted).toHaveLength(5)
      const { items } = await kit.campaigns.deliveries(id, {}, { limit: 100 })
      for (const number of [0, 1, 2, 3, 4]) {
        const own = items.filter(({ customerId }) => customerId === `c-${number}`)
        expect(own.map(({ channel, status }) => `${channel} ${status}`).sort()).toEqual([
          'email failed',
          'sms sent',
        ])
        expect(new Set(own.map(({ arm, rank, step }) => `${arm} ${rank} ${step}`)).size).toBe(1)
      }
      const codes = (messages: readonly OutgoingMessage[]) => new Set(messages.map(codeIn))
      expect(codes(sms.accepted.map(({ message }) => message))).toEqual(codes(email.attempted))
      const [code = ''] = codes(email.attempted)
      const { outcome } = await kit.coupons.redeem(code, { by: 'till-1', key: 'receipt-1' })
      expect(outcome).toBe('redeemed')
    },
  )

  it('is the next one when a gate stops the first', async () => {
    const { invite, launch, root, kit, email, sms } = createSendingWorld()
    await invite(3)
    const { id } = await launch(FIRST_OF)
    await root.worker().tick()
    await kit.consents.suppress([{ channel: 'email', address: 'ada1@example.com', reason: 'requested' }])
    await root.worker().drain()
    expect([email.accepted.length, sms.accepted.length]).toEqual([2, 1])
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ sent: 3, skipped: 1 })
  })

  it('is the next one when the message of the first cannot be made', async () => {
    const { invite, launch, root, kit, email, sms } = createSendingWorld({
      email: { capabilities: { maxMessageBytes: 50 } },
    })
    await invite(2)
    const { id } = await launch(FIRST_OF)
    await root.worker().drain()
    expect([email.attempted.length, sms.accepted.length]).toEqual([0, 2])
    const { items } = await kit.campaigns.deliveries(id, { status: 'failed' })
    expect(items.map(({ reason }) => reason)).toEqual(['MESSAGE_TOO_LARGE', 'MESSAGE_TOO_LARGE'])
  })

  it('is none when the last one fails too', async () => {
    const { invite, launch, root, kit } = createSendingWorld({
      email: { faultOf: () => DEAD },
      sms: { faultOf: () => ({ outcome: 'permanent', code: 'unreachable' }) },
    })
    await invite(3)
    const { id } = await launch(FIRST_OF)
    await root.worker().drain()
    expect(await kit.campaigns.progress(id)).toMatchObject({
      status: 'completed',
      total: 6,
      counts: { failed: 6 },
    })
  })

  it('is none whom the frozen audience did not know: no channel joins later', async () => {
    const { invite, launch, root, kit, email, sms } = createSendingWorld({ email: { faultOf: () => DEAD } })
    await invite(2, (number) => (number === 0 ? { addresses: { phone: 'none' as never } } : {})).catch(
      () => undefined,
    )
    await invite(2)
    await kit.consents.record([
      {
        customerId: 'c-0',
        channel: 'sms',
        topic: 'offers',
        decision: 'denied',
        basis: 'form',
        obtainedAt: Date.UTC(2026, 1, 1),
      },
    ])
    await launch(FIRST_OF)
    await root.worker().tick()
    await kit.consents.record([
      {
        customerId: 'c-0',
        channel: 'sms',
        topic: 'offers',
        decision: 'granted',
        basis: 'form',
        obtainedAt: Date.UTC(2026, 1, 2),
      },
    ])
    await root.worker().drain()
    expect(email.attempted).toHaveLength(2)
    expect(sms.accepted).toHaveLength(1)
  })

  it.each([
    ['was erased', 'erased', {}, ({ kit }: World) => kit.customers.erase(['c-0', 'c-1', 'c-2'], 'asked')],
    [
      'has outlived its time',
      'expired',
      { timeToLiveDays: 1 },
      ({ clock }: World) => clock.advance(2 * DAY_MS),
    ],
    [
      'comes after the end',
      'campaignEnded',
      { endsAt: SAMPLE_NOW + DAY_MS },
      ({ clock }: World) => clock.advance(2 * DAY_MS),
    ],
  ])('is not asked for what %s', async (_described, reason, more, change) => {
    const world = createSendingWorld()
    await world.invite(3)
    const { id } = await world.launch({ ...FIRST_OF, ...more })
    await world.root.worker().tick()
    await change(world)
    await world.root.worker().drain()
    const { items } = await world.kit.campaigns.deliveries(id, {}, { limit: 100 })
    expect(items.map((delivery) => `${delivery.channel} ${delivery.reason}`)).toEqual(
      Array(3).fill(`email ${reason}`),
    )
    expect([...world.email.attempted, ...world.sms.attempted]).toEqual([])
  })

  it('holds a doubt instead of writing on another channel', async () => {
    const { invite, launch, root, kit, sms } = createSendingWorld({
      email: { faultOf: () => ({ outcome: 'throws', taken: true }) },
    })
    await invite(2)
    const { id } = await launch(FIRST_OF)
    await root.worker().drain()
    expect(sms.attempted).toHaveLength(0)
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ held: 2 })
  })
})

describe('each channel', () => {
  it('gets one message of each member, with the same coupon, whatever becomes of the other', async () => {
    const { invite, launch, root, kit, email, sms } = createSendingWorld({ email: { faultOf: () => DEAD } })
    await invite(4)
    const { id } = await launch({ ...BOTH, ...FAST })
    await root.worker().drain()
    expect([email.attempted.length, sms.accepted.length]).toEqual([4, 4])
    expect((await kit.campaigns.progress(id)).counts).toMatchObject({ failed: 4, sent: 4 })
    const codes = (messages: readonly OutgoingMessage[]) => messages.map(codeIn).sort()
    expect(codes(sms.accepted.map(({ message }) => message))).toEqual(codes(email.attempted))
    expect(new Set(codes(email.attempted)).size).toBe(4)
  })
})
