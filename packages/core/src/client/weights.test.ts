import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/time.js'
import { type Pace, perMinute, perSecond } from '../model/pace.js'
import type { Channel, OutgoingMessage, RenderedMessage } from '../ports/channel.js'
import { createFaultyChannel, type FaultyChannel } from '../testing/faulty-channel.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria } from './pizzeria.fixture.js'
import { createSendingWorld } from './sending.fixture.js'

/** A text of so many letters counts as so many tens. */
const weigh = (content: RenderedMessage) =>
  content.type === 'text' ? Math.max(1, Math.ceil(content.body.length / 10)) : 1

const PRICE = { amountMinor: 7, per: 1, currency: 'EUR' }

function weighing(sms: FaultyChannel): Channel {
  return { ...sms, weigh }
}

/** Sends one SMS to each customer, whose first name makes it as long as told. */
async function sentSms(
  pace: Pace,
  lengths: readonly number[],
  { accountPace, workers = 1 }: { readonly accountPace?: Pace; readonly workers?: number } = {},
) {
  const clock = createManualClock({
    auto: true,
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
  })
  const sms = createFaultyChannel({
    clock,
    faultOf: () => null,
    capabilities: { kind: 'sms', price: PRICE, window: 50, ...(accountPace ? { accountPace } : {}) },
  })
  const world = createSendingWorld({ clock, kit: { channels: { sms: weighing(sms) } } })
  await world.invite(lengths.length, (number) => ({ firstName: 'x'.repeat(lengths[number] ?? 1) }))
  const { id } = await world.launch({
    messages: { sms: { body: '{{ customer.firstName }}' } },
    pace: { sms: pace },
  })
  await Promise.all(Array.from({ length: workers }, () => world.root.worker().drain()))
  return { ...world, id, sms }
}

/** The most units that any window of the period holds. */
function heaviestWindow(sms: FaultyChannel, periodMs: number): number {
  const sends = sms.accepted
    .map(({ at, message }) => ({ at, weight: weigh(message.content) }))
    .toSorted((left, right) => left.at - right.at)
  return Math.max(
    ...sends.map(({ at }) =>
      sends
        .filter((each) => each.at >= at && each.at < at + periodMs)
        .reduce((sum, { weight }) => sum + weight, 0),
    ),
  )
}

describe('a message that counts as several', () => {
  it.each([
    ['two each, 60 a minute', perMinute(60), Array.from({ length: 120 }, () => 20)],
    ['three each, 10 a minute', perMinute(10), Array.from({ length: 12 }, () => 30)],
    [
      'one to four, 30 a minute',
      perMinute(30),
      Array.from({ length: 60 }, (_, at) => 10 * (1 + ((at * 7) % 4))),
    ],
    [
      'nine light ones and a heavy one, 10 a minute',
      perMinute(10),
      [...Array.from({ length: 9 }, () => 10), 30, 10, 30],
    ],
    [
      'one to six, 20 a second',
      perSecond(20),
      Array.from({ length: 150 }, (_, at) => 10 * (1 + ((at * 5) % 6))),
    ],
  ])(
    'takes as many slots: %s',
    async (_name, pace, lengths) => {
      const { sms } = await sentSms(pace, lengths)
      expect(sms.accepted).toHaveLength(lengths.length)
      expect(heaviestWindow(sms, pace.periodMs)).toBeLessThanOrEqual(pace.limit)
    },
    60_000,
  )

  it('uses nearly all of the pace when all are alike', async () => {
    const { sms } = await sentSms(
      perMinute(60),
      Array.from({ length: 120 }, () => 20),
    )
    const instants = sms.accepted.map(({ at }) => at).sort((left, right) => left - right)
    const units = 2 * (instants.length - 1)
    expect((units * MINUTE_MS) / (((instants.at(-1) ?? 0) - (instants[0] ?? 0)) * 60)).toBeGreaterThan(0.95)
  }, 60_000)

  it('goes out although it is heavier than the pace', async () => {
    const { sms } = await sentSms({ limit: 2, periodMs: 1_000 }, [50, 50, 50])
    expect(sms.accepted).toHaveLength(3)
    const span = (sms.accepted.at(-1)?.at ?? 0) - (sms.accepted[0]?.at ?? 0)
    expect(span).toBeGreaterThanOrEqual(2 * 5 * 500)
    expect(span).toBeLessThan(2 * 5 * 1_100)
  }, 60_000)

  it('holds the pace of the account among several workers', async () => {
    const pace = perMinute(120)
    const { sms } = await sentSms(
      perMinute(10_000),
      Array.from({ length: 100 }, () => 20),
      {
        accountPace: pace,
        workers: 2,
      },
    )
    expect(sms.accepted).toHaveLength(100)
    expect(heaviestWindow(sms, pace.periodMs)).toBeLessThanOrEqual(pace.limit)
  }, 60_000)

  it('costs as many', async () => {
    const { kit, id } = await sentSms(perMinute(600), [10, 25, 30])
    const { items } = await kit.campaigns.deliveries(id)
    const costs = items.map(({ costMicros }) => costMicros / 1_000_000).sort((left, right) => left - right)
    expect(costs).toEqual([7, 21, 21])
  })

  it('is told by preflight: weight, cost and duration', async () => {
    const { kit, id } = await sentSms(perMinute(600), [25, 25, 25, 25])
    const copy = await kit.campaigns.clone(id, 'again')
    const { sizes, cost, durationMs } = await kit.campaigns.preflight(copy.id)
    expect(sizes).toMatchObject([{ channel: 'sms', weight: 3 }])
    expect(cost).toEqual([{ amountMinor: 84, currency: 'EUR' }])
    expect(durationMs.sms).toBeGreaterThan(3 * 3 * 100)
    expect(durationMs.sms).toBeLessThan(3 * 3 * 105)
  })

  it('counts as one where the channel says nonsense', async () => {
    const sms = createRecordingChannel({ kind: 'sms', price: PRICE })
    const { welcome, runCampaign, kit } = createPizzeria({
      channels: { sms: { ...sms, weigh: () => Number.NaN } },
    })
    await welcome(1, () => ({ addresses: { phone: '+49301000000' } }))
    const { id } = await runCampaign({ purpose: 'transactional', messages: { sms: { body: 'hi' } } })
    expect((await kit.campaigns.deliveries(id)).items).toMatchObject([{ costMicros: 7_000_000 }])
  })
})

