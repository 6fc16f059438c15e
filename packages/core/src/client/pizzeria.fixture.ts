import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { DAY_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import type { CustomerInput } from '../model/customer.js'
import type { Channel } from '../ports/channel.js'
import type { Storage } from '../ports/storage/storage.js'
import { all, inactiveFor, tag } from '../segmentation/builders.js'
import { createDirectInFlight } from '../testing/direct-in-flight.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { createPlainQrEncoder } from '../testing/plain-qr-encoder.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createSeededRandom } from '../testing/seeded-random.js'
import { createSequentialIds } from '../testing/sequential-ids.js'
import { createCampaignKit } from './create-campaign-kit.js'
import type { CampaignKitOptions } from './options.js'

export const SCOPE = { tenant: 'pizzeria', actor: { id: 'u-17', kind: 'user' as const, roles: ['marketer'] } }

export const LAPSED = all(tag('pizza-lover'), inactiveFor({ days: 180 }))

/** A customer who loves pizza, has not been here for 200 days and allows e-mail. */
export function lapsedCustomer(number: number, more: Partial<CustomerInput> = {}): CustomerInput {
  return {
    id: `c-${number}`,
    firstName: `Ada${number}`,
    addresses: { email: `ada${number}@example.com` },
    tags: ['pizza-lover'],
    facts: { lastOrderAt: SAMPLE_NOW - 200 * DAY_MS, orderCount: 3 },
    ...more,
  }
}

export function winBack(more: Partial<CampaignInput> = {}): CampaignInput {
  return {
    name: 'We miss you',
    audience: LAPSED,
    messages: {
      email: {
        subject: 'We miss you, {{ customer.firstName }}',
        html: '<p>Hello {{ customer.firstName }}</p>{{ qr }}',
      },
    },
    coupon: { reward: { kind: 'percent', value: 30 }, validFor: { days: 30 } },
    ...more,
  }
}

export interface PizzeriaOptions {
  readonly storage?: Storage
  readonly email?: Channel
  readonly channels?: CampaignKitOptions['channels']
  readonly kit?: Partial<CampaignKitOptions>
  readonly seed?: string
}

/** A kit in which nothing is real but the rules: its clock jumps, its chance is seeded, its mail is recorded. */
export function createPizzeria(options: PizzeriaOptions = {}) {
  const clock = createManualClock({ auto: true })
  const storage = options.storage ?? createMemoryStorage()
  const outbox = createRecordingChannel()
  const root = createCampaignKit({
    storage,
    channels: options.channels ?? { email: options.email ?? outbox },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of the pizzeria, long enough' }],
    clock,
    random: createSeededRandom(options.seed ?? 'pizzeria'),
    ids: createSequentialIds(options.seed === undefined ? '' : `${options.seed}-`),
    inFlight: createDirectInFlight(),
    qr: createPlainQrEncoder(),
    ...options.kit,
  })
  const kit = root.as(SCOPE)
  return {
    root,
    kit,
    clock,
    storage,
    outbox,
    /** Puts lapsed customers in, with consent to offers by e-mail. */
    async welcome(count: number, more: (number: number) => Partial<CustomerInput> = () => ({})) {
      const customers = Array.from({ length: count }, (_, index) => lapsedCustomer(index, more(index)))
      await kit.customers.upsert(customers)
      await kit.consents.record(
        customers.map(({ id }) => ({
          customerId: id,
          channel: 'email',
          topic: 'offers',
          decision: 'granted',
          basis: 'sign-up form',
          obtainedAt: SAMPLE_NOW - 300 * DAY_MS,
        })),
      )
    },
    /** Creates a campaign, launches it and works until nothing is left. */
    async runCampaign(more: Partial<CampaignInput> = {}) {
      const campaign = await kit.campaigns.create(winBack(more))
      await kit.campaigns.launch(campaign.id)
      await root.worker().drain()
      return kit.campaigns.get(campaign.id)
    },
  }
}
