import { createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../../base/error.js'
import type { OutgoingMessage } from '../../ports/channel.js'
import { type ChannelSubject, channelConformance, channelHas } from '../../testing/conformance/channel.js'
import { casesFor } from '../../testing/conformance/conformance-case.js'
import { sampleMessage, sampleScope } from '../../testing/samples.js'
import { createWebhookChannel, type WebhookChannelOptions } from './webhook-channel.js'
import { json, type Script, SECRET, startService, type TakenRequest } from './webhook-service.fixture.js'

const SCOPE = sampleScope()
const services: Awaited<ReturnType<typeof startService>>[] = []
afterEach(async () => {
  await Promise.all(services.splice(0).map(({ stop }) => stop()))
})

async function open(script?: Script, options: Partial<WebhookChannelOptions> = {}) {
  const service = await startService(script)
  services.push(service)
  const channel = createWebhookChannel({ kind: 'push', url: service.url, secrets: [SECRET], ...options })
  return { service, channel, send: (...batch: readonly OutgoingMessage[]) => channel.send(SCOPE, batch) }
}

const message = (number: number, to = `token-of-ada-${number}`): OutgoingMessage =>
  sampleMessage({
    deliveryId: `delivery-${number}`,
    idempotencyKey: `delivery-${number}`,
    to,
    content: { type: 'notice', title: 'Hello', body: 'Ciao', link: null, image: null },
  })
const messagesOf = ({ body }: TakenRequest) => body.data.messages as readonly OutgoingMessage[]

describe('a webhook channel', () => {
  it('conforms, alone and in batches', async () => {
    for (const batchSize of [1, 3]) {
      const fresh = async (): Promise<ChannelSubject> => {
        const kept = new Set<string>()
        const { channel } = await open(
          (request, response) => {
            const results = messagesOf(request).map(({ idempotencyKey, to }) => {
              if (to === 'dead')
                return { idempotencyKey, outcome: 'permanent', code: 'token-gone', suppress: true }
              kept.add(idempotencyKey)
              return { idempotencyKey, outcome: 'accepted', providerMessageId: `id-${idempotencyKey}` }
            })
            json(response, 200, { results })
          },
          { batchSize },
        )
        return {
          channel,
          scope: SCOPE,
          message,
          refusedMessage: (number) => message(number, 'dead'),
          taken: () => kept.size,
        }
      }
      for (const { run } of casesFor(channelConformance, channelHas(await fresh()))) await run(await fresh())
    }
  })

  it('posts JSON that any verifier of the standard takes, with keys that stay the same', async () => {
    const { service, send } = await open()
    expect(await send(message(1))).toEqual([{ outcome: 'accepted', providerMessageId: null }])
    await send(message(1))
    await send(message(2))
    const [first, again, other] = service.taken
    expect(service.taken.map(({ check }) => check)).toEqual(['valid', 'valid', 'valid'])
    expect(first?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'idempotency-key': 'delivery-1',
    })
    expect(first?.headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/)
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(other?.headers['webhook-id']).not.toBe(first?.headers['webhook-id'])
    expect(first?.body).toMatchObject({ type: 'message.send', data: { tenant: SCOPE.tenant, kind: 'push' } })
    expect(first && messagesOf(first)).toEqual([message(1)])
  })

  it('signs under every secret while they change', async () => {
    const other = 'whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo='
    const { service, send } = await open(undefined, { secrets: [other, SECRET] })
    await send(message(1))
    expect(service.taken[0]?.check).toBe('valid')
    expect(String(service.taken[0]?.headers['webhook-signature']).split(' ')).toHaveLength(2)
  })

  it('carries the files of an e-mail in base64, and a key that no header can hold in the body alone', async () => {
    const { service, send } = await open(undefined, { kind: 'email' })
    const content = {
      type: 'email' as const,
      subject: 'Hi',
      html: null,
      text: 'Hi',
      replyTo: null,
      headers: {},
      attachments: [{ filename: 'a.png', contentType: 'image/png', bytes: Uint8Array.of(251, 255) }],
    }
    await send({ ...message(1), idempotencyKey: 'ключ', content })
    const [taken] = service.taken
    expect(taken?.body.data.messages).toMatchObject([
      { idempotencyKey: 'ключ', content: { attachments: [{ filename: 'a.png', base64: '+/8=' }] } },
    ])
    expect(taken?.headers['idempotency-key']).toBe(taken?.headers['webhook-id'])
  })

  it.each<[number, Record<string, string>, object]>([
    [204, {}, { outcome: 'accepted', providerMessageId: null }],
    [301, { location: '/elsewhere' }, { outcome: 'misconfigured', code: 'webhook-301' }],
    [308, { location: '/elsewhere' }, { outcome: 'misconfigured', code: 'webhook-308' }],
    [400, {}, { outcome: 'permanent', code: 'webhook-400' }],
    [401, {}, { outcome: 'misconfigured', code: 'webhook-401' }],
    [404, {}, { outcome: 'misconfigured', code: 'webhook-404' }],
    [408, {}, { outcome: 'transient', code: 'webhook-408' }],
    [409, { 'retry-after': '3' }, { outcome: 'transient', code: 'webhook-409', retryAfterMs: 3_000 }],
    [410, {}, { outcome: 'misconfigured', code: 'webhook-410' }],
    [413, {}, { outcome: 'permanent', code: 'webhook-413' }],
    [422, {}, { outcome: 'permanent', code: 'webhook-422' }],
    [429, {}, { outcome: 'throttled', code: 'webhook-429', retryAfterMs: 60_000 }],
    [429, { 'retry-after': '7' }, { outcome: 'throttled', code: 'webhook-429', retryAfterMs: 7_000 }],
    [429, { 'retry-after': '0' }, { outcome: 'throttled', code: 'webhook-429', retryAfterMs: 1_000 }],
    [
      429,
      { 'retry-after': '99999999' },
      { outcome: 'throttled', code: 'webhook-429', retryAfterMs: 86_400_000 },
    ],
    [500, {}, { outcome: 'unknown', code: 'webhook-500' }],
    [501, {}, { outcome: 'misconfigured', code: 'webhook-501' }],
    [502, {}, { outcome: 'unknown', code: 'webhook-502' }],
    [503, {}, { outcome: 'transient', code: 'webhook-503' }],
    [503, { 'retry-after': '9' }, { outcome: 'throttled', code: 'webhook-503', retryAfterMs: 9_000 }],
    [504, {}, { outcome: 'unknown', code: 'webhook-504' }],
  ])('takes %i with %j for %j, and follows nothing', async (status, headers, result) => {
    const { service, send } = await open((_request, response) => response.writeHead(status, headers).end())
    expect(await send(message(1))).toEqual([result])
    expect(service.taken).toHaveLength(1)
  })

  it('never fails several messages for a request that was refused as a whole', async () => {
    const { send } = await open((_request, response) => response.writeHead(400).end(), { batchSize: 2 })
    const result = { outcome: 'misconfigured', code: 'webhook-400' }
    expect(await send(message(1), message(2))).toEqual([result, result])
  })

  it.each<[string, unknown, object]>([
    [
      'an id',
      { outcome: 'accepted', providerMessageId: 'p-1', costMicros: 5 },
      { outcome: 'accepted', providerMessageId: 'p-1', costMicros: 5 },
    ],
    ['no id', { outcome: 'accepted' }, { outcome: 'accepted', providerMessageId: null }],
    [
      'a wait',
      { outcome: 'transient', code: 'busy', retryAfterMs: 5 },
      { outcome: 'transient', code: 'busy', retryAfterMs: 5 },
    ],
    ['no code', { outcome: 'permanent' }, { outcome: 'permanent', code: 'webhook-permanent' }],
    [
      'an address for a code',
      { outcome: 'permanent', code: 'token-of-ada-1' },
      { outcome: 'permanent', code: 'webhook-permanent' },
    ],
    [
      'a sentence for a code',
      { outcome: 'permanent', code: 'ada@example.com is gone' },
      { outcome: 'permanent', code: 'webhook-permanent' },
    ],
    ['an outcome that is none', { outcome: 'sent' }, { outcome: 'unknown', code: 'webhook-no-result' }],
    [
      'a throttle without a wait',
      { outcome: 'throttled' },
      { outcome: 'unknown', code: 'webhook-no-result' },
    ],
    [
      'a negative cost',
      { outcome: 'accepted', costMicros: -1 },
      { outcome: 'unknown', code: 'webhook-no-result' },
    ],
  ])('reads a result with %s', async (_what, said, result) => {
    const { send } = await open((_request, response) =>
      json(response, 200, { results: [{ idempotencyKey: 'delivery-1', ...(said as object) }] }),
    )
    expect(await send(message(1))).toEqual([result])
  })

  it('finds results by their keys, in any order, and doubts what is not named', async () => {
    const { send } = await open(
      (_request, response) =>
        json(response, 207, {
          results: [
            7,
            { idempotencyKey: 'delivery-3', outcome: 'accepted' },
            { idempotencyKey: 'delivery-1', outcome: 'transient', code: 'busy' },
          ],
        }),
      { batchSize: 3 },
    )
    expect(await send(message(1), message(2), message(3))).toEqual([
      { outcome: 'transient', code: 'busy' },
      { outcome: 'unknown', code: 'webhook-no-result' },
      { outcome: 'accepted', providerMessageId: null },
    ])
  })

  it.each<[string, string, object]>([
    ['text', 'OK', { outcome: 'accepted', providerMessageId: null }],
    ['an id alone', '{"providerMessageId":"p-1"}', { outcome: 'accepted', providerMessageId: 'p-1' }],
    ['an id that is none', '{"providerMessageId":7}', { outcome: 'accepted', providerMessageId: null }],
    ['a long page', 'x'.repeat(2_000), { outcome: 'unknown', code: 'webhook-answer-too-long' }],
  ])('reads an answer of %s', async (_what, text, result) => {
    const { send } = await open((_request, response) => response.end(text), { maxResponseBytes: 1_000 })
    expect(await send(message(1))).toEqual([result])
  })

  it('stops reading an answer without end', async () => {
    const { send } = await open((_request, response) => {
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1)
      response.on('close', () => clearInterval(timer))
    })
    expect(await send(message(1))).toEqual([{ outcome: 'unknown', code: 'webhook-answer-too-long' }])
  })
})