describe('a channel that prepares and remarks', () => {
  const shouting = (): Channel & { readonly sent: readonly OutgoingMessage[] } => ({
    ...createRecordingChannel({ kind: 'sms' }),
    prepare: (content) =>
      content.type === 'text' ? { ...content, body: content.body.toUpperCase() } : content,
    inspect: (content) =>
      content.type === 'text' && /[a-z]/.test(content.body)
        ? [{ severity: 'warning', code: 'shouted', part: 'body', message: 'in capitals' }]
        : [],
  })

  it('shows before launch what it will send, and sends that', async () => {
    const sms = shouting()
    const { welcome, kit, runCampaign } = createPizzeria({ channels: { sms } })
    await welcome(1, () => ({ addresses: { phone: '+49301000000' } }))
    const { id } = await runCampaign({ purpose: 'transactional', messages: { sms: { body: 'hello' } } })
    expect(sms.sent.map(({ content }) => content)).toEqual([{ type: 'text', body: 'HELLO' }])
    expect((await kit.campaigns.preview(id, { customerId: 'c-0' })).message).toEqual({
      type: 'text',
      body: 'HELLO',
    })
    const copy = await kit.campaigns.clone(id, 'again')
    expect((await kit.campaigns.preflight(copy.id)).findings).toMatchObject([
      { severity: 'warning', code: 'shouted', path: 'messages.sms.body' },
    ])
  })
})

describe('the instant from which on nobody may get a message', () => {
  it.each([
    ['absent without an end', {}, undefined],
    ['the end of the campaign', { endsAt: SAMPLE_NOW + HOUR_MS }, SAMPLE_NOW + HOUR_MS],
    ['the time to live', { timeToLiveDays: 1 }, SAMPLE_NOW + DAY_MS],
    ['the earlier of both', { timeToLiveDays: 1, endsAt: SAMPLE_NOW + 3 * DAY_MS }, SAMPLE_NOW + DAY_MS],
  ])('is %s', async (_name, content, expected) => {
    const sms = createRecordingChannel({ kind: 'sms' })
    const { welcome, runCampaign } = createPizzeria({ channels: { sms } })
    await welcome(1, () => ({ addresses: { phone: '+49301000000' } }))
    await runCampaign({ purpose: 'transactional', messages: { sms: { body: 'hello' } }, ...content })
    expect(sms.sent[0]?.expiresAt).toBe(expected)
    if (expected === undefined) expect(sms.sent[0]).not.toHaveProperty('expiresAt')
  })
})

describe('an address whose owner told the provider to stop', () => {
  it('is suppressed as requested, and START lifts it', async () => {
    const { invite, launch, root, kit } = createSendingWorld({
      sms: { faultOf: () => ({ outcome: 'permanent', code: 'optedOut', suppress: 'requested' }) },
    })
    await invite(1)
    const { id } = await launch({ messages: { sms: { body: 'hello' } } })
    await root.worker().drain()
    const { audience } = (await kit.campaigns.get(id)).content
    const reach = async () => (await kit.audiences.reach(audience, { channels: ['sms'] })).excluded
    expect(await reach()).toEqual({ suppressed: 1 })
    await kit.messages.receive({ key: 'SM1', channel: 'sms', from: '+49301000000', text: 'START' })
    expect(await reach()).toEqual({})
  })
})
