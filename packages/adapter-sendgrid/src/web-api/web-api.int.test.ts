import type {
  AttemptId,
  CampaignId,
  DeliveryId,
  MessageAttachment,
  OutgoingMessage,
  Scope,
} from '@campaignkit/core/adapter'
import { casesFor, channelConformance, channelHas } from '@campaignkit/core/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { createSendgridChannel } from '../channel.js'
import type { SendgridChannelOptions } from '../options.js'
import type { FakeBehaviour } from '../testing/fake-behaviour.js'
import { createFakeSendgrid, type FakeSendgrid, type FakeSendgridOptions } from '../testing/fake-sendgrid.js'
import { SAMPLE_SCOPE, sampleMessage } from '../testing/sample-message.js'

const NOW = Date.UTC(2026, 2, 1, 9)
const closing: (() => Promise<void>)[] = []

async function opened(options: FakeSendgridOptions = {}): Promise<FakeSendgrid> {
  const fake = await createFakeSendgrid(options)
  closing.push(() => fake.close())
  return fake
}

afterAll(async () => {
  for (const close of closing) await close()
})

function channelTo(fake: { readonly url: string }, given: Partial<SendgridChannelOptions> = {}) {
  const { webApi, ...more } = given
  return createSendgridChannel({
    apiKey: 'SG.key',
    transport: 'web-api',
    webApi: { baseUrl: fake.url, requestTimeoutMs: 5_000, ...webApi },
    from: 'Pizzeria <hi@pizza.example>',
    reachesPeople: false,
    clock: { now: () => NOW },
    ...more,
  })
}

const letter = (name: string, token: string) =>
  `<html><body><h1>Hello ${name}</h1><p>We miss you, ${name}! Come back for 30 % off, any day until Sunday.</p>` +
  `<a href="https://go.pizza.example/c/${token}.a">Order now</a></body></html>`

