import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { type CampaignInput, type CampaignKitOptions, createCampaignKit, everyone } from '@campaignkit/core'
import {
  createDirectInFlight,
  createManualClock,
  createSeededRandom,
  createSequentialIds,
} from '@campaignkit/core/testing'
import { createTwilioChannel } from './channel.js'
import type { TwilioChannelOptions } from './options.js'
import { createTwilioReceipts, type TwilioReceiptsOptions } from './receipts/create-twilio-receipts.js'
import { SENDER, SERVICE } from './sample-text.fixture.js'
import type { FakeTwilioAccess } from './testing/fake-client.js'
import { createFakeTwilio, type FakeTwilioOptions } from './testing/fake-twilio.js'
import type { TwilioClient } from './twilio-client.js'

export const CALLBACK = 'https://go.pizza.example/twilio'

export interface PizzeriaOptions {
  readonly fake?: Omit<FakeTwilioOptions, 'webhook'>
  readonly channel?: Partial<TwilioChannelOptions>
  readonly receipts?: Partial<TwilioReceiptsOptions>
  readonly kit?: Partial<CampaignKitOptions>
  /** Channels beside the SMS. */
  readonly channels?: CampaignKitOptions['channels']
  /** The client of the fake. @default its own */
  readonly clientOf?: (access: FakeTwilioAccess) => TwilioClient
  /** Whether a Messaging Service chooses the sender. */
  readonly service?: boolean
}

export const phoneOf = (number: number) => `+39333${String(1_000_000 + number)}`

/** A kit that writes SMS over a fake Twilio, whose callbacks and messages come back to it. */
export async function openPizzeria(options: PizzeriaOptions = {}) {
  const clock = createManualClock({
    auto: true,
    // whatever the network brings comes in before time goes on
    yieldTurn: () => new Promise((resolve) => setTimeout(resolve, 2)),
  })
  const failures: unknown[] = []
  const fake = await createFakeTwilio({ ...options.fake, webhook: (request) => serve(request) })
  const sms = createTwilioChannel({
    client: options.clientOf?.(fake.access) ?? fake.client,
    kind: 'sms',
    ...(options.service === true ? { messagingServiceSid: SERVICE } : { from: SENDER }),
    statusCallback: CALLBACK,
    reachesPeople: false,
    clock,
    ...options.channel,
  })
  const root = createCampaignKit({
    storage: createMemoryStorage(),
    channels: { sms, ...options.channels },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of the pizzeria, long enough' }],
    clock,
    random: createSeededRandom('twilio'),
    ids: createSequentialIds(''),
    inFlight: createDirectInFlight(),
    ...options.kit,
  })
  const kit = root.as({ tenant: 'pizzeria', actor: { id: 'u-17', kind: 'user' } })
  const serve = createTwilioReceipts({
    kit,
    authTokens: [fake.access.authToken],
    onError: (thrown) => failures.push(thrown),
    clock,
    ...options.receipts,
  })
  return {
    root,
    kit,
    fake,
    clock,
    serve,
    failures,
    /** Customers with a phone who allow SMS. */
    async welcome(count: number) {
      const ids = Array.from({ length: count }, (_, number) => number)
      await kit.customers.upsert(
        ids.map((number) => ({ id: `c-${number}`, addresses: { phone: phoneOf(number) } })),
      )
      await kit.consents.record(
        ids.map((number) => ({
          customerId: `c-${number}`,
          channel: 'sms',
          topic: 'offers',
          decision: 'granted',
          basis: 'sign-up form',
          obtainedAt: clock.now() - 1_000,
        })),
      )
    },
    async run(more: Partial<CampaignInput> = {}) {
      const { id } = await kit.campaigns.create({
        name: 'We miss you',
        audience: everyone(),
        messages: { sms: { body: 'We miss you' } },
        pace: { sms: { limit: 100_000, periodMs: 60_000 } },
        ...more,
      })
      await kit.campaigns.launch(id)
      await root.worker().drain()
      return id
    },
    async deliveries(id: string) {
      return (await kit.campaigns.deliveries(id, {}, { limit: 1_000 })).items
    },
    async excluded() {
      return (await kit.audiences.reach(everyone(), { channels: ['sms'] })).excluded
    },
  }
}
