import { generateKeyPairSync } from 'node:crypto'
import type { Receipt } from '@campaignkit/core/adapter'
import { describe, expect, it } from 'vitest'
import { type FakeEvent, fakeWebhook } from '../testing/fake-webhook.js'
import { createSendgridReceipts, type SendgridReceiptsOptions } from './create-receipts.js'

const NOW = Date.UTC(2026, 2, 1, 9)
const webhook = fakeWebhook()
const EVENT: FakeEvent = {
  event: 'delivered',
  email: 'ada@example.com',
  timestamp: NOW / 1_000,
  sg_event_id: 'e-1',
  delivery_id: 'd-1',
}

function receiver(given: Partial<SendgridReceiptsOptions> = {}) {
  const heard: Receipt[] = []
  const calls: number[] = []
  const receive = createSendgridReceipts({
    kit: {
      events: {
        ingest: async (receipts) => {
          calls.push(receipts.length)
          heard.push(...receipts)
        },
      },
    },
    publicKeys: webhook.publicKey,
    clock: { now: () => NOW },
    ...given,
  })
  return { receive, heard, calls }
}

const headersOf = (request: Request) => Object.fromEntries(request.headers)
const pem = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })

describe('the receiver of the webhook', () => {
  it('takes what was signed, and answers 204', async () => {
    const { receive, heard } = receiver()
    expect((await receive(webhook.post([EVENT], NOW))).status).toBe(204)
    expect(heard).toEqual([{ key: 'sendgrid:e-1', type: 'delivered', at: NOW, deliveryId: 'd-1' }])
  })

  // from the tests of SendGrid's own libraries (sendgrid-python, sendgrid-nodejs)
  it('agrees with signatures that SendGrid made', async () => {
    const publicKeys =
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=='
    const signature =
      'MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM='
    const body =
      '[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address",' +
      '"sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",' +
      '"sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",' +
      '"smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'
    const { receive, heard } = receiver({ publicKeys, clock: { now: () => 1_600_112_600_000 } })
    const post = (text: string) =>
      receive(
        new Request('https://go.pizza.example/sendgrid', {
          method: 'POST',
          headers: {
            'X-Twilio-Email-Event-Webhook-Signature': signature,
            'X-Twilio-Email-Event-Webhook-Timestamp': '1600112502',
          },
          body: text,
        }),
      )
    expect((await post(body)).status).toBe(204)
    expect((await post(body.trimEnd())).status).toBe(403)
    expect(heard).toMatchObject([
      {
        key: 'sendgrid:ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA',
        type: 'dropped',
        reason: 'bounced-address',
        at: 1_600_112_492_000,
      },
    ])
    expect(heard[0]?.providerMessageIds).toContain('LRzXl_NHStOGhQ4kofSm_A')
  })

  it('refuses what is unsigned, forged, stale, from the future, or signed by another key', async () => {
    const { receive, calls } = receiver()
    const signed = () => webhook.post([EVENT], NOW)
    const altered = (headers: Record<string, string>, body = `${JSON.stringify([EVENT])}\r\n`) =>
      new Request(signed().url, { method: 'POST', headers: { ...headersOf(signed()), ...headers }, body })
    const without = (name: string) => {
      const request = altered({})
      request.headers.delete(name)
      return request
    }
    const requests: readonly (readonly [number, Request])[] = [
      [204, altered({})],
      [401, new Request(signed().url, { method: 'POST', body: '[]' })],
      [401, without('x-twilio-email-event-webhook-signature')],
      [401, without('x-twilio-email-event-webhook-timestamp')],
      [403, altered({ 'x-twilio-email-event-webhook-signature': 'bm90IG9uZQ==' })],
      [403, altered({ 'x-twilio-email-event-webhook-signature': '' })],
      [403, altered({ 'x-twilio-email-event-webhook-timestamp': String(NOW / 1_000 - 1) })],
      [403, altered({ 'x-twilio-email-event-webhook-timestamp': 'now' })],
      [403, altered({}, `${JSON.stringify([EVENT])}\n`)],
      [403, webhook.post([EVENT], NOW - 301_000)],
      [204, webhook.post([EVENT], NOW - 300_000)],
      [403, webhook.post([EVENT], NOW + 301_000)],
      [403, fakeWebhook({ privateKey: pem().privateKey }).post([EVENT], NOW)],
      [405, new Request(signed().url, { method: 'GET', headers: headersOf(signed()) })],
    ]
    const statuses: number[] = []
    for (const [, request] of requests) statuses.push((await receive(request)).status)
    expect(statuses).toEqual(requests.map(([status]) => status))
    expect(calls).toEqual([1, 1])
  })

  it('takes several keys while one takes the place of another', async () => {
    const next = pem()
    const { receive, calls } = receiver({ publicKeys: [next.publicKey, webhook.publicKey] })
    expect((await receive(webhook.post([EVENT], NOW))).status).toBe(204)
    expect((await receive(fakeWebhook({ privateKey: next.privateKey }).post([EVENT], NOW))).status).toBe(204)
    expect(calls).toEqual([1, 1])
  })

  it('refuses what is too large, told or found out, and what is no list', async () => {
    const { receive, calls } = receiver({ maxBytes: 1_000 })
    expect((await receive(webhook.post('x'.repeat(1_001), NOW))).status).toBe(413)
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(600))
      },
    })
    const endless = new Request('https://go.pizza.example', {
      method: 'POST',
      headers: headersOf(webhook.post([], NOW)),
      body: stream,
      duplex: 'half',
    } as RequestInit)
    expect((await receive(endless)).status).toBe(413)
    for (const body of ['', 'null', '{}', '[', '"x"', JSON.stringify(EVENT)])
      expect((await receive(webhook.post(body, NOW))).status).toBe(400)
    expect(calls).toEqual([])
  })

  it('leaves out what is no event, whatever it is, and takes the rest', async () => {
    const { receive, heard } = receiver()
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`
    const odd = [
      null,
      1,
      'x',
      [],
      {},
      { ...EVENT, event: 'account_status_change' },
      { ...EVENT, event: '__proto__' },
      { ...EVENT, timestamp: null },
      { ...EVENT, timestamp: 'soon' },
      { ...EVENT, timestamp: [] },
      { event: 'delivered', timestamp: 1 },
    ]
    const body = `[${odd.map((item) => JSON.stringify(item)).join(',')},${deep},{"event":"open","timestamp":1,"x":${deep},"email":"a@b.example","smtp-id":"<x@y>"},${JSON.stringify(EVENT)}]`
    expect((await receive(webhook.post(body, NOW))).status).toBe(204)
    expect(heard.filter(({ deliveryId }) => deliveryId !== undefined)).toHaveLength(1)
  })

  it('hands on ten thousand at once, and tells of a failure so that SendGrid posts again', async () => {
    const { receive, calls } = receiver()
    await receive(
      webhook.post(
        Array.from({ length: 10_001 }, () => EVENT),
        NOW,
      ),
    )
    expect(calls).toEqual([10_000, 1])
    const failures: unknown[] = []
    const failing = receiver({
      kit: { events: { ingest: () => Promise.reject(new Error('no storage')) } },
      onError: (thrown) => failures.push(thrown),
    })
    expect((await failing.receive(webhook.post([EVENT], NOW))).status).toBe(500)
    expect(failures).toHaveLength(1)
  })

  it.each([
    [{ publicKeys: 'x' }, 'INVALID_INPUT publicKeys'],
    [{ publicKeys: [] }, 'INVALID_INPUT publicKeys'],
    [{ toleranceSeconds: 0 }, 'INVALID_INPUT toleranceSeconds'],
    [{ maxBytes: 1 }, 'INVALID_INPUT maxBytes'],
    [{ topics: { ten: 'offers' } }, 'INVALID_INPUT topics.ten'],
    [{ topics: { 10: 'No Word' } }, 'INVALID_INPUT topics.10'],
    [{ kit: undefined }, 'INVALID_INPUT kit'],
    [{ secret: 'x' }, 'UNKNOWN_FIELD secret'],
  ])('refuses %o: %s', (given, refusal) => {
    let told = 'taken'
    try {
      receiver(given as Partial<SendgridReceiptsOptions>)
    } catch (thrown) {
      const { code, path } = thrown as { code: string; path: string }
      told = `${code} ${path}`
    }
    expect(told).toBe(refusal)
  })
})
