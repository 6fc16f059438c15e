import { everyone } from '@campaignkit/core'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { CALLBACK, openPizzeria, type PizzeriaOptions, phoneOf } from '../pizzeria.fixture.js'
import { webhookRequest } from '../testing/fake-callbacks.js'
import { createTwilioReceipts } from './create-twilio-receipts.js'
import { bodyDigest, signatureOf } from './signature.js'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function opened(options: PizzeriaOptions = {}) {
  const pizzeria = await openPizzeria(options)
  closing.push(() => pizzeria.fake.close())
  return pizzeria
}

/** A campaign that was sent to so many customers. */
async function sent(count: number, options: PizzeriaOptions = {}) {
  const pizzeria = await opened(options)
  await pizzeria.welcome(count)
  const id = await pizzeria.run()
  const { authToken } = pizzeria.fake.access
  const callback = (params: Record<string, string>, url = CALLBACK) =>
    pizzeria.serve(webhookRequest({ url, params }, authToken))
  const json = (body: unknown, url = CALLBACK) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const to = `${url}?bodySHA256=${bodyDigest(new TextEncoder().encode(text))}`
    const headers = { 'content-type': 'application/json', 'x-twilio-signature': signatureOf(authToken, to) }
    return pizzeria.serve(new Request(to, { method: 'POST', headers, body: text }))
  }
  return { ...pizzeria, id, callback, json, authToken }
}

const sidOf = (number: number) => `SM${String(number).padStart(32, '0')}`
const inbound = (body: string, more: Record<string, string> = {}) => ({
  MessageSid: sidOf(1),
  SmsMessageSid: sidOf(1),
  SmsSid: sidOf(1),
  SmsStatus: 'received',
  From: phoneOf(0),
  To: '+15005550006',
  NumMedia: '0',
  Body: body,
  ...more,
})