describe('a connection of a webhook channel', () => {
  it('that is cut before or during the answer leaves the message in doubt', async () => {
    const { service, send } = await open((_request, _response, socket) => socket.destroy())
    expect(await send(message(1))).toMatchObject([{ outcome: 'unknown' }])
    service.answer((_request, response, socket) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"results":')
      setTimeout(() => socket.destroy(), 10)
    })
    expect(await send(message(1))).toMatchObject([{ outcome: 'unknown' }])
  })

  it('on which nothing comes in time leaves it in doubt, headers sent or not', async () => {
    const { service, send } = await open(() => undefined, { timeoutMs: 100 })
    expect(await send(message(1))).toEqual([{ outcome: 'unknown', code: 'webhook-timeout' }])
    service.answer((_request, response) => response.writeHead(200).write('{'))
    expect(await send(message(1))).toEqual([{ outcome: 'unknown', code: 'webhook-timeout' }])
  })

  it('that was never made has sent nothing', async () => {
    const { service, send } = await open()
    await service.stop()
    expect(await send(message(1))).toEqual([{ outcome: 'transient', code: 'webhook-ECONNREFUSED' }])
  })

  it('to a name that nobody has has sent nothing', async () => {
    const { channel } = await open(undefined, { url: 'https://pizza.invalid/messages' })
    expect(await channel.send(SCOPE, [message(1)])).toMatchObject([{ outcome: 'transient' }])
  })

  it('that does not speak http leaves it in doubt', async () => {
    const server = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { readonly port: number }
    const { channel } = await open(undefined, { url: `http://127.0.0.1:${port}/` })
    expect(await channel.send(SCOPE, [message(1)])).toMatchObject([{ outcome: 'unknown' }])
    server.close()
  })

  it('that is aborted before the call sends nothing, and during it leaves the message in doubt', async () => {
    const stop = new AbortController()
    const { service, channel } = await open(() => stop.abort())
    const signal = AbortSignal.abort()
    expect(await channel.send(SCOPE, [message(1)], { signal })).toEqual([
      { outcome: 'transient', code: 'webhook-aborted' },
    ])
    expect(service.taken).toEqual([])
    expect(await channel.send(SCOPE, [message(1)], { signal: stop.signal })).toEqual([
      { outcome: 'unknown', code: 'webhook-aborted' },
    ])
  })

  it.each([
    ['CERT_HAS_EXPIRED', 'misconfigured'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'misconfigured'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'misconfigured'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'misconfigured'],
    ['EAI_AGAIN', 'transient'],
    ['UND_ERR_CONNECT_TIMEOUT', 'transient'],
    ['ECONNRESET', 'unknown'],
    ['UND_ERR_HEADERS_TIMEOUT', 'unknown'],
    ['UND_ERR_SOCKET', 'unknown'],
  ])('that fails with %s is %s', async (code, outcome) => {
    const fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(), { code }) }))
    const { send } = await open(undefined, { fetch })
    expect(await send(message(1))).toEqual([{ outcome, code: `webhook-${code}` }])
  })

  it('that fails without a word of what it was is in doubt', async () => {
    const { send } = await open(undefined, { fetch: () => Promise.reject(new Error('ada@example.com')) })
    expect(await send(message(1))).toEqual([{ outcome: 'unknown', code: 'webhook-network' }])
  })
})

