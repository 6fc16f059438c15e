import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunId } from '../base/ids.js'
import { createAesCipher } from '../defaults/aes-cipher.js'
import type { CampaignInput } from '../model/campaign.js'
import type { CustomerInput } from '../model/customer.js'
import { SEALABLE_FIELDS, type SealablePath } from '../model/sealed.js'
import { any, attribute, tag } from '../segmentation/builders.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createSeededRandom } from '../testing/seeded-random.js'
import { createPizzeria, SCOPE, winBack } from './pizzeria.fixture.js'

const LONG = process.env.CAMPAIGNKIT_LONG === '1'
const runs = { seed: 20_260_301, numRuns: LONG ? 1_000 : 25 }
const SECRET = { id: '2026a', key: 'a secret of the pizzeria, long enough' }

interface Person {
  readonly customer: Omit<CustomerInput, 'id'>
  readonly agrees: boolean
  readonly suppressed: boolean
}

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const text = fc.constantFrom('Ada', 'Bea <b>', '🍕 {{ x }}', '0', "O'Neil")

const person: fc.Arbitrary<Person> = fc.record({
  customer: fc.record({
    firstName: maybe(text),
    lastName: maybe(text),
    addresses: fc.record({
      email: maybe(
        fc.constantFrom('a@b.example', 'A@B.example', 'c@b.example', 'd@b.example', 'e@b.example'),
      ),
      phone: maybe(fc.constantFrom('+390612345678', '+390612345679', '+4930123456')),
      push: maybe(text),
    }),
    tags: fc.subarray(['vip', 'new']),
    attributes: fc.dictionary(
      fc.constantFrom('born', 'likes', 'city'),
      fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 2 })),
    ),
  }),
  agrees: fc.boolean(),
  suppressed: fc.boolean(),
})

const CAMPAIGN: Partial<CampaignInput> = {
  audience: any(tag('vip'), attribute('city', 'exists'), tag('new')),
  messages: {
    email: {
      subject: '{{ customer.firstName | default: "you" }} {{ customer.born }}',
      html: '<p>{{ customer.lastName }} {{ customer.attributes.likes }}</p>{{ qr }}',
    },
    sms: { body: '{{ customer.firstName }} {{ customer.attributes.born }} {{ coupon.code }}' },
    push: { title: 'Hello {{ customer.lastName }}', body: '{{ customer.city }}' },
  },
  delivery: 'each',
  experiment: {
    variants: [{ name: 'a' }, { name: 'b', messages: { email: { subject: 'b' } } }],
    holdout: 0.2,
    minContacts: 1,
  },
}

/** A campaign over the people, and all that came of it. */
async function campaignOver(people: readonly Person[], sealed: readonly SealablePath[]) {
  const channels = {
    email: createRecordingChannel(),
    sms: createRecordingChannel({ kind: 'sms' }),
    push: createRecordingChannel({ kind: 'push' }),
  }
  const kinds = ['email', 'sms', 'push'] as const
  const { kit, root, storage } = createPizzeria({
    channels,
    // seals draw their chance elsewhere, so that coupons come out alike
    kit: { tenants: () => ({ sealed }), cipher: createAesCipher([SECRET], createSeededRandom('seals')) },
  })
  await kit.customers.upsert(people.map(({ customer }, index) => ({ id: `c-${index}`, ...customer })))
  const agreed = people.flatMap(({ agrees }, index) => (agrees ? [`c-${index}`] : []))
  await kit.consents.record(
    agreed.flatMap((customerId) =>
      kinds.map((channel) => ({
        customerId,
        channel,
        topic: 'offers',
        decision: 'granted' as const,
        basis: 'form',
        obtainedAt: SAMPLE_NOW - 1,
      })),
    ),
  )
  const dead = people.flatMap(({ suppressed, customer: { addresses } }) =>
    suppressed && typeof addresses?.email === 'string' ? [addresses.email] : [],
  )
  await kit.consents.suppress(dead.map((address) => ({ channel: 'email', address, reason: 'bounced' })))
  const reach = await kit.audiences.reach(CAMPAIGN.audience ?? 'ALL', { channels: [...kinds] })
  const { id } = await kit.campaigns.create(winBack(CAMPAIGN))
  const { findings, ...preflight } = await kit.campaigns.preflight(id)
  await kit.campaigns.launch(id)
  await root.worker().drain()
  const [run] = await kit.campaigns.runs(id)
  const scope = SCOPE as never
  const page = { cursor: null, limit: 1_000 }
  const { items: members } = await storage.audience.list(scope, run?.id as RunId, {}, page)
  const { items: deliveries } = await storage.deliveries.list(scope, id, {}, page)
  const sent = kinds.map((kind) => channels[kind].sent)
  return { reach, preflight, findings, members, deliveries, sent }
}

describe('a campaign over sealed customers', () => {
  it('has the reach, the members, the arms and, to the byte, the messages of one over plain customers', async () => {
    let messages = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { minLength: 1, maxLength: 12 }),
        fc.subarray<SealablePath>([...SEALABLE_FIELDS, 'attributes.born', 'attributes.likes'], {
          minLength: 1,
        }),
        async (people, sealed) => {
          const [plain, hidden] = [await campaignOver(people, []), await campaignOver(people, sealed)]
          expect(hidden).toEqual(plain)
          messages += plain.sent.flat().length
        },
      ),
      runs,
    )
    expect(messages).toBeGreaterThan(runs.numRuns)
  }, 600_000)
})