describe('status callbacks', () => {
  it('find their delivery by what the channel wrote into their URL, and by the id of the message', async () => {
    const { fake, id, kit, deliveries, callback } = await sent(2)
    expect(await fake.sendCallbacks()).toEqual(Array.from({ length: 6 }, () => 204))
    expect((await kit.reports.campaign(id)).counts).toMatchObject({ sent: 2, delivered: 2 })
    const [first] = await deliveries(id)
    const response = await callback({ MessageSid: first?.providerMessageId ?? '', MessageStatus: 'read' })
    expect(response.status).toBe(204)
    expect((await deliveries(id))[0]?.receipts).toHaveProperty('opened')
  })

  it('of every final status say what became of the message, and no more', async () => {
    const finals = ['delivered', 'sent', 'undelivered', 'failed', 'read'] as const
    const { fake, id, deliveries, excluded } = await sent(5, {
      fake: { behaviour: ({ n }) => ({ type: 'accept', status: finals[n - 1] ?? 'sent' }) },
    })
    await fake.sendCallbacks()
    const states = new Map(
      (await deliveries(id)).map(({ providerMessageId, receipts }) => [
        providerMessageId,
        Object.keys(receipts).sort(),
      ]),
    )
    expect(fake.messages.map(({ sid }) => states.get(sid))).toEqual([
      ['accepted', 'delivered'],
      ['accepted'],
      ['accepted', 'blocked'],
      ['dropped'],
      ['accepted', 'delivered', 'opened'],
    ])
    expect(await excluded()).toEqual({})
  })

  it.each([
    [30_003, 'undelivered', ['accepted', 'blocked'], {}],
    [30_005, 'undelivered', ['accepted', 'bounced'], { suppressed: 1 }],
    [30_006, 'undelivered', ['accepted', 'bounced'], { suppressed: 1 }],
    [30_007, 'undelivered', ['accepted', 'blocked'], {}],
    [21_610, 'failed', ['dropped', 'unsubscribed'], { suppressed: 1 }],
    [21_211, 'failed', ['bounced'], { suppressed: 1 }],
    [30_034, 'failed', ['dropped'], {}],
    [99_999, 'failed', ['dropped'], {}],
  ] as const)('with error %i (%s)', async (errorCode, status, receipts, expected) => {
    const { fake, id, deliveries, excluded, kit } = await sent(1, {
      fake: { behaviour: () => ({ type: 'accept', status, errorCode }) },
    })
    await fake.sendCallbacks({ times: 2 })
    const [delivery] = await deliveries(id)
    expect(Object.keys(delivery?.receipts ?? {}).sort()).toEqual(receipts)
    expect(await excluded()).toEqual(expected)
    expect((await kit.consents.history('c-0')).some(({ decision }) => decision === 'denied')).toBe(
      errorCode === 21_610,
    )
  })

  it('of somebody who opted out at Twilio are undone by START, and not done again by a repetition', async () => {
    const { fake, callback, excluded, clock } = await sent(1, {
      fake: { behaviour: () => ({ type: 'accept', status: 'failed', errorCode: 21_610 }) },
    })
    await fake.sendCallbacks()
    await clock.advance(1_000)
    await callback(inbound('START'))
    const [message] = fake.messages
    const again = { MessageSid: message?.sid ?? '', MessageStatus: 'failed', ErrorCode: '21610' }
    expect((await callback(again, message?.statusCallback ?? '')).status).toBe(204)
    expect(await excluded()).toEqual({ consentDenied: 1 })
  })

  it('give the same counts and states in any order and however often they come', async () => {
    const finals = ['delivered', 'read', 'undelivered', 'failed', 'sent'] as const
    const stateAfter = async (shuffleSeed: number | undefined, times: number) => {
      const { fake, id, deliveries, kit } = await sent(5, {
        service: true,
        fake: { behaviour: ({ to }) => ({ type: 'accept', status: finals[Number(to.at(-1))] ?? 'sent' }) },
      })
      await fake.sendCallbacks({ times, ...(shuffleSeed === undefined ? {} : { shuffleSeed }) })
      const states = (await deliveries(id)).map(({ receipts }) => Object.keys(receipts).sort())
      return { states, counts: (await kit.reports.campaign(id)).counts }
    }
    const once = await stateAfter(undefined, 1)
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 4 }), async (seed, times) => {
        expect(await stateAfter(seed, times)).toEqual(once)
      }),
      { numRuns: 8, seed: 2_026 },
    )
  }, 120_000)

  it('that fit nothing are answered and left', async () => {
    const { callback, kit, id } = await sent(1)
    const before = (await kit.reports.campaign(id)).counts
    const odd = [
      { MessageSid: sidOf(7), MessageStatus: 'delivered' },
      { MessageSid: 'SM1', MessageStatus: 'delivered' },
      { MessageSid: sidOf(7), MessageStatus: 'exploded' },
      { MessageSid: sidOf(7), MessageStatus: 'constructor' },
    ]
    for (const params of odd) expect((await callback(params)).status).toBe(204)
    expect(
      (
        await callback(
          { MessageSid: sidOf(7), MessageStatus: 'sent' },
          `${CALLBACK}?delivery=__proto__&segments=x`,
        )
      ).status,
    ).toBe(204)
    expect((await kit.reports.campaign(id)).counts).toEqual(before)
  })

  it('in a batch of Event Streams are taken one by one, dated as they say', async () => {
    const { json, id, deliveries, kit, fake } = await sent(2)
    const [first, second] = fake.messages
    const event = (messageSid: string | undefined, messageStatus: string, more = {}) => ({
      specversion: '1.0',
      type: `com.twilio.messaging.message.${messageStatus}`,
      data: { messageSid, messageStatus, timestamp: '2026-03-01T12:00:00.000Z', ...more },
    })
    const batch = [
      null,
      7,
      { data: null },
      event(first?.sid, 'DELIVERED'),
      event(sidOf(9), 'delivered'),
      event(second?.sid, 'undelivered', { errorCode: 30_005 }),
      { data: { messageSid: sidOf(3), from: phoneOf(0), to: '+15005550006', body: 'stop' } },
    ]
    expect((await json(batch)).status).toBe(200)
    const states = new Map((await deliveries(id)).map((each) => [each.providerMessageId, each.receipts]))
    expect(states.get(first?.sid ?? '')).toEqual({ delivered: Date.UTC(2026, 2, 1, 12) })
    expect(Object.keys(states.get(second?.sid ?? '') ?? {})).toEqual(['bounced', 'unsubscribed'])
    expect((await kit.consents.history('c-0')).at(-1)).toMatchObject({ decision: 'denied', topic: '*' })
  })
})

