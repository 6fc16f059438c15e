import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import type { Channel, SendResult } from '@campaignkit/core/adapter'
import {
  type ChannelSubject,
  channelConformance,
  channelHas,
  createManualClock,
  SAMPLE_NOW,
} from '@campaignkit/core/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { createTwilioChannel } from './channel.js'
import type { TwilioChannelOptions } from './options.js'
import { realClient } from './real-client.fixture.js'
import { SCOPE, SENDER, SERVICE, sampleText, TEMPLATE } from './sample-text.fixture.js'
import type { FakeTwilioBehaviour } from './testing/fake-behaviour.js'
import { connectFakeTwilio, type FakeTwilioAccess } from './testing/fake-client.js'
import { createFakeTwilio, type FakeTwilio, type FakeTwilioOptions } from './testing/fake-twilio.js'
import type { TwilioClient } from './twilio-client.js'

const PRICE = { amountMinor: 75, per: 100, currency: 'USD' }
const HOUR_MS = 3_600_000
const open: FakeTwilio[] = []

afterEach(async () => {
  for (const fake of open.splice(0)) await fake.close()
})

async function opened(options: FakeTwilioOptions = {}): Promise<FakeTwilio> {
  const fake = await createFakeTwilio(options)
  open.push(fake)
  return fake
}

function channelTo(client: TwilioClient, given: Partial<TwilioChannelOptions> = {}): Channel {
  const { messagingServiceSid } = given
  return createTwilioChannel({
    client,
    kind: 'sms',
    ...(messagingServiceSid === undefined ? { from: SENDER } : {}),
    reachesPeople: false,
    clock: createManualClock(),
    ...given,
  })
}

async function send(channel: Channel, ...given: Parameters<typeof sampleText>): Promise<SendResult> {
  const [result] = await channel.send(SCOPE, [sampleText(...given)])
  if (result === undefined) throw new Error('no result')
  return result
}

async function outcomeOf(behaviour: FakeTwilioBehaviour, given: Partial<TwilioChannelOptions> = {}) {
  const fake = await opened({ behaviour: () => behaviour })
  const result = await send(channelTo(realClient(fake.access), given))
  return { result, fake }
}

describe.each([
  ['the package twilio', (access: FakeTwilioAccess) => realClient(access)],
  ['a client of fetch', connectFakeTwilio],
])('an SMS through %s', (_name, clientOf) => {
  it('is created from a number, and accepted under the id that Twilio gives', async () => {
    const fake = await opened()
    const channel = channelTo(clientOf(fake.access), {
      statusCallback: 'https://go.pizza.example/twilio?tenant=pizzeria',
    })
    const result = await send(channel)
    expect(result).toEqual({ outcome: 'accepted', providerMessageId: fake.messages[0]?.sid })
    expect(fake.messages).toMatchObject([
      {
        to: '+393331234567',
        from: SENDER,
        messagingServiceSid: null,
        body: 'We miss you',
        statusCallback: 'https://go.pizza.example/twilio?tenant=pizzeria&delivery=d-1',
        validityPeriod: null,
      },
    ])
  })

  it('is created through a Messaging Service', async () => {
    const fake = await opened()
    await send(channelTo(clientOf(fake.access), { messagingServiceSid: SERVICE }))
    expect(fake.messages).toMatchObject([{ from: '', messagingServiceSid: SERVICE, statusCallback: null }])
  })

  it.each([
    ['of a day', 24 * HOUR_MS, null],
    ['of ten hours', 10 * HOUR_MS, null],
    ['of an hour', HOUR_MS, 3_600],
    ['of a moment', 400, 1],
  ])('with a time to live %s says how long it is valid', async (_described, leftMs, expected) => {
    const fake = await opened()
    await send(channelTo(clientOf(fake.access)), { expiresAt: SAMPLE_NOW + leftMs })
    expect(fake.messages[0]?.validityPeriod).toBe(expected)
  })

  it('that Twilio refuses is judged by its code', async () => {
    const fake = await opened({ senders: ['+15005550001'] })
    expect(await send(channelTo(clientOf(fake.access)))).toEqual({
      outcome: 'misconfigured',
      code: 'twilio-21606',
    })
  })

  it('with a wrong token is for a person', async () => {
    const fake = await opened()
    const stranger = { ...fake.access, authToken: 'wrong' }
    expect(await send(channelTo(clientOf(stranger)))).toEqual({
      outcome: 'misconfigured',
      code: 'twilio-20003',
    })
  })

  it('to somebody who answered STOP is refused and suppressed', async () => {
    const fake = await opened({ webhook: async () => new Response() })
    await fake.receive({ from: '+393331234567', body: 'stop', url: 'https://go.pizza.example/twilio' })
    expect(await send(channelTo(clientOf(fake.access)))).toEqual({
      outcome: 'permanent',
      code: 'twilio-21610',
      suppress: 'requested',
    })
    await fake.receive({ from: '+393331234567', body: 'START', url: 'https://go.pizza.example/twilio' })
    expect(await send(channelTo(clientOf(fake.access)))).toMatchObject({ outcome: 'accepted' })
  })

  it('is throttled ever longer while Twilio is too busy, and at once again after it', async () => {
    const fake = await opened({
      behaviour: ({ n }) => (n <= 3 || n === 5 ? { type: 'refuse', status: 429 } : { type: 'accept' }),
    })
    const clock = createManualClock()
    const channel = channelTo(clientOf(fake.access), { clock })
    const waits: unknown[] = []
    for (let n = 1; n <= 5; n += 1) {
      const result = await send(channel)
      waits.push(result.outcome === 'throttled' ? result.retryAfterMs : result.outcome)
      if (result.outcome === 'throttled') await clock.advance(result.retryAfterMs)
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 'accepted', 1_000])
    expect(fake.messages).toHaveLength(1)
  })

  it.each([
    [{ type: 'drop', at: 'request' }, 0],
    [{ type: 'drop', at: 'accepted' }, 1],
    [{ type: 'drop', at: 'answer' }, 1],
    [{ type: 'refuse', status: 500, code: 20_500 }, 0],
    [{ type: 'refuse', status: 502 }, 0],
  ] as const)('whose answer is lost is in doubt, never asked twice: %j', async (behaviour, taken) => {
    const fake = await opened({ behaviour: () => behaviour })
    expect(await send(channelTo(clientOf(fake.access)))).toMatchObject({ outcome: 'unknown' })
    expect(fake.creates).toBe(1)
    expect(fake.messages).toHaveLength(taken)
  })

  it('without an answer in time is in doubt', async () => {
    const fake = await opened({ behaviour: () => ({ type: 'stall' }) })
    const channel = channelTo(clientOf(fake.access), { timeoutMs: 100 })
    expect(await send(channel)).toEqual({ outcome: 'unknown', code: 'twilio-timeout', outage: true })
    expect(fake.messages).toHaveLength(1)
  })
})