function letterTo(number: number, more: Parameters<typeof sampleMessage>[1] = {}): OutgoingMessage {
  const name = `Ada ${number * 7_919}`
  return sampleMessage(
    {
      deliveryId: `d-${number}` as DeliveryId,
      attemptId: `a-${number}` as AttemptId,
      to: `ada${number}@example.com`,
    },
    {
      subject: `We miss you, ${name}`,
      html: letter(name, `T${number}`),
      text: `Hello ${name}, we miss you! Order at https://go.pizza.example/c/T${number}.a any day until Sunday.`,
      headers: {
        'List-Unsubscribe': `<https://go.pizza.example/u/T${number}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
      ...more,
    },
  )
}

const letters = (count: number, from = 0) => Array.from({ length: count }, (_, at) => letterTo(from + at))
const PNG: MessageAttachment = {
  filename: 'coupon.png',
  contentType: 'image/png',
  bytes: Uint8Array.from({ length: 300 }, (_, at) => (at * 31) % 256),
  contentId: 'coupon@campaignkit',
}

/** What a message should be when it arrives. */
const arrived = ({ to, content }: OutgoingMessage) =>
  content.type === 'email' ? { to, subject: content.subject, html: content.html, text: content.text } : { to }

describe('the Web API channel', async () => {
  const fake = await opened()
  const subject = {
    channel: channelTo(fake),
    scope: SAMPLE_SCOPE,
    message: (number: number) => letterTo(number),
    refusedMessage: (number: number) => ({ ...letterTo(number), to: 'no address' }),
    taken: () => fake.messages.length,
  }
  for (const { name, run } of casesFor(channelConformance, channelHas(subject))) {
    it(name, () => run(subject), 60_000)
  }
})

describe('a SendGrid that takes its time', () => {
  it('answers no earlier than it is told to, and a channel that waits less is in doubt', async () => {
    const slow = await opened({ latencyMs: 300 })
    const patient = channelTo(slow)
    const hasty = channelTo(slow, { webApi: { requestTimeoutMs: 100 } })
    const begun = performance.now()
    expect(await patient.send(SAMPLE_SCOPE, letters(1))).toMatchObject([{ outcome: 'accepted' }])
    expect(performance.now() - begun).toBeGreaterThan(290)
    expect(await hasty.send(SAMPLE_SCOPE, letters(1, 1))).toMatchObject([{ outcome: 'unknown' }])
  })
})

describe('a batch', () => {
  it('of letters that differ by names and links is one request, and each arrives as it was rendered', async () => {
    const fake = await opened()
    const batch = letters(100)
    const results = await channelTo(fake).send(SAMPLE_SCOPE, batch)
    expect(fake.requests).toBe(1)
    expect(fake.refusals).toEqual([])
    expect(fake.messages.map(({ to, subject, html, text }) => ({ to, subject, html, text }))).toEqual(
      batch.map(arrived),
    )
    expect(fake.messages[7]).toMatchObject({
      headers: { 'List-Unsubscribe': '<https://go.pizza.example/u/T7>' },
      customArgs: { delivery_id: 'd-7', attempt_id: 'a-7', campaign_id: 'c-1', run_id: 'r-1' },
      categories: ['c-1'],
    })
    const ids = results.map((result) => result.outcome === 'accepted' && result.providerMessageId)
    expect(new Set(ids).size).toBe(100)
    expect(ids[0]).toMatch(new RegExp(`^${fake.messages[0]?.messageId}:[0-9a-f]{5}$`))
  })

  it('of a thousand is one request still, but for those who cannot be told apart by a tag', async () => {
    const fake = await opened()
    await channelTo(fake).send(SAMPLE_SCOPE, letters(1_000))
    expect(fake.requests).toBeLessThanOrEqual(3)
    expect(new Set(fake.messages.map(({ to }) => to)).size).toBe(1_000)
    expect(fake.refusals).toEqual([])
  }, 30_000)

  it('never has an address twice in one request, in whatever case', async () => {
    const fake = await opened()
    const batch = [letterTo(1), { ...letterTo(2), to: 'ADA1@example.com' }, letterTo(3)]
    await channelTo(fake).send(SAMPLE_SCOPE, batch)
    expect(fake.refusals).toEqual([])
    expect(fake.messages.map(({ to, request }) => [to, request]).sort()).toEqual([
      ['ADA1@example.com', 2],
      ['ada1@example.com', 1],
      ['ada3@example.com', 1],
    ])
  })

  it('keeps apart what a request has once: campaigns, answers, files, bodies that have little in common', async () => {
    const fake = await opened()
    const file = (byte: number): MessageAttachment => ({ ...PNG, bytes: Uint8Array.of(byte) })
    const batch = [
      letterTo(1),
      { ...letterTo(2), campaignId: 'c-2' as CampaignId },
      letterTo(3, { replyTo: 'office@pizza.example' }),
      letterTo(4, { attachments: [file(1)] }),
      letterTo(5, { attachments: [file(2)] }),
      letterTo(6, {
        html: '<p>Something quite different, of which nobody has heard yet.</p>',
        text: 'Other',
      }),
      letterTo(7, { html: null }),
      letterTo(8),
      letterTo(9, { attachments: [file(1)] }),
    ]
    await channelTo(fake, { connections: 1 }).send(SAMPLE_SCOPE, batch)
    expect(fake.refusals).toEqual([])
    const requests = fake.messages.map(({ to, request }) => `${request} ${to}`)
    expect(requests).toHaveLength(9)
    expect(fake.requests).toBe(7)
    expect(Object.fromEntries(fake.messages.map(({ to, html }) => [to, html]))).toEqual(
      Object.fromEntries(batch.map(({ to, content }) => [to, content.type === 'email' ? content.html : ''])),
    )
  })

  it('sends alone whoever needs more than 10,000 bytes of substitutions, and texts that look like our tags', async () => {
    const fake = await opened()
    const long = letterTo(1, { html: letter('x'.repeat(10_100), 'T1'), text: 'y'.repeat(12_000) })
    const tagged = letterTo(2, { html: letter('-ck0-', 'T2') })
    const batch = [letterTo(0), long, tagged, letterTo(3)]
    await channelTo(fake).send(SAMPLE_SCOPE, batch)
    expect(fake.refusals).toEqual([])
    expect(fake.requests).toBe(3)
    expect(fake.messages.map(({ html }) => html).sort()).toEqual(
      batch.map(({ content }) => (content.type === 'email' ? content.html : '')).sort(),
    )
  })

  it('is cut where a request would be too large', async () => {
    const fake = await opened()
    await channelTo(fake, { maxMessageBytes: 6_000 }).send(SAMPLE_SCOPE, letters(40))
    expect(fake.messages).toHaveLength(40)
    expect(fake.requests).toBeGreaterThan(2)
    const [result] = await channelTo(fake, { maxMessageBytes: 1_000 }).send(SAMPLE_SCOPE, [
      letterTo(1, { text: 'x'.repeat(1_000) }),
    ])
    expect(result).toEqual({ outcome: 'permanent', code: 'message-too-large' })
  })

  it('loses nobody to one whom SendGrid refuses', async () => {
    const fake = await opened({
      behaviour: ({ request }) => {
        const at = request.personalizations.findIndex(({ to }) => to[0]?.email === 'ada5@example.com')
        if (at === -1) return { type: 'accept' }
        const field = `personalizations.${at}.to.0.email`
        return {
          type: 'refuse',
          status: 400,
          errors: [{ message: 'Does not contain a valid address.', field }],
        }
      },
    })
    const results = await channelTo(fake).send(SAMPLE_SCOPE, letters(20))
    expect(results[5]).toEqual({ outcome: 'permanent', code: 'address-refused', suppress: true })
    expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(19)
    expect(fake.requests).toBe(3)
  })

  it('finds out by halves who it was when SendGrid does not say', async () => {
    const fake = await opened({
      behaviour: ({ request }) =>
        request.personalizations.some(({ to }) => to[0]?.email === 'ada5@example.com')
          ? { type: 'refuse', status: 400, errors: [{ message: 'Bad Request' }] }
          : { type: 'accept' },
    })
    const results = await channelTo(fake).send(SAMPLE_SCOPE, letters(20))
    expect(results.map(({ outcome }) => outcome === 'accepted').indexOf(false)).toBe(5)
    expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(19)
    expect(results[5]).toEqual({ outcome: 'permanent', code: 'http-400' })
  })
})

describe('a message', () => {
  it('goes as a single request with its id, its image inline and its files attached', async () => {
    const fake = await opened()
    const file: MessageAttachment = {
      filename: 'Karte.txt',
      contentType: 'text/plain',
      bytes: Buffer.from('ü'),
    }
    const html = '<p>Grüße</p><img src="cid:coupon@campaignkit">'
    const message = letterTo(1, { html, attachments: [PNG, file], replyTo: 'Office <office@pizza.example>' })
    const [result] = await channelTo(fake).send(SAMPLE_SCOPE, [message])
    expect(result).toEqual({ outcome: 'accepted', providerMessageId: fake.messages[0]?.messageId })
    expect(fake.messages[0]).toMatchObject(arrived(message))
    expect(fake.messages[0]?.attachments).toEqual([
      {
        content: Buffer.from(PNG.bytes).toString('base64'),
        type: 'image/png',
        filename: 'coupon.png',
        disposition: 'inline',
        content_id: 'coupon@campaignkit',
      },
      { content: 'w7w=', type: 'text/plain', filename: 'Karte.txt', disposition: 'attachment' },
    ])
  })

  it('has its headers in ASCII, and no person in any argument', async () => {
    const fake = await opened()
    await channelTo(fake).send(SAMPLE_SCOPE, [letterTo(1, { headers: { 'X-Note': 'für später' } })])
    expect(fake.messages[0]?.headers).toEqual({ 'X-Note': '=?UTF-8?Q?f=C3=BCr_sp=C3=A4ter?=' })
    expect(JSON.stringify([fake.messages[0]?.customArgs, fake.messages[0]?.categories])).not.toContain('ada')
  })

  it('without plain text is html alone, and without either is nothing', async () => {
    const fake = await opened()
    const results = await channelTo(fake).send(SAMPLE_SCOPE, [
      letterTo(1, { text: '' }),
      letterTo(2, { text: '', html: null }),
      letterTo(3, { subject: '' }),
      letterTo(4, { attachments: [{ ...PNG, bytes: new Uint8Array() }] }),
      { ...letterTo(5), to: 'jörg@example.com' },
      { ...letterTo(6), to: 'ada@bücher.example' },
    ])
    expect(results.slice(1, 5)).toEqual(
      ['content-empty', 'subject-invalid', 'attachment-invalid', 'smtputf8-unsupported'].map((code) => ({
        outcome: 'permanent',
        code,
      })),
    )
    expect(fake.messages.map(({ to, text }) => [to, text === null]).sort()).toEqual([
      ['ada1@example.com', true],
      ['ada@xn--bcher-kva.example', false],
    ])
  })

  it('is tracked by SendGrid only when the host wants it', async () => {
    const seen: unknown[] = []
    const fake = await opened({
      behaviour: ({ request }) => {
        seen.push(request.tracking_settings)
        return { type: 'accept' }
      },
    })
    await channelTo(fake).send(SAMPLE_SCOPE, letters(1))
    await channelTo(fake, { providerTracking: { clicks: true, opens: true } }).send(SAMPLE_SCOPE, letters(1))
    const settings = (enable: boolean) => ({
      click_tracking: { enable, enable_text: false },
      open_tracking: { enable },
      subscription_tracking: { enable: false },
    })
    expect(seen).toEqual([settings(false), settings(true)])
  })

  it('is not counted twice: what the kit counts, SendGrid does not, and such messages share no request', async () => {
    const seen: unknown[] = []
    const fake = await opened({
      behaviour: ({ request }) => {
        const { click_tracking: clicks, open_tracking: opens } = request.tracking_settings ?? {}
        seen.push([request.personalizations.length, clicks?.enable, opens?.enable])
        return { type: 'accept' }
      },
    })
    const counted = letters(4).map((message, n) =>
      n === 0
        ? message
        : { ...message, content: { ...message.content, tracked: { clicks: true, opens: n > 2 } } },
    )
    await channelTo(fake, { providerTracking: { clicks: true, opens: true } }).send(SAMPLE_SCOPE, counted)
    expect(seen).toEqual(
      expect.arrayContaining([
        [1, true, true],
        [2, false, true],
        [1, false, false],
      ]),
    )
  })

  it('in the sandbox is checked and goes nowhere', async () => {
    const fake = await opened()
    const [result] = await channelTo(fake, { webApi: { baseUrl: fake.url, sandbox: true } }).send(
      SAMPLE_SCOPE,
      letters(1),
    )
    expect(result).toMatchObject({ outcome: 'accepted' })
    expect(fake.messages).toEqual([])
  })
})

describe('keys by tenant', () => {
  const scopeOf = (tenant: string): Scope => ({ ...SAMPLE_SCOPE, tenant: tenant as Scope['tenant'] })

  it('go with the messages of their tenant; a tenant without one is for the host to mend', async () => {
    const fake = await opened({ apiKeys: ['SG.one', 'SG.two'] })
    const channel = channelTo(fake, { apiKey: { pizzeria: 'SG.one', bakery: 'SG.two', cafe: 'SG.old' } })
    const outcomes = await Promise.all(
      ['pizzeria', 'bakery', 'cafe', 'constructor'].map((tenant) =>
        channel.send(scopeOf(tenant), letters(1)),
      ),
    )
    expect(outcomes.flat()).toMatchObject([
      { outcome: 'accepted' },
      { outcome: 'accepted' },
      { outcome: 'misconfigured', code: 'http-401' },
      { outcome: 'misconfigured', code: 'api-key-missing' },
    ])
    expect(fake.messages.map(({ apiKey }) => apiKey).sort()).toEqual(['SG.one', 'SG.two'])
  })

  it('may change while the channel is used', async () => {
    const fake = await opened({ apiKeys: ['SG.new'] })
    const keys = ['SG.old', 'SG.new']
    const channel = channelTo(fake, { apiKey: () => keys.shift() })
    const outcomes = [
      await channel.send(scopeOf('a'), letters(1)),
      await channel.send(scopeOf('a'), letters(1)),
    ]
    expect(outcomes.flat().map(({ outcome }) => outcome)).toEqual(['misconfigured', 'accepted'])
  })
})

describe('what SendGrid answers', () => {
  const answer = (status: number, message?: string, field?: string): FakeBehaviour => ({
    type: 'refuse',
    status,
    errors: message === undefined ? [] : [{ message, field: field ?? null }],
  })

  it.each<[FakeBehaviour, object]>([
    [answer(400), { outcome: 'permanent', code: 'http-400' }],
    [
      answer(400, 'Does not contain a valid address.', 'personalizations.0.to.0.email'),
      { outcome: 'permanent', code: 'address-refused', suppress: true },
    ],
    [
      answer(400, 'Does not contain a valid address.', 'from.email'),
      { outcome: 'misconfigured', code: 'sender-refused' },
    ],
    [
      answer(400, 'Does not contain a valid address.', 'reply_to.email'),
      { outcome: 'permanent', code: 'http-400' },
    ],
    [answer(401, 'Maximum credits exceeded'), { outcome: 'misconfigured', code: 'credits-exceeded' }],
    [answer(401, 'authorization required'), { outcome: 'misconfigured', code: 'http-401' }],
    [answer(403, 'access forbidden'), { outcome: 'misconfigured', code: 'http-403' }],
    [
      answer(403, 'The from address does not match a verified Sender Identity.', 'from'),
      { outcome: 'misconfigured', code: 'sender-unverified' },
    ],
    [answer(302), { outcome: 'misconfigured', code: 'http-302' }],
    [answer(404, 'not found'), { outcome: 'misconfigured', code: 'http-404' }],
    [answer(405, 'method not allowed'), { outcome: 'misconfigured', code: 'http-405' }],
    [answer(408), { outcome: 'transient', code: 'http-408' }],
    [answer(413, 'content too large'), { outcome: 'permanent', code: 'message-too-large' }],
    [answer(415), { outcome: 'misconfigured', code: 'http-415' }],
    [answer(422), { outcome: 'permanent', code: 'http-422' }],
    [answer(429), { outcome: 'throttled', code: 'http-429', retryAfterMs: 60_000 }],
    [
      { type: 'throttle', retryAfterSeconds: 17 },
      { outcome: 'throttled', code: 'http-429', retryAfterMs: 17_000 },
    ],
    [answer(500, 'internal server error'), { outcome: 'transient', code: 'http-500', outage: true }],
    [answer(503), { outcome: 'transient', code: 'http-503', outage: true }],
    [answer(502), { outcome: 'unknown', code: 'http-502', outage: true }],
    [answer(504), { outcome: 'unknown', code: 'http-504', outage: true }],
    [answer(204), { outcome: 'unknown', code: 'http-204' }],
    [
      { type: 'drop', at: 'answer', keeps: true },
      { outcome: 'unknown', code: 'http-closed', outage: true },
    ],
    [
      { type: 'drop', at: 'answer' },
      { outcome: 'unknown', code: 'http-closed', outage: true },
    ],
    [
      { type: 'stall', keeps: true },
      { outcome: 'unknown', code: 'http-timeout', outage: true },
    ],
    [
      { type: 'drop', at: 'head' },
      { outcome: 'unknown', code: 'http-closed', outage: true },
    ],
    [{ type: 'drop', at: 'accepted' }, { outcome: 'accepted' }],
    [{ type: 'drop', at: 'end' }, { outcome: 'accepted' }],
  ])('%o is %o', async (behaviour, expected) => {
    const fake = await opened({ behaviour: () => behaviour })
    const webApi = { baseUrl: fake.url, requestTimeoutMs: behaviour.type === 'stall' ? 100 : 10_000 }
    const results = await channelTo(fake, { webApi }).send(SAMPLE_SCOPE, letters(1))
    expect(results).toMatchObject([expected])
    expect(Object.keys(results[0] ?? {}).sort()).toEqual(
      results[0]?.outcome === 'accepted' ? ['outcome', 'providerMessageId'] : Object.keys(expected).sort(),
    )
  })

  it('never names a person in a code', async () => {
    const fake = await opened({ behaviour: () => answer(400, 'ada0@example.com is odd', 'ada0@example.com') })
    expect(JSON.stringify(await channelTo(fake).send(SAMPLE_SCOPE, letters(1)))).not.toContain('ada')
  })

  it('that the last request of the period was used up is told with the message that was taken', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1_000 + 40) }
    const fake = await opened({ headers: () => ({ ...headers, date: new Date(NOW + 10_000).toUTCString() }) })
    expect(await channelTo(fake).send(SAMPLE_SCOPE, letters(1))).toMatchObject([
      { outcome: 'accepted', pauseForMs: 30_000 },
    ])
  })

  it('is the same when nobody listens: nothing was sent', async () => {
    const fake = await createFakeSendgrid()
    const { url } = fake
    await fake.close()
    expect(await channelTo({ url }).send(SAMPLE_SCOPE, letters(1))).toEqual([
      { outcome: 'transient', code: 'http-refused', outage: true },
    ])
  })

  it('is unknown when it hung up while the request came in, since nobody can tell how far it got', async () => {
    const fake = await opened({ cutsOff: () => true })
    const big = letterTo(1, { text: 'x'.repeat(2_000_000) })
    expect(await channelTo(fake).send(SAMPLE_SCOPE, [big])).toMatchObject([
      { outcome: 'unknown', outage: true },
    ])
    expect(fake.messages).toEqual([])
  })
})

describe('a channel that is closed or told to stop', () => {
  it('begins nothing more and sees through what it began', async () => {
    let release: () => void = () => undefined
    const after = new Promise<void>((resolve) => {
      release = resolve
    })
    const fake = await opened({ behaviour: () => ({ type: 'accept', after }) })
    const channel = channelTo(fake, { connections: 1, webApi: { baseUrl: fake.url, batchSize: 1 } })
    const first = channel.send(SAMPLE_SCOPE, [letterTo(1)])
    const stop = new AbortController()
    const second = channel.send(SAMPLE_SCOPE, [letterTo(2)], { signal: stop.signal })
    const third = channel.send(SAMPLE_SCOPE, [letterTo(3)])
    stop.abort()
    const closed = channel.close?.()
    release()
    await closed
    expect(await first).toMatchObject([{ outcome: 'accepted' }])
    expect([...(await second), ...(await third)].map(({ outcome }) => outcome)).toEqual([
      'transient',
      'transient',
    ])
    expect(fake.messages).toHaveLength(1)
  })

  it('gives back what it has no time to begin, and spends no try', async () => {
    const fake = await opened({ behaviour: () => ({ type: 'stall', keeps: false }) })
    const webApi = { baseUrl: fake.url, batchSize: 10, requestTimeoutMs: 100 }
    const odd = [0, 1, 2].map((number) => letterTo(number, { html: null, text: `${number}`.repeat(50) }))
    const results = await channelTo(fake, { connections: 1, webApi }).send(SAMPLE_SCOPE, odd)
    expect(results.map(({ outcome }) => outcome)).toEqual(['unknown', 'throttled', 'throttled'])
  })
})
