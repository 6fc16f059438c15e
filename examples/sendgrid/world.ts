import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { createSendgridChannel, createSendgridReceipts, type Fetch } from '@campaignkit/adapter-sendgrid'
import {
  createFakeSendgrid,
  type FakeEvent,
  type FakeMessage,
  type FakeSendgridOptions,
  fakeWebhook,
  shuffledWebhooks,
} from '@campaignkit/adapter-sendgrid/testing'
import { createCampaignKit, everyone, perMinute } from '@campaignkit/core'
import { createDirectInFlight, createManualClock } from '@campaignkit/core/testing'

const NOW = Date.UTC(2026, 2, 1, 9)

export interface WorldOptions {
  readonly customers: number
  readonly sendgrid: FakeSendgridOptions
  /** Messages of a request at most. */
  readonly batchSize: number
  /** What the webhook tells of a message that was taken; nothing when it is lost. */
  readonly events: (message: FakeMessage) => readonly FakeEvent['event'][]
}

/** A shop whose mail goes to a SendGrid in this process, over real HTTP, while the clock jumps. */
export async function openWorld({ customers, sendgrid: options, batchSize, events }: WorldOptions) {
  const sendgrid = await createFakeSendgrid(options)
  const webhook = fakeWebhook()
  const busy = { requests: 0 }
  const counted: Fetch = async (url, init) => {
    busy.requests += 1
    try {
      return await fetch(url, init)
    } finally {
      busy.requests -= 1
    }
  }
  let told = 0
  const chance = chanceOf(7)
  const tellAll = async () => {
    const news = sendgrid.messages.slice(told)
    told = sendgrid.messages.length
    const said = news.flatMap((message) =>
      events(message).map((type, at) =>
        webhook.event(message, type as 'delivered', clock.now() + at * 1_000),
      ),
    )
    for (const batch of shuffledWebhooks(said, { times: 3, chance })) {
      const response = await receive(webhook.post(batch, clock.now()))
      if (response.status !== 204) throw new Error(`the webhook was answered ${response.status}`)
    }
  }
  // time stands still while a request is on its way, and goes on only when the webhooks have come
  const clock = createManualClock({
    startsAt: NOW,
    auto: true,
    yieldTurn: async () => {
      do await new Promise((resolve) => setImmediate(resolve))
      while (busy.requests > 0)
      await tellAll()
    },
  })
  const root = createCampaignKit({
    storage: createMemoryStorage(),
    channels: {
      email: createSendgridChannel({
        apiKey: 'SG.test',
        transport: 'web-api',
        webApi: { baseUrl: sendgrid.url, fetch: counted, batchSize, requestTimeoutMs: 1_000 },
        from: 'Pizzeria <hi@pizza.example>',
        connections: 4,
        reachesPeople: false,
        clock,
      }),
    },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: 'test', key: 'a key for tests alone' }],
    clock,
    inFlight: createDirectInFlight(),
  })
  const kit = root.as({ tenant: 'pizzeria', actor: { id: 'test', kind: 'service' } })
  const receive = createSendgridReceipts({ kit, publicKeys: webhook.publicKey, clock })
  const ids = Array.from({ length: customers }, (_, at) => `c-${at}`)
  await kit.customers.upsert(
    ids.map((id, at) => ({ id, firstName: `Ada ${at * 7_919}`, addresses: { email: `${id}@example.com` } })),
  )
  await kit.consents.record(
    ids.map((customerId) => ({
      customerId,
      channel: 'email' as const,
      topic: 'offers',
      decision: 'granted' as const,
      basis: 'sign-up form',
      obtainedAt: NOW - 1_000,
    })),
  )
  /** Works until nothing is left, the last webhooks included. */
  const work = async () => {
    await root.worker().drain()
    await tellAll()
  }
  return {
    work,
    kit,
    sendgrid,
    webhook,
    receive,
    clock,
    /** Sends a campaign to everybody and works until nothing is left. */
    async runCampaign() {
      const { id } = await kit.campaigns.create({
        name: 'We miss you',
        audience: everyone(),
        messages: {
          email: {
            subject: 'We miss you, {{ customer.firstName }}',
            html: '<p>Hello {{ customer.firstName }}, come back for 30 % off, any day until Sunday.</p>',
          },
        },
        pace: { email: perMinute(60_000) },
      })
      await kit.campaigns.launch(id)
      await work()
      return id
    },
    reconcile: (id: string) =>
      kit.campaigns.reconcile(
        id,
        sendgrid.messages.map(({ customArgs }) => ({ deliveryId: customArgs.delivery_id ?? '' })),
      ),
    async close() {
      await root.close()
      await sendgrid.close()
    },
  }
}

/** A chance that is the same each time: Lehmer's generator (Park and Miller, 1988). */
function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