describe('the network', () => {
  it('that refuses the connection has sent nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const nowhere = { ...(await opened()).access, origin: `http://127.0.0.1:${port}` }
    expect(await send(channelTo(realClient(nowhere)))).toEqual({
      outcome: 'transient',
      code: 'twilio-econnrefused',
      outage: true,
    })
  })

  it("that is slower than the client's own patience leaves it in doubt", async () => {
    const fake = await opened({ behaviour: () => ({ type: 'stall' }) })
    expect(await send(channelTo(realClient(fake.access, 100)))).toMatchObject({ outcome: 'unknown' })
    expect(fake.messages).toHaveLength(1)
  })
})

describe('what no create is made for', () => {
  it.each([
    [{ to: '3331234567' }, {}, 'address-invalid'],
    [{ to: '+39 333 1234567' }, {}, 'address-invalid'],
    [{ to: 'whatsapp:+393331234567' }, {}, 'address-invalid'],
    [{ to: '' }, {}, 'address-invalid'],
    [{}, { body: ' \n' }, 'content-empty'],
    [{}, { body: 'x'.repeat(1_601) }, 'message-too-long'],
    [{ expiresAt: SAMPLE_NOW }, {}, 'expired'],
  ])('%j %j', async (given, content, code) => {
    const fake = await opened()
    expect(await send(channelTo(fake.client), given, content)).toEqual({ outcome: 'permanent', code })
    expect(fake.creates).toBe(0)
  })

  it('an SMS of more segments than allowed', async () => {
    const fake = await opened()
    const channel = channelTo(fake.client, { maxSegments: 2 })
    expect(await send(channel, {}, { body: 'x'.repeat(307) })).toEqual({
      outcome: 'permanent',
      code: 'too-many-segments',
    })
    expect(await send(channel, {}, { body: 'x'.repeat(306) })).toMatchObject({ outcome: 'accepted' })
  })

  it('an e-mail', async () => {
    const fake = await opened()
    const email = {
      type: 'email',
      subject: 's',
      html: null,
      text: 't',
      replyTo: null,
      headers: {},
      attachments: [],
    } as const
    const [result] = await channelTo(fake.client).send(SCOPE, [{ ...sampleText(), content: email }])
    expect(result).toEqual({ outcome: 'permanent', code: 'content-not-text' })
  })
})