describe('the options of a webhook channel', () => {
  const base = { kind: 'push', url: 'https://push.pizza.example/', secrets: [SECRET] }

  it.each<[string, string, object]>([
    ['INVALID_INPUT', 'kind', { kind: 'fax' }],
    ['INVALID_INPUT', 'url', { url: 'push.pizza.example' }],
    ['INVALID_INPUT', 'url', { url: 'http://push.pizza.example' }],
    ['INVALID_INPUT', 'url', { url: 'ftp://push.pizza.example' }],
    ['INVALID_INPUT', 'url', { url: 'https://ada:secret@push.pizza.example' }],
    ['INVALID_INPUT', 'url', { url: 'https://push.pizza.example/#top' }],
    ['INVALID_INPUT', 'connections', { batchSize: 500 }],
    ['INVALID_INPUT', 'receiptWindowMs', { receiptWindowMs: 1 }],
    ['INVALID_INPUT', 'receiptWindowMs', { receipts: ['delivered'], receiptWindowMs: 0 }],
    ['INVALID_INPUT', 'receipts', { receipts: ['delivered', 'delivered'] }],
    ['INVALID_INPUT', 'fetch', { fetch: 'curl' }],
    ['INVALID_INPUT', 'timeoutMs', { timeoutMs: 99 }],
    ['SECRET_INVALID', 'secrets[0]', { secrets: [undefined] }],
    ['UNKNOWN_FIELD', 'secret', { secret: SECRET }],
  ])('are refused with %s at %s', (code, path, changes) => {
    const thrown = (() => {
      try {
        return createWebhookChannel({ ...base, ...changes } as WebhookChannelOptions)
      } catch (refusal) {
        return refusal
      }
    })()
    expect(isCampaignKitError(thrown)).toBe(true)
    expect(thrown).toMatchObject({ code, path })
    expect(JSON.stringify(thrown)).not.toContain('secret@')
  })

  it('come out as capabilities', () => {
    const { capabilities } = createWebhookChannel({
      ...(base as WebhookChannelOptions),
      kind: 'display',
      addressing: 'public',
      batchSize: 10,
      receipts: ['displayed'],
      timeoutMs: 5_000,
      url: 'http://display.internal/',
      allowHttp: true,
    })
    expect(capabilities).toMatchObject({
      kind: 'display',
      addressing: 'public',
      reachesPeople: true,
      window: 50,
      receiptWindowMs: 86_400_000,
      idempotencyKeys: true,
      callTimeoutMs: 6_000,
      maxMessageBytes: 100_000,
    })
    expect(capabilities.account).toMatch(/^webhook-[0-9a-f]{16}$/)
    expect(createWebhookChannel(base as WebhookChannelOptions).capabilities).toMatchObject({
      window: 5,
      receiptWindowMs: 0,
      maxMessageBytes: 4_096,
    })
  })
})
