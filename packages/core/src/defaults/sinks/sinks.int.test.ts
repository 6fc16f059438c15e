import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../../base/error.js'
import { sampleAttribution, sampleEvent, sampleScope } from '../../testing/samples.js'
import { type Script, SECRET, startService } from '../webhook/webhook-service.fixture.js'
import { createMixpanelSink, type MixpanelSinkOptions } from './mixpanel-sink.js'
import { createWebhookSink, type WebhookSinkOptions } from './webhook-sink.js'

const SCOPE = sampleScope()
const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

const thrownBy = (call: Promise<unknown>): Promise<unknown> =>
  call.then(() => null).catch((thrown: unknown) => thrown)
const EVENTS = [sampleEvent({ key: 'a' }), sampleEvent({ key: 'b', customerId: null })]

describe('a webhook sink', () => {
  async function open(script?: Script, options: Partial<WebhookSinkOptions> = {}) {
    const service = await startService(script)
    stops.push(service.stop)
    return { service, sink: createWebhookSink({ url: service.url, secrets: [SECRET], ...options }) }
  }

  it('posts events whole and signed, and under the same id when they come again', async () => {
    const { service, sink } = await open()
    await sink.publish(SCOPE, EVENTS)
    await sink.publish(SCOPE, EVENTS)
    await sink.publish(SCOPE, EVENTS.slice(1))
    expect(service.taken.map(({ check }) => check)).toEqual(['valid', 'valid', 'valid'])
    expect(service.taken[0]?.body).toMatchObject({
      type: 'events.recorded',
      data: { tenant: SCOPE.tenant, events: JSON.parse(JSON.stringify(EVENTS)) },
    })
    const ids = service.taken.map(({ headers }) => headers['webhook-id'])
    expect(ids[0]).toMatch(/^evt_[0-9a-f]{32}$/)
    expect([ids[1] === ids[0], ids[2] === ids[0]]).toEqual([true, false])
  })

  it.each<[string, Script, object]>([
    [
      '500',
      (_request, response) => response.writeHead(500).end('ada@example.com'),
      { details: { status: 500 }, retry: 'later' },
    ],
    [
      '400',
      (_request, response) => response.writeHead(400).end(),
      { details: { status: 400 }, retry: 'later' },
    ],
    [
      'a redirect',
      (_request, response) => response.writeHead(302, { location: '/' }).end(),
      { details: { status: 302 } },
    ],
    [
      '429',
      (_request, response) => response.writeHead(429, { 'retry-after': '9' }).end(),
      { retry: { afterMs: 9_000 } },
    ],
    [
      '503',
      (_request, response) => response.writeHead(503, { 'retry-after': '2' }).end(),
      { retry: { afterMs: 2_000 } },
    ],
    ['a cut connection', (_request, _response, socket) => socket.destroy(), { retry: 'later' }],
    ['silence', () => undefined, { details: { reason: 'timeout' } }],
  ])('asks for events again after %s', async (_what, script, thrown) => {
    const { sink } = await open(script, { timeoutMs: 200 })
    const failure = await thrownBy(sink.publish(SCOPE, EVENTS))
    expect(isCampaignKitError(failure, 'SINK_FAILED')).toBe(true)
    expect(failure).toMatchObject(thrown)
    expect(JSON.stringify(failure)).not.toContain('ada@')
  })

  it('stops when it is told to', async () => {
    const { sink } = await open(() => undefined)
    const failure = await thrownBy(sink.publish(SCOPE, EVENTS, { signal: AbortSignal.timeout(50) }))
    expect(failure).toMatchObject({ code: 'SINK_FAILED', details: { reason: 'aborted' } })
  })
})

