import { afterEach, describe, expect, it } from 'vitest'
import { parseWebhookSecrets, signWebhook } from '../access/webhook-signature.js'
import { utf8 } from '../base/bytes.js'
import { createReceiptsHandler, type ReceiptsHandlerOptions } from '../defaults/webhook/receipts-handler.js'
import { createWebhookChannel } from '../defaults/webhook/webhook-channel.js'
import { json, type Script, SECRET, startService } from '../defaults/webhook/webhook-service.fixture.js'
import type { CampaignInput } from '../model/campaign.js'
import type { ReceiptType } from '../model/receipt.js'
import { everyone } from '../segmentation/builders.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { createPizzeria } from './pizzeria.fixture.js'

const services: Awaited<ReturnType<typeof startService>>[] = []
afterEach(async () => {
  await Promise.all(services.splice(0).map(({ stop }) => stop()))
})

interface Message {
  readonly idempotencyKey: string
  readonly deliveryId: string
}

/** A pizzeria whose pushes go to a service of its own, with so many customers. */
async function openPush(customers: number, script: (kept: Map<string, number>) => Script, batchSize = 1) {
  const kept = new Map<string, number>()
  const service = await startService(script(kept))
  services.push(service)
  const push = createWebhookChannel({
    kind: 'push',
    url: service.url,
    secrets: [SECRET],
    batchSize,
    receipts: ['delivered'],
    timeoutMs: 200,
    reachesPeople: false,
  })
  const clock = createManualClock({
    auto: true,
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
  })
  const world = createPizzeria({ channels: { push }, kit: { clock } })
  await world.kit.customers.upsert(
    Array.from({ length: customers }, (_, at) => ({ id: `c-${at}`, addresses: { push: `token-${at}` } })),
  )
  const input: CampaignInput = {
    name: 'Push',
    audience: everyone(),
    purpose: 'transactional',
    messages: { push: { title: 'Hello', body: 'Ciao' } },
    maxRetries: 10,
  }
  const { id } = await world.kit.campaigns.create(input)
  return { ...world, service, kept, campaignId: id }
}

const messagesOf = ({ body }: Parameters<Script>[0]) => body.data.messages as readonly Message[]

/** What the service does with its n-th request; null for an answer of success. */
const FAULTS: Readonly<Record<string, (kept: Map<string, number>) => Script>> = {
  'cuts the connection before it works': () => (_request, _response, socket) => socket.destroy(),
  'cuts it after it has worked': (kept) => (request, _response, socket) => {
    keep(kept, request)
    socket.destroy()
  },
  'cuts it within its answer': (kept) => (request, response, socket) => {
    keep(kept, request)
    response.writeHead(200, { 'content-length': '50' })
    response.write('{')
    setTimeout(() => socket.destroy(), 5)
  },
  'answers 500 after it has worked': (kept) => (request, response) => {
    keep(kept, request)
    response.writeHead(500).end()
  },
  'is silent after it has worked': (kept) => (request) => keep(kept, request),
  'has no time': () => (_request, response) => response.writeHead(429, { 'retry-after': '5' }).end(),
}

/** Works on what it has not seen, as a service does that minds its keys. */
function keep(kept: Map<string, number>, request: Parameters<Script>[0]): void {
  for (const { idempotencyKey } of messagesOf(request)) {
    if (!kept.has(idempotencyKey)) kept.set(idempotencyKey, kept.size)
  }
}

describe('pushes by webhook', () => {
  it.each(Object.keys(FAULTS))(
    'arrive exactly once each over a service that now and then %s',
    async (fault) => {
      for (const batchSize of [1, 4]) {
        let requests = 0
        const world = await openPush(
          12,
          (kept) => {
            const failing = FAULTS[fault]?.(kept)
            return (request, response, socket) => {
              requests += 1
              if (requests % 3 === 1) return failing?.(request, response, socket)
              keep(kept, request)
              const results = messagesOf(request).map(({ idempotencyKey }) => ({
                idempotencyKey,
                outcome: 'accepted',
                providerMessageId: `p-${kept.get(idempotencyKey)}`,
              }))
              json(response, 200, { results })
            }
          },
          batchSize,
        )
        await world.kit.campaigns.launch(world.campaignId)
        await world.root.worker().drain()
        const { items } = await world.kit.campaigns.deliveries(world.campaignId)
        expect(items.map(({ status }) => status)).toEqual(items.map(() => 'sent'))
        expect([...world.kept.keys()].sort()).toEqual(items.map(({ id }) => id).sort())
        expect(new Set(items.map(({ providerMessageId }) => providerMessageId)).size).toBe(12)
        expect(world.service.taken.every(({ check }) => check === 'valid')).toBe(true)
      }
    },
  )

  it('pause the campaign when the service does not know its caller, and nobody is failed for it', async () => {
    const world = await openPush(3, () => (_request, response) => response.writeHead(401).end())
    await world.kit.campaigns.launch(world.campaignId)
    await world.root.worker().drain()
    expect(await world.kit.campaigns.get(world.campaignId)).toMatchObject({ status: 'paused' })
    expect((await world.kit.campaigns.progress(world.campaignId)).counts).toMatchObject({
      failed: 0,
      queued: 3,
    })
  })
})

