import twilio from 'twilio'
import { afterEach, describe, expect, it } from 'vitest'
import { realClient } from '../real-client.fixture.js'
import { SENDER, SERVICE, TEMPLATE } from '../sample-text.fixture.js'
import { createFakeTwilio, type FakeTwilio, type FakeTwilioOptions } from './fake-twilio.js'

const open: FakeTwilio[] = []
const TO = '+393331234567'
const URL_OF_OURS = 'https://go.pizza.example/twilio'

afterEach(async () => {
  for (const fake of open.splice(0)) await fake.close()
})

async function opened(options: FakeTwilioOptions = {}): Promise<FakeTwilio> {
  const fake = await createFakeTwilio(options)
  open.push(fake)
  return fake
}

async function post(
  fake: FakeTwilio,
  params: Record<string, string>,
  more: RequestInit = {},
  path = '/Messages.json',
) {
  const { origin, accountSid, authToken } = fake.access
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  const response = await fetch(`${origin}/2010-04-01/Accounts/${accountSid}${path}`, {
    method: 'POST',
    body: new URLSearchParams(params),
    ...more,
    headers: { authorization, ...more.headers },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('a create', () => {
  const good = { To: TO, From: SENDER, Body: 'hello' }

  it('is answered with the resource that Twilio makes', async () => {
    const fake = await opened()
    const { status, body } = await post(fake, good)
    expect(status).toBe(201)
    expect(body).toMatchObject({
      status: 'queued',
      num_segments: '1',
      price: null,
      to: TO,
      from: SENDER,
      direction: 'outbound-api',
    })
    expect(body.sid).toMatch(/^SM[0-9a-f]{32}$/)
    const through = await post(fake, { To: TO, MessagingServiceSid: SERVICE, Body: 'x'.repeat(161) })
    expect(through.body).toMatchObject({ status: 'accepted', num_segments: '0', from: null })
    expect(fake.messages).toMatchObject([{ segments: 1 }, { segments: 2 }])
  })

  it('is read by the package twilio', async () => {
    const fake = await opened()
    const message = await realClient(fake.access).messages.create({ to: TO, from: SENDER, body: 'hello' })
    expect(message).toMatchObject({
      sid: fake.messages[0]?.sid,
      status: 'queued',
      numSegments: '1',
      errorCode: null,
    })
  })

  it.each([
    [{ To: '' }, 21_604],
    [{ From: null }, 21_603],
    [{ To: '0331234567' }, 21_211],
    [{ From: null, MessagingServiceSid: 'MG1' }, 21_705],
    [{ To: `whatsapp:${TO}` }, 21_910],
    [{ Body: null }, 21_619],
    [{ Body: ' ' }, 21_602],
    [{ Body: 'x'.repeat(1_601) }, 21_617],
    [{ ContentVariables: '{}' }, 21_654],
    [{ ContentSid: TEMPLATE }, 20_422],
    [{ Body: null, ContentSid: 'welcome' }, 21_655],
    [{ Body: null, ContentSid: TEMPLATE, ContentVariables: '{' }, 21_656],
    [{ Body: null, ContentSid: TEMPLATE, ContentVariables: '[]' }, 21_656],
    [{ Body: null, ContentSid: TEMPLATE, ContentVariables: '{"1":""}' }, 21_656],
    [{ ValidityPeriod: '0' }, 90_007],
    [{ ValidityPeriod: '36001' }, 90_007],
    [{ StatusCallback: 'no' }, 21_609],
    [{ StatusCallback: 'https://a_b.example/' }, 21_609],
  ])('with %j is refused with code %i, as Twilio refuses it', async (change, code) => {
    const fake = await opened()
    const given = Object.entries({ ...good, ...change }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    )
    expect(await post(fake, Object.fromEntries(given))).toEqual({
      status: 400,
      body: {
        code,
        message: expect.any(String),
        more_info: `https://www.twilio.com/docs/errors/${code}`,
        status: 400,
      },
    })
    expect(fake.messages).toEqual([])
  })

  it('from a sender that the account does not have is refused', async () => {
    const fake = await opened({ senders: ['+15005550001'] })
    expect((await post(fake, good)).body.code).toBe(21_606)
    expect((await post(fake, { To: TO, MessagingServiceSid: SERVICE, Body: 'x' })).body.code).toBe(21_701)
    expect(
      (await post(fake, { To: `whatsapp:${TO}`, From: `whatsapp:${SENDER}`, Body: 'x' })).body.code,
    ).toBe(63_007)
    expect((await post(fake, { ...good, From: '+15005550001' })).status).toBe(201)
  })

  it('without credentials, elsewhere or in another form is refused', async () => {
    const fake = await opened()
    expect(await post(fake, good, { headers: { authorization: 'Basic eDp5' } })).toMatchObject({
      status: 401,
      body: { code: 20_003 },
    })
    expect(await post(fake, good, {}, '/Calls.json')).toMatchObject({ status: 404, body: { code: 20_404 } })
    expect(
      await post(fake, good, { body: '{}', headers: { 'content-type': 'application/json' } }),
    ).toMatchObject({ status: 415 })
    const { status } = await post(fake, good, { method: 'PUT' })
    expect(status).toBe(405)
    expect(fake.creates).toBe(0)
  })

  it('is late by the latency, and refused as told', async () => {
    const fake = await opened({
      latencyMs: 30,
      behaviour: () => ({ type: 'refuse', status: 429, retryAfterS: 3 }),
    })
    const begun = performance.now()
    expect(await post(fake, good)).toMatchObject({ status: 429, body: { code: 20_429 } })
    expect(performance.now() - begun).toBeGreaterThan(25)
    expect([fake.creates, fake.messages.length]).toEqual([1, 0])
  })
})

describe('callbacks', () => {
  it('are signed as the package twilio checks it, in order, shuffled and repeated', async () => {
    const seen: string[] = []
    const fake = await opened({
      webhook: async (request) => {
        const params = Object.fromEntries(new URLSearchParams(await request.text()))
        const signature = request.headers.get('x-twilio-signature') ?? ''
        expect(twilio.validateRequest(fake.access.authToken, signature, request.url, params)).toBe(true)
        seen.push(params.MessageStatus ?? '')
        return new Response(null, { status: 204 })
      },
    })
    const create = (more = {}) =>
      post(fake, {
        To: TO,
        From: SENDER,
        Body: 'hello',
        StatusCallback: `${URL_OF_OURS}?delivery=d-1`,
        ...more,
      })
    await create()
    expect(await fake.sendCallbacks()).toEqual([204, 204, 204])
    expect(seen.splice(0)).toEqual(['sending', 'sent', 'delivered'])
    expect(await fake.sendCallbacks()).toEqual([])
    await create()
    await fake.sendCallbacks({ shuffleSeed: 3, times: 2 })
    const mixed = seen.splice(0)
    expect(mixed.toSorted()).toEqual(['delivered', 'delivered', 'sending', 'sending', 'sent', 'sent'])
    await create()
    await fake.sendCallbacks({ shuffleSeed: 3, times: 2 })
    expect(seen).toEqual(mixed)
  })

  it('go over the network when nobody takes them here', async () => {
    const other = await opened()
    const fake = await opened()
    await post(fake, {
      To: TO,
      From: SENDER,
      Body: 'hello',
      StatusCallback: `${other.access.origin}/nowhere`,
    })
    expect(await fake.sendCallbacks()).toEqual([401, 401, 401])
  })

  it('of free text on WhatsApp fail outside of the window, which a message of the person opens', async () => {
    const said: unknown[] = []
    const fake = await opened({
      webhook: async (request) => {
        const params = new URLSearchParams(await request.text())
        said.push([params.get('MessageStatus') ?? params.get('SmsStatus'), params.get('ErrorCode')])
        return new Response()
      },
    })
    const create = () =>
      post(fake, {
        To: `whatsapp:${TO}`,
        From: `whatsapp:${SENDER}`,
        Body: 'hello',
        StatusCallback: URL_OF_OURS,
      })
    await create()
    await fake.sendCallbacks()
    await fake.receive({ from: `whatsapp:${TO}`, body: 'ciao', url: URL_OF_OURS })
    await create()
    await fake.sendCallbacks()
    expect(said).toEqual([
      ['failed', '63016'],
      ['received', null],
      ['sending', null],
      ['sent', null],
      ['delivered', null],
    ])
  })
})
