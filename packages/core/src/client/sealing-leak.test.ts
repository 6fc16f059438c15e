import { inspect } from 'node:util'
import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { expect, it } from 'vitest'
import type { SealablePath } from '../model/sealed.js'
import type { KitEvents } from '../ports/observer.js'
import type { Storage } from '../ports/storage/storage.js'
import { all, attribute, eligible, everyone, tag } from '../segmentation/builders.js'
import { lapsedCustomer, winBack } from './pizzeria.fixture.js'
import { createSendingWorld, heardBy } from './sending.fixture.js'

const SEALED: readonly SealablePath[] = [
  'firstName',
  'lastName',
  'addresses.email',
  'addresses.phone',
  'addresses.push',
  'attributes.born',
  'attributes.allergies',
]

/** What must be nowhere but in a message and its address. */
const SECRETS = [
  'Quetzalcoatl',
  'Xochiquetzal',
  'tonatiuh',
  '49301000',
  'push-token-of-hers',
  '1815-12-10',
  'hazelnuts',
]

const EVENTS: readonly (keyof KitEvents)[] = [
  'campaign.status',
  'run.frozen',
  'campaign.progress',
  'delivery.retried',
  'delivery.held',
  'channel.throttled',
  'events.recorded',
  'worker.failed',
]

const goddess = (number: number) => ({
  firstName: 'Quetzalcoatl',
  lastName: 'Xochiquetzal',
  addresses: {
    email: `tonatiuh${Math.max(number, 1)}@mail.example`,
    phone: `+4930100000${number}`,
    push: 'push-token-of-hers',
  },
  attributes: { born: '1815-12-10', allergies: ['hazelnuts', 'figs'], city: 'Roma' },
})

const everything = (value: unknown) =>
  inspect(value, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, showHidden: true })

/** A storage of which every argument and every answer is written down. */
function observed(storage: Storage, seen: string[]): Storage {
  const watch = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member === 'object' && member !== null) return watch(member)
        if (typeof member !== 'function') return member
        return (...given: unknown[]) => {
          seen.push(everything(given))
          const answer: unknown = Reflect.apply(member, target, given)
          if (!(answer instanceof Promise))
            return typeof answer === 'object' && answer !== null ? watch(answer) : answer
          return answer.then((value) => {
            seen.push(everything(value))
            return value
          })
        }
      },
    })
  return watch(storage)
}

function createWatchedWorld() {
  const seen: string[] = []
  const note = (...given: unknown[]) => void seen.push(everything(given))
  const world = createSendingWorld({
    storage: observed(createMemoryStorage(), seen),
    email: {
      faultOf: ({ to }, attempt) => {
        if (to.startsWith('tonatiuh2'))
          return { outcome: 'permanent', code: 'mailbox-unavailable', addressDead: true }
        if (to.startsWith('tonatiuh3')) return { outcome: 'throws', taken: false }
        if (to.startsWith('tonatiuh4') && attempt === 1) return { outcome: 'transient', code: 'busy' }
        return null
      },
    },
    kit: {
      tenants: () => ({ sealed: SEALED }),
      logger: { debug: note, info: note, warn: note, error: note },
      sinks: [{ publish: async (...given) => note(given) }],
      templateData: async (...given) => {
        note(given)
        return new Map()
      },
      eligibility: {
        ask: async (...given) => {
          note(given)
          return new Map(given[2].map(({ id }) => [id, true]))
        },
      },
    },
  })
  /** Notes what comes of a call, its error with all that hangs on it. */
  const told = async (call: () => unknown) => {
    try {
      note(await call())
    } catch (thrown) {
      note(
        thrown,
        thrown instanceof Error ? [thrown.message, thrown.stack, thrown.cause] : [],
        JSON.stringify(thrown),
      )
    }
  }
  const heard = EVENTS.map((name) => heardBy(world.root, name))
  return { ...world, told, said: () => [...seen, ...heard.map(everything)].join('\n') }
}

it('what is sealed is nowhere but in the message and its address, through the whole life of a campaign', async () => {
  const { kit, root, email, sms, invite, told, said } = createWatchedWorld()
  await invite(9, goddess)
  await told(() =>
    kit.customers.upsert([
      lapsedCustomer(0, goddess(0)),
      { id: 'x', ...goddess(1), addresses: { email: 'tonatiuh(at)x' } },
    ]),
  )
  await told(() =>
    kit.customers.importCsv(
      'id,mail,born\nnew,tonatiuh99@mail.example,1815-12-10\nbad,tonatiuh,1815-12-10\n',
      {
        map: {
          id: { path: 'id', as: 'text' },
          mail: { path: 'email', as: 'text' },
          born: { path: 'attributes.born', as: 'text' },
        },
        consent: { channel: 'email', topic: 'offers', basis: 'form', obtainedAt: '2026-01-01T00:00:00Z' },
      },
    ),
  )
  const campaign = await kit.campaigns.create(
    winBack({
      audience: all(tag('pizza-lover'), eligible('loyal')),
      messages: {
        email: {
          subject: 'Dear {{ customer.firstName }} {{ customer.lastName }}',
          html: '<p>{{ customer.attributes.born }} {{ customer.attributes.allergies | join: ", " }}</p>{{ qr }}',
        },
        sms: {
          body: '{{ customer.firstName }}: {% if customer.id == "c-5" %}{{ customer.lastName | date: customer.tags }}{% endif %} {{ coupon.code }}',
        },
      },
      delivery: 'each',
      maxRetries: 2,
    }),
  )
  await told(() => kit.campaigns.preflight(campaign.id))
  await kit.campaigns.launch(campaign.id)
  await root.worker().drain()
  const texts = [...email.accepted, ...sms.accepted].map(({ message }) => everything(message)).join('\n')
  for (const secret of SECRETS.filter((each) => !each.startsWith('push'))) expect(texts).toContain(secret)
  const sent = email.accepted[0]?.message
  await kit.events.ingest([
    {
      key: 'r-1',
      type: 'bounced',
      at: Date.UTC(2026, 2, 2),
      deliveryId: sent?.deliveryId as never,
      reason: '5.1.1',
    },
  ])
  await told(() => kit.campaigns.explain(campaign.id, 'c-1'))
  await told(() => kit.campaigns.explain(campaign.id, 'new'))
  await told(() => kit.customers.explain('c-1', all(everyone(), attribute('city', '=', 'Roma'))))
  await told(() => kit.customers.explain('c-1', attribute('born', '=', 'x')))
  await told(() => kit.audiences.reach(everyone(), { channels: ['email', 'sms', 'push'] }))
  await told(() => kit.customers.get('c-1'))
  await told(() => kit.customers.list())
  await told(() => kit.consents.history('c-1'))
  await told(() => kit.campaigns.deliveries(campaign.id))
  await told(() => kit.campaigns.progress(campaign.id))
  await told(async () => kit.reports.render(await kit.reports.campaign(campaign.id), 'html'))
  await told(() => kit.customers.erase(['c-1', 'c-2'], 'asked'))
  await told(() => kit.journal.list({}, { limit: 1_000 }))
  const everyWord = said()
  expect(everyWord.length).toBeGreaterThan(100_000)
  for (const secret of SECRETS) {
    for (const form of [
      secret,
      Buffer.from(secret).toString('base64url'),
      Buffer.from(secret).toString('hex'),
    ]) {
      expect(everyWord.toLowerCase().includes(form.toLowerCase()), `${secret} as ${form}`).toBe(false)
    }
  }
})