describe('a Mixpanel sink', () => {
  const OPTIONS: MixpanelSinkOptions = {
    projectId: '42',
    username: 'campaigns.mp-service-account',
    secret: 'the password of it',
    pseudonymKey: 'at least 16 characters',
  }

  async function open(status = 200, answer: unknown = { code: 200, num_records_imported: 2, status: 'OK' }) {
    const taken: { url: string; authorization: string; events: Record<string, never>[] }[] = []
    const server = createServer((incoming, response) => {
      let text = ''
      incoming.on('data', (part) => {
        text += String(part)
      })
      incoming.on('end', () => {
        const { url = '', headers } = incoming
        taken.push({ url, authorization: headers.authorization ?? '', events: JSON.parse(text) })
        response.writeHead(status, { 'retry-after': '7' }).end(JSON.stringify(answer))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stops.push(() => new Promise((resolve) => server.close(resolve)))
    const refused: number[] = []
    const sink = createMixpanelSink({
      ...OPTIONS,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/import`,
      onRefused: (count) => refused.push(count),
    })
    return { sink, taken, refused }
  }

  it('imports events as Mixpanel has them, with pseudonyms and nothing personal', async () => {
    const { sink, taken } = await open()
    const clicked = sampleEvent({
      key: 'a',
      customerId: 'ada@example.com',
      reason: 'ada said no',
      url: 'https://pizza.example/?mail=ada@example.com',
      attributions: [sampleAttribution({ arm: 'plain' })],
    })
    const bought = sampleEvent({
      key: 'b',
      type: 'conversion',
      customerId: 'ada@example.com',
      amountMinor: 990,
      currency: 'EUR',
    })
    await sink.publish(SCOPE, [
      clicked,
      bought,
      sampleEvent({ key: 'c', customerId: null, attributions: [] }),
    ])
    const [request] = taken
    expect(request?.url).toBe('/import?strict=1&project_id=42')
    expect(request?.authorization).toBe(
      `Basic ${Buffer.from('campaigns.mp-service-account:the password of it').toString('base64')}`,
    )
    const [first, second, third] = (request?.events ?? []) as unknown as {
      event: string
      properties: Record<string, unknown>
    }[]
    expect(first).toMatchObject({
      event: clicked.type,
      properties: {
        time: clicked.at,
        tenant: SCOPE.tenant,
        campaign_ids: [clicked.attributions[0]?.campaignId],
        arms: ['plain'],
        channels: ['email'],
        machine: false,
      },
    })
    expect(first?.properties.distinct_id).toMatch(/^[0-9a-f]{32}$/)
    expect(first?.properties.$insert_id).toMatch(/^[0-9a-f]{36}$/)
    expect(second?.properties).toMatchObject({ amount_minor: 990, currency: 'EUR' })
    expect(second?.properties.distinct_id).toBe(first?.properties.distinct_id)
    expect(third?.properties).toMatchObject({ distinct_id: '', campaign_ids: [] })
    expect(JSON.stringify(request?.events)).not.toMatch(/ada/)
  })

  it('gives an event the same id whenever it comes, and a customer another name at another tenant or under another key', async () => {
    const { sink, taken } = await open()
    const [event] = [sampleEvent({ key: 'a' })]
    await sink.publish(SCOPE, [event])
    await sink.publish(SCOPE, [event])
    await sink.publish(sampleScope('trattoria'), [event])
    const property = (name: string) =>
      taken.map(({ events }) => (events[0]?.properties as Record<string, unknown> | undefined)?.[name])
    const [insert, insertAgain, insertElsewhere] = property('$insert_id')
    expect([insertAgain === insert, insertElsewhere === insert]).toEqual([true, false])
    const [name, , nameElsewhere] = property('distinct_id')
    expect(nameElsewhere).not.toBe(name)
  })

  it('leaves behind events that are refused for what they are, and tells how many', async () => {
    const answer = { code: 400, num_records_imported: 1, failed_records: [{ index: 0 }, { index: 1 }] }
    const { sink, refused } = await open(400, answer)
    await sink.publish(SCOPE, EVENTS)
    expect(refused).toEqual([2])
  })

  it.each([
    [400, { error: 'ada@example.com' }],
    [401, {}],
    [413, {}],
    [429, {}],
    [500, {}],
  ])('asks for events again after %i', async (status, answer) => {
    const { sink, refused } = await open(status, answer)
    const failure = await thrownBy(sink.publish(SCOPE, EVENTS))
    expect(failure).toMatchObject({ code: 'SINK_FAILED', details: { status }, retry: { afterMs: 7_000 } })
    expect(JSON.stringify(failure)).not.toMatch(/ada@|password/)
    expect(refused).toEqual([])
  })

  it.each<[string, string, object]>([
    ['SECRET_INVALID', 'secret', { secret: undefined }],
    ['SECRET_INVALID', 'pseudonymKey', { pseudonymKey: 'short' }],
    ['INVALID_INPUT', 'projectId', { projectId: 'mine' }],
    ['INVALID_INPUT', 'username', { username: 'a:b' }],
    ['INVALID_INPUT', 'url', { url: 'http://api.mixpanel.com/import' }],
    ['UNKNOWN_FIELD', 'token', { token: 'x' }],
  ])('is refused with %s at %s', async (code, path, changes) => {
    const make = async () => createMixpanelSink({ ...OPTIONS, ...changes })
    expect(await thrownBy(make())).toMatchObject({ code, path })
  })
})