describe('what an SMS costs', () => {
  const costOf = async (
    behaviour: FakeTwilioBehaviour,
    body: string,
    given: Partial<TwilioChannelOptions> = {},
  ) => {
    const fake = await opened({ behaviour: () => behaviour })
    const result = await send(channelTo(realClient(fake.access), { price: PRICE, ...given }), {}, { body })
    return result.outcome === 'accepted' ? result.costMicros : result
  }

  it('is its segments at the list price', async () => {
    expect(await costOf({ type: 'accept' }, 'hello')).toBe(750_000)
    expect(await costOf({ type: 'accept' }, 'x'.repeat(161))).toBe(1_500_000)
    expect(await costOf({ type: 'accept' }, '🍕'.repeat(36))).toBe(1_500_000)
  })

  it('is what Twilio says where it does, in the same currency', async () => {
    expect(await costOf({ type: 'accept', price: '-0.01580' }, 'hello')).toBe(1_580_000)
    expect(
      await costOf({ type: 'accept', price: '-0.01580' }, 'hello', { price: { ...PRICE, currency: 'EUR' } }),
    ).toBe(750_000)
  })

  it('is left to the kit while a Messaging Service has not chosen its sender, and without a list price', async () => {
    expect(await costOf({ type: 'accept' }, 'hello', { messagingServiceSid: SERVICE })).toBeUndefined()
    const fake = await opened()
    expect(await send(channelTo(fake.client))).not.toHaveProperty('costMicros')
  })

  it('counts as its segments for the kit', async () => {
    const fake = await opened()
    const weigh = channelTo(fake.client).weigh
    expect(weigh?.({ type: 'text', body: 'x'.repeat(161) })).toBe(2)
    expect(channelTo(fake.client, { kind: 'whatsapp' }).weigh).toBeUndefined()
  })
})

describe('transliteration', () => {
  it('is what goes out, what is counted and what is shown', async () => {
    const fake = await opened()
    const channel = channelTo(fake.client, {
      transliterate: true,
      statusCallback: 'https://go.pizza.example/twilio',
    })
    const body = `“${'x'.repeat(100)}”`
    await send(channel, {}, { body })
    expect(fake.messages[0]?.body).toBe(`"${'x'.repeat(100)}"`)
    expect(fake.messages[0]?.statusCallback).toBe('https://go.pizza.example/twilio?delivery=d-1')
    expect(channel.prepare?.({ type: 'text', body })).toEqual({ type: 'text', body: `"${'x'.repeat(100)}"` })
    expect(channel.inspect?.({ type: 'text', body })).toMatchObject([
      { severity: 'warning', code: 'transliterated', part: 'body' },
    ])
  })

  it('is not done unless it is asked for, and what makes an SMS dearer is told', async () => {
    const fake = await opened()
    const channel = channelTo(fake.client, {
      statusCallback: 'https://go.pizza.example/twilio',
      maxSegments: 1,
    })
    const body = `“${'x'.repeat(100)}”`
    expect(await send(channel, {}, { body })).toMatchObject({ code: 'too-many-segments' })
    expect(channel.inspect?.({ type: 'text', body })).toMatchObject([
      { code: 'ucs2' },
      { severity: 'error', code: 'tooManySegments' },
    ])
    expect(channel.inspect?.({ type: 'text', body: 'plain' })).toEqual([])
  })
})