describe('a request', () => {
  const status = { MessageSid: sidOf(7), MessageStatus: 'delivered' }

  async function refused(make: (world: Awaited<ReturnType<typeof sent>>) => Promise<Response> | Response) {
    const world = await sent(1)
    const journal = (await world.kit.journal.list({}, { limit: 1_000 })).items.length
    const response = await make(world)
    expect((await world.kit.journal.list({}, { limit: 1_000 })).items).toHaveLength(journal)
    expect(await world.excluded()).toEqual({})
    return response
  }

  it('without a signature, or with that of somebody else, is refused with 403', async () => {
    for (const token of [null, 'the token of a stranger', '']) {
      const response = await refused(({ serve, authToken }) => {
        const request = webhookRequest({ url: CALLBACK, params: inbound('STOP') }, token ?? authToken)
        if (token === null) request.headers.delete('x-twilio-signature')
        return serve(request)
      })
      expect(response.status).toBe(403)
      expect(await response.text()).toBe('')
    }
  })

  it('whose fields or URL were changed on the way is refused with 403', async () => {
    const response = await refused(async ({ serve, authToken }) => {
      const genuine = webhookRequest({ url: CALLBACK, params: inbound('hello') }, authToken)
      const body = (await genuine.text()).replace('hello', 'STOP')
      return serve(new Request(CALLBACK, { method: 'POST', headers: genuine.headers, body }))
    })
    expect(response.status).toBe(403)
    const moved = await refused(async ({ serve, authToken }) => {
      const genuine = webhookRequest({ url: CALLBACK, params: inbound('STOP') }, authToken)
      return serve(
        new Request(`${CALLBACK}?tenant=other`, {
          method: 'POST',
          headers: genuine.headers,
          body: await genuine.text(),
        }),
      )
    })
    expect(moved.status).toBe(403)
  })

  it('with JSON that is not what its URL says, or says nothing of it, is refused with 403', async () => {
    const response = await refused(({ serve, authToken }) => {
      const url = `${CALLBACK}?bodySHA256=${bodyDigest(new TextEncoder().encode('{}'))}`
      const headers = {
        'content-type': 'application/json',
        'x-twilio-signature': signatureOf(authToken, url),
      }
      return serve(new Request(url, { method: 'POST', headers, body: JSON.stringify(inbound('STOP')) }))
    })
    expect(response.status).toBe(403)
    const uncovered = await refused(({ serve, authToken }) => {
      const headers = {
        'content-type': 'application/json',
        'x-twilio-signature': signatureOf(authToken, CALLBACK),
      }
      return serve(new Request(CALLBACK, { method: 'POST', headers, body: JSON.stringify(inbound('STOP')) }))
    })
    expect(uncovered.status).toBe(403)
  })

  it.each(['{', '7', '"x"', 'null', '\ufffd{'])('with the body %j is refused with 400', async (body) => {
    expect((await refused(({ json }) => json(body))).status).toBe(400)
  })

  it.each([{}, { Hello: 'world' }, { MessageSid: sidOf(1) }, { From: phoneOf(0), Body: 'STOP' }])(
    'that is signed and says nothing (%j) is refused with 400',
    async (params) => {
      expect((await refused(({ callback }) => callback(params as never))).status).toBe(400)
    },
  )

  it('that is too large is refused with 413, whether it says so or not', async () => {
    const big = inbound('x'.repeat(300_000))
    expect((await refused(({ callback }) => callback(big))).status).toBe(413)
    const told = await refused(({ serve, authToken }) => {
      const request = webhookRequest({ url: CALLBACK, params: status }, authToken)
      const headers = new Headers(request.headers)
      headers.set('content-length', '99999999')
      return serve(new Request(CALLBACK, { method: 'POST', headers, body: 'x' }))
    })
    expect(told.status).toBe(413)
  })

  it.each(['GET', 'HEAD', 'PUT', 'DELETE'])('by %s is refused with 405', async (method) => {
    const response = await refused(({ serve }) => serve(new Request(CALLBACK, { method })))
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('that the kit cannot take is answered 500, and tells nothing', async () => {
    const world = await sent(1)
    const failing = createTwilioReceipts({
      kit: {
        events: { ingest: () => Promise.reject(new Error('no storage')) },
        messages: world.kit.messages,
      },
      authTokens: [world.authToken],
      onError: (thrown) => world.failures.push(thrown),
    })
    const response = await failing(webhookRequest({ url: CALLBACK, params: status }, world.authToken))
    expect([response.status, await response.text(), world.failures.length]).toEqual([500, '', 1])
  })

  it('is known behind a proxy by the URL that Twilio was told', async () => {
    const { fake, kit, authToken } = await sent(1)
    const [message] = fake.messages
    const url = 'https://go.pizza.example/hooks/twilio?a=it%27s'
    const params = { MessageSid: message?.sid ?? '', MessageStatus: 'delivered' }
    const genuine = webhookRequest({ url, params }, authToken)
    const body = await genuine.text()
    const inside = () =>
      new Request('http://10.0.0.7:3000/twilio?a=it%27s', { method: 'POST', headers: genuine.headers, body })
    const base = { kit, authTokens: [authToken] }
    expect((await createTwilioReceipts(base)(inside())).status).toBe(403)
    expect(
      (await createTwilioReceipts({ ...base, publicUrl: 'https://go.pizza.example/hooks' })(inside())).status,
    ).toBe(204)
    expect((await createTwilioReceipts({ ...base, urlOf: () => url })(inside())).status).toBe(204)
    expect(
      (
        await createTwilioReceipts({ ...base, urlOf: () => url.replace('example/', 'example:443/') })(
          inside(),
        )
      ).status,
    ).toBe(204)
  })

  it('by the older of two tokens is taken', async () => {
    const { kit, authToken } = await sent(1)
    const serve = createTwilioReceipts({ kit, authTokens: ['the token that comes next', authToken] })
    expect((await serve(webhookRequest({ url: CALLBACK, params: status }, authToken))).status).toBe(204)
  })

  it('is given to the kit of the tenant whose it is, and left when it is nobody’s', async () => {
    const { kit, root, authToken, excluded } = await sent(1)
    const theirs = root.as({ tenant: 'trattoria', actor: { id: 'u-1', kind: 'user' } })
    const asked: unknown[] = []
    const serve = createTwilioReceipts({
      authTokens: [authToken],
      kit: (addressee) => {
        asked.push(addressee)
        const tenant = new URL(addressee.url).searchParams.get('tenant')
        return tenant === 'pizzeria' ? kit : tenant === 'trattoria' ? theirs : null
      },
    })
    const write = (tenant: string) =>
      serve(
        webhookRequest(
          { url: `${CALLBACK}?tenant=${tenant}`, params: inbound('STOP', { AccountSid: 'AC1' }) },
          authToken,
        ),
      )
    for (const tenant of ['nobody', 'trattoria']) expect((await write(tenant)).status).toBe(200)
    expect(await excluded()).toEqual({})
    expect(asked.at(-1)).toEqual({
      accountSid: 'AC1',
      to: '+15005550006',
      url: `${CALLBACK}?tenant=trattoria`,
    })
    await write('pizzeria')
    expect(await excluded()).toEqual({ suppressed: 1 })
  })
})

describe('the published example of a signature', () => {
  it('is genuine, and one letter more is not', async () => {
    const { kit } = await opened()
    const serve = createTwilioReceipts({ kit, authTokens: ['12345'] })
    const body = {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    }
    const post = (signature: string) =>
      serve(
        new Request('https://mycompany.com/myapp.php?foo=1&bar=2', {
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            'x-twilio-signature': signature,
          },
          body: new URLSearchParams(body),
        }),
      )
    // it is of a call, in which nothing concerns a message
    expect((await post('RSOYDt4T1cUTdK1PDd93/VVr8B8=')).status).toBe(400)
    expect((await post('RSOYDt4T1cUTdK1PDd93/VVr8B9=')).status).toBe(403)
  })
})

describe('messages that people write', () => {
  it('of a sender that cannot be one are left, and stop no other of their batch', async () => {
    const { json, kit, id } = await sent(1)
    const from = (sender: string, number: number) =>
      inbound('STOP', {
        MessageSid: sidOf(number),
        SmsMessageSid: sidOf(number),
        SmsSid: sidOf(number),
        From: sender,
      })
    const senders = ['a\u0000b', '\ud800', '7'.repeat(5_000), ' ', phoneOf(0)]
    const { status } = await json(senders.map((sender, number) => from(sender, number + 1)))
    expect(status).toBe(200)
    expect((await kit.reports.campaign(id)).counts.unsubscribed).toBe(1)
  })

  it('are answered with an empty TwiML, and handed to the host once', async () => {
    const heard: unknown[] = []
    const { callback } = await sent(1, { receipts: { onMessage: (message) => void heard.push(message) } })
    const response = await callback(inbound('A table at eight?'))
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/xml; charset=utf-8'])
    expect(await response.text()).toBe('<?xml version="1.0" encoding="UTF-8"?><Response></Response>')
    await callback(inbound('A table at eight?'))
    expect(heard).toEqual([
      {
        messageSid: sidOf(1),
        channel: 'sms',
        from: phoneOf(0),
        to: '+15005550006',
        body: 'A table at eight?',
        optOutType: null,
      },
    ])
  })

  it('that the host fails to hear are taken all the same', async () => {
    const { callback, failures } = await sent(1, {
      receipts: { onMessage: () => Promise.reject(new Error('no ticket')) },
    })
    expect((await callback(inbound('STOP'))).status).toBe(200)
    expect(failures).toHaveLength(1)
  })

  it.each(['STOP', 'stopall', 'Unsubscribe', 'CANCEL', 'end', 'QUIT', 'revoke', ' OptOut '])(
    'that say %j stop the number, and START starts it again',
    async (word) => {
      const { fake, excluded, clock } = await sent(2)
      await fake.receive({ from: phoneOf(0), body: word, url: CALLBACK })
      expect(await excluded()).toEqual({ suppressed: 1 })
      await clock.advance(1_000)
      await fake.receive({ from: phoneOf(0), body: 'START', url: CALLBACK })
      expect(await excluded()).toEqual({})
    },
  )

  it('in words that Advanced Opt-Out knows are obeyed as it says', async () => {
    const { fake, excluded, clock } = await sent(1)
    await fake.receive({ from: phoneOf(0), body: 'BASTA', optOutType: 'STOP', url: CALLBACK })
    expect(await excluded()).toEqual({ suppressed: 1 })
    await clock.advance(1_000)
    await fake.receive({ from: phoneOf(0), body: 'SI', optOutType: 'START', url: CALLBACK })
    expect(await excluded()).toEqual({})
    await fake.receive({ from: phoneOf(0), body: 'AIUTO', optOutType: 'HELP', url: CALLBACK })
    expect(await excluded()).toEqual({})
  })

  it('on WhatsApp concern WhatsApp alone', async () => {
    const { fake, excluded, kit } = await sent(1)
    expect((await fake.receive({ from: `whatsapp:${phoneOf(0)}`, body: 'STOP', url: CALLBACK })).status).toBe(
      200,
    )
    expect(await excluded()).toEqual({})
    const reach = await kit.audiences.reach(everyone(), { channels: ['whatsapp'] })
    expect(reach.excluded).toEqual({ suppressed: 1 })
  })

  it('from a number that was never written to stop it for whoever has it later', async () => {
    const { fake, excluded, welcome } = await sent(1)
    await fake.receive({ from: phoneOf(1), body: 'STOP', url: CALLBACK })
    await welcome(2)
    expect(await excluded()).toEqual({ suppressed: 1 })
  })

  it('from no number are answered and left', async () => {
    const { callback, failures } = await sent(1)
    for (const from of ['12345', 'Pizzeria']) {
      expect((await callback(inbound('STOP', { From: from }))).status).toBe(200)
    }
    expect(failures).toEqual([])
  })

  it('that no storage keeps as they are do not fail', async () => {
    const { callback } = await sent(1)
    expect((await callback(inbound('a\0b \ud83c c'))).status).toBe(200)
    expect((await callback(inbound('🍕'.repeat(6_000), { MessageSid: sidOf(2) }))).status).toBe(200)
  })

  it('grant the topics that the host names for START', async () => {
    const { fake, kit } = await sent(1, { receipts: { optInTopics: ['news'] } })
    await fake.receive({ from: phoneOf(0), body: 'start', url: CALLBACK })
    expect((await kit.consents.history('c-0')).at(-1)).toMatchObject({ topic: 'news', decision: 'granted' })
  })
})