describe('signed receipts', () => {
  const keys = parseWebhookSecrets([SECRET])
  const sign = (body: string, now = SAMPLE_NOW) => ({ ...signWebhook(keys, 'msg_1', now, utf8(body)) })
  const post = (body: string, headers: Readonly<Record<string, string>>) =>
    new Request('https://go.pizza.example/receipts', { method: 'POST', body, headers })
  const signed = (receipts: readonly unknown[], now?: number) => {
    const body = JSON.stringify({ receipts })
    return post(body, sign(body, now))
  }

  async function openReceipts(options: Partial<ReceiptsHandlerOptions> = {}) {
    const world = await openPush(3, () => (_request, response) => response.end())
    await world.kit.campaigns.launch(world.campaignId)
    await world.root.worker().drain()
    const handle = createReceiptsHandler({
      ingest: (receipts) => world.kit.events.ingest(receipts),
      secrets: [SECRET],
      now: () => SAMPLE_NOW,
      ...options,
    })
    const { items } = await world.kit.campaigns.deliveries(world.campaignId)
    const receipt = (number: number, type: ReceiptType, key = `${type}-${number}`) => ({
      key,
      type,
      at: SAMPLE_NOW + number,
      deliveryId: items[number]?.id ?? '',
    })
    const states = async () =>
      (await world.kit.campaigns.deliveries(world.campaignId)).items.map(({ receipts }) => receipts)
    const told = async (request: Request) => {
      const response = await handle(request)
      return [response.status, await response.json()]
    }
    return { ...world, handle, receipt, states, told }
  }

  it('come to the same whatever their order and however often they come', async () => {
    const outcomes = await Promise.all(
      [false, true].map(async (isReversed) => {
        const { receipt, states, told, kit, campaignId } = await openReceipts()
        const receipts = [
          receipt(0, 'delivered'),
          receipt(0, 'displayed'),
          receipt(1, 'clicked'),
          receipt(1, 'delivered'),
          receipt(2, 'dropped'),
        ]
        const ordered = isReversed ? receipts.toReversed() : receipts
        for (let time = 0; time < 46; time += 1) {
          expect(await told(signed(ordered))).toEqual([
            200,
            { recorded: time === 0 ? 5 : 0, repeated: time === 0 ? 0 : 5, unknown: 0 },
          ])
        }
        const { channels } = await kit.reports.campaign(campaignId)
        return { states: await states(), channels }
      }),
    )
    expect(outcomes[0]).toEqual(outcomes[1])
  })

  it('are taken past those that fit nothing', async () => {
    const { receipt, told, states } = await openReceipts()
    const bad = [
      null,
      7,
      {},
      { ...receipt(1, 'delivered'), type: 'lost' },
      { ...receipt(1, 'delivered'), at: 'yesterday' },
      { ...receipt(1, 'delivered'), extra: true },
      { ...receipt(1, 'delivered'), deliveryId: 'of nobody' },
    ]
    expect(await told(signed([...bad, receipt(0, 'delivered')]))).toEqual([
      200,
      { recorded: 1, repeated: 0, unknown: 7 },
    ])
    expect(await states()).toEqual([{ delivered: SAMPLE_NOW }, {}, {}])
  })

  it('are refused with the right status, and nothing is stored', async () => {
    const { receipt, told, states, handle } = await openReceipts({ maxBytes: 1_000 })
    const body = JSON.stringify({ receipts: [receipt(0, 'delivered')] })
    const good = sign(body)
    const cases: readonly [Request, number][] = [
      [new Request('https://go.pizza.example/receipts'), 405],
      [new Request('https://go.pizza.example/receipts', { method: 'PUT', body, headers: good }), 405],
      [post(body, {}), 401],
      [post(body, { ...good, 'webhook-signature': '' }), 401],
      [post(body, { ...good, 'webhook-signature': 'v1,AAAA' }), 403],
      [post(body.replace('delivered', 'complained'), good), 403],
      [post(body, { ...good, 'webhook-timestamp': '1' }), 403],
      [post(body, sign(body, SAMPLE_NOW - 301_000)), 403],
      [post(body, sign(body, SAMPLE_NOW + 302_000)), 403],
      [post(body + ' '.repeat(1_000), sign(body + ' '.repeat(1_000))), 413],
      [post('{', sign('{')), 400],
      [post('', sign('')), 400],
      [post('{"receipts":{}}', sign('{"receipts":{}}')), 400],
      [post('[]', sign('[]')), 400],
    ]
    for (const [request, status] of cases) expect((await told(request))[0]).toBe(status)
    expect((await handle(new Request('https://go.pizza.example/'))).headers.get('allow')).toBe('POST')
    expect(await states()).toEqual([{}, {}, {}])
  })

  it('of more than ten thousand are refused as too many', async () => {
    const { told } = await openReceipts()
    const many = Array.from({ length: 10_001 }, () => 0)
    expect(await told(signed(many))).toEqual([413, { error: 'size' }])
    expect(await told(signed(many.slice(1)))).toEqual([200, { recorded: 0, repeated: 0, unknown: 10_000 }])
  })

  it('are asked for again when the storage fails, and the answer tells nothing of it', async () => {
    const heard: unknown[] = []
    const { receipt, told, states } = await openReceipts({
      ingest: () => Promise.reject(new Error('ada@example.com')),
      onError: (thrown) => heard.push(thrown),
    })
    expect(await told(signed([receipt(0, 'delivered')]))).toEqual([500, { error: 'failed' }])
    expect(heard).toHaveLength(1)
    expect(await states()).toEqual([{}, {}, {}])
  })

  it('are read under an older secret as long as it is named', async () => {
    const other = 'whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo='
    const { receipt, told } = await openReceipts({ secrets: [other, SECRET] })
    expect((await told(signed([receipt(0, 'delivered')])))[0]).toBe(200)
    const { told: toldLater } = await openReceipts({ secrets: [other] })
    expect((await toldLater(signed([receipt(0, 'delivered')])))[0]).toBe(403)
  })
})