describe('a WhatsApp message', () => {
  const whatsapp = (fake: FakeTwilio, given: Partial<TwilioChannelOptions> = {}) =>
    channelTo(realClient(fake.access), { kind: 'whatsapp', ...given })
  const template = { id: TEMPLATE, variables: { 1: 'Ada', name: '30 %' } }

  it('is an approved template with its variables', async () => {
    const fake = await opened()
    expect(await send(whatsapp(fake), {}, { body: '', template })).toMatchObject({ outcome: 'accepted' })
    expect(fake.messages).toMatchObject([
      {
        to: 'whatsapp:+393331234567',
        from: `whatsapp:${SENDER}`,
        body: null,
        contentSid: TEMPLATE,
        contentVariables: { 1: 'Ada', name: '30 %' },
      },
    ])
  })

  it('is free text within 24 hours of the last message of the person, and the template after', async () => {
    const fake = await opened()
    const asked: string[] = []
    const since = (ms: number | null) =>
      whatsapp(fake, {
        lastInboundAt: async (_scope, to) => {
          asked.push(to)
          return ms === null ? null : SAMPLE_NOW - ms
        },
      })
    for (const ms of [0, 24 * HOUR_MS - 1, 24 * HOUR_MS, null])
      await send(since(ms), {}, { body: 'hi', template })
    expect(fake.messages.map(({ body, contentSid }) => body ?? contentSid)).toEqual([
      'hi',
      'hi',
      TEMPLATE,
      TEMPLATE,
    ])
    expect(asked).toEqual(Array.from({ length: 4 }, () => '+393331234567'))
    expect(await send(since(null), {}, { body: 'hi' })).toEqual({
      outcome: 'permanent',
      code: 'whatsapp-window-closed',
    })
    expect(await send(whatsapp(fake), {}, { body: 'hi' })).toEqual({
      outcome: 'permanent',
      code: 'whatsapp-window-closed',
    })
  })

  it('is tried later when nobody knows whether the window is open', async () => {
    const fake = await opened()
    const channel = whatsapp(fake, { lastInboundAt: () => Promise.reject(new Error('no storage')) })
    expect(await send(channel, {}, { body: 'hi', template })).toEqual({
      outcome: 'transient',
      code: 'window-unknown',
    })
    expect(fake.creates).toBe(0)
  })

  it.each([
    [{ body: '' }, 'content-empty'],
    [{ body: '', template: { id: 'welcome', variables: {} } }, 'template-invalid'],
    [{ body: '', template: { id: TEMPLATE, variables: { 1: ' ' } } }, 'template-variable-empty'],
  ])('of %j is refused before any create', async (content, code) => {
    const fake = await opened()
    expect(await send(whatsapp(fake), {}, content)).toEqual({ outcome: 'permanent', code })
    expect(fake.creates).toBe(0)
  })

  it('that lacks something says so before launch', async () => {
    const fake = await opened()
    const remarks = (content: object, given: Partial<TwilioChannelOptions> = {}) =>
      whatsapp(fake, given)
        .inspect?.({ type: 'text', body: '', ...content })
        .map(({ severity, code }) => `${severity} ${code}`)
    expect(remarks({ body: 'hi' })).toEqual(['error templateMissing'])
    expect(remarks({ body: 'hi' }, { lastInboundAt: async () => null })).toEqual(['warning templateMissing'])
    expect(remarks({ template: { id: 'x', variables: {} } })).toEqual(['error templateInvalid'])
    expect(remarks({ template: { id: TEMPLATE, variables: { 1: '' } } })).toEqual([
      'warning templateVariableEmpty',
    ])
    expect(remarks({ body: 'hi', template })).toEqual(['warning bodyUnused'])
    expect(remarks({ body: 'hi', template }, { lastInboundAt: async () => null })).toEqual([])
  })
})

describe('an answer that is none', () => {
  it.each([
    [undefined, 'unknown', 'twilio-no-sid'],
    [{}, 'unknown', 'twilio-no-sid'],
    [{ sid: '' }, 'unknown', 'twilio-no-sid'],
    [{ sid: 'SM1', status: 'failed', errorCode: 30_005 }, 'permanent', 'twilio-30005'],
    [{ sid: 'SM1', status: 'undelivered' }, 'permanent', 'twilio-failed'],
  ])('%j is %s', async (answer, outcome, code) => {
    const channel = channelTo({ messages: { create: async () => answer as never } })
    expect(await send(channel)).toMatchObject({ outcome, code })
  })
})

describe.each(['sms', 'whatsapp'] as const)('the conformance of %s', (kind) => {
  async function subject(): Promise<ChannelSubject> {
    const fake = await opened()
    const content = kind === 'sms' ? {} : { body: '', template: { id: TEMPLATE, variables: {} } }
    return {
      channel: channelTo(realClient(fake.access), {
        kind,
        price: PRICE,
        statusCallback: 'https://go.pizza.example/t',
      }),
      scope: SCOPE,
      message: (number) =>
        sampleText({ deliveryId: `d-${number}` as never, idempotencyKey: `d-${number}` }, content),
      refusedMessage: (number) => sampleText({ deliveryId: `d-${number}` as never, to: 'nobody' }, content),
      taken: () => fake.messages.length,
    }
  }

  it.each(channelConformance.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    const given = await subject()
    const has = channelHas(given)
    if (each.needs.every((need) => has.has(need))) await each.run(given)
  })
})

describe('the capabilities', () => {
  it('say that callbacks come only where there is a place for them', async () => {
    const { fake } = await outcomeOf({ type: 'accept' })
    const { receipts, receiptWindowMs, account } = channelTo(fake.client).capabilities
    expect([receipts, receiptWindowMs]).toEqual([[], 0])
    const told = channelTo(fake.client, {
      kind: 'whatsapp',
      statusCallback: 'https://go.pizza.example/t',
      account: 'mine',
    })
    expect(told.capabilities.receipts).toContain('opened')
    expect(told.capabilities.receiptWindowMs).toBe(24 * HOUR_MS)
    expect(told.capabilities.account).toBe('mine')
    expect(account).toMatch(/^twilio-[0-9a-f]{16}$/)
    expect(channelTo(fake.client, { from: '+15005550001' }).capabilities.account).not.toBe(account)
  })
})
