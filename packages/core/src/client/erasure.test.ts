import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../base/time.js'
import { parseInput } from '../model/parse.js'
import { RECEIPT_TYPES } from '../model/receipt.js'
import { scopeSchema } from '../model/scope.js'
import { allPages } from '../testing/conformance/expectations.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria, SCOPE } from './pizzeria.fixture.js'

const NAME = 'Adelheid'
const TAG = 'adelheids-friend'
const ID = 'c-0'
const CODE = /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/

/** Every row that the storage gives out of one campaign and of the customers, by the kind of row. */
async function rowsOf({ storage, kit }: ReturnType<typeof createPizzeria>, campaignId: string) {
  const scope = parseInput(scopeSchema, SCOPE)
  const campaign = await kit.campaigns.get(campaignId)
  const [run] = await storage.campaigns.runsOf(scope, campaign.id)
  if (run === undefined) throw new Error('The campaign has no run')
  const deliveries = await allPages((page) => storage.deliveries.list(scope, campaign.id, {}, page))
  const customerIds = deliveries.flatMap(({ customerId }) => customerId ?? [])
  const addressKeys = deliveries.flatMap(({ addressKey }) => addressKey ?? [])
  return {
    customers: await storage.customers.scan(scope, { after: null, limit: 100 }),
    consents: (await Promise.all(customerIds.map((id) => storage.consents.history(scope, id)))).flat(),
    suppressions: await storage.consents.suppressed(scope, addressKeys),
    members: await allPages((page) => storage.audience.list(scope, run.id, {}, page)),
    deliveries,
    attempts: (
      await Promise.all(deliveries.map(({ id }) => storage.deliveries.attemptsOf(scope, id)))
    ).flat(),
    events: await allPages((page) => storage.events.list(scope, campaign.id, {}, page)),
    coupons: await storage.coupons.ofRun(scope, run.id, customerIds),
    redemptions: await allPages((page) => storage.coupons.redemptions(scope, campaign.id, page)),
    journal: await allPages((page) => storage.journal.list(scope, {}, page)),
  }
}

/** Kinds of rows in which something of the person can be read. */
const tellers = (rows: Readonly<Record<string, readonly unknown[]>>, words: RegExp) =>
  Object.entries(rows)
    .filter(([, all]) => words.test(JSON.stringify(all)))
    .map(([kind]) => kind)

/** A customer of whom there is something in every kind of row: sent to, clicked, bounced, redeemed, unsubscribed. */
async function knownCustomer() {
  const email = createRecordingChannel({ receipts: RECEIPT_TYPES, receiptWindowMs: HOUR_MS })
  const pizzeria = createPizzeria({ email })
  const { kit, clock } = pizzeria
  await pizzeria.welcome(2, (number) =>
    number === 1
      ? {}
      : {
          firstName: NAME,
          lastName: NAME,
          addresses: { email: `${NAME}@example.com`, phone: '+390612345678' },
          tags: ['pizza-lover', TAG],
          attributes: { nickname: NAME },
        },
  )
  const evidence = { basis: `call with ${NAME}`, evidence: `${NAME} said so on the phone` }
  const consent = { customerId: ID, channel: 'email', topic: 'news', decision: 'granted' } as const
  await kit.consents.record([{ ...consent, ...evidence, obtainedAt: SAMPLE_NOW }])
  const { id } = await pizzeria.runCampaign({ tracking: { clicks: true, opens: true } })
  const { items } = await kit.campaigns.deliveries(id)
  const deliveryId = items.find(({ customerId }) => customerId === ID)?.id
  if (deliveryId === undefined) throw new Error('The customer got nothing')
  const at = clock.now()
  await kit.events.ingest([
    { key: 'r-1', type: 'clicked', at, deliveryId, url: `https://pizza.example/?for=${NAME}` },
    { key: 'r-2', type: 'bounced', at, deliveryId, reason: `<${NAME}@example.com> user unknown` },
  ])
  const sent = email.sent.find(({ to }) => to.startsWith(NAME))
  const code = CODE.exec(JSON.stringify(sent?.content))?.[0] ?? ''
  expect(await kit.coupons.redeem(code, { by: 'till', key: 'r-1' })).toMatchObject({ outcome: 'redeemed' })
  await kit.events.track({ key: 'order-1', type: 'conversion', customerId: ID, campaignId: id })
  return { ...pizzeria, id }
}

describe('an erased customer', () => {
  it('can be read in no row that is kept', async () => {
    const world = await knownCustomer()
    const person = new RegExp(`${NAME}|${TAG}|0612345678`, 'i')
    expect(tellers(await rowsOf(world, world.id), person)).toEqual([
      'customers',
      'consents',
      'members',
      'events',
    ])
    await world.kit.customers.erase([ID], 'asked to be forgotten')
    expect(tellers(await rowsOf(world, world.id), person)).toEqual([])
  })

  it('leaves the host’s own id in members, deliveries, coupons and redemptions alone', async () => {
    const world = await knownCustomer()
    const before = await world.kit.reports.campaign(world.id)
    await world.kit.customers.erase([ID], 'asked to be forgotten')
    const rows = await rowsOf(world, world.id)
    expect(tellers(rows, /"c-0"/)).toEqual(['members', 'deliveries', 'coupons', 'redemptions'])
    expect(tellers(rows, /"c-1"/)).toContain('consents')
    expect(rows.suppressions.map(({ reason }) => reason)).toEqual(['bounced'])
    expect(await world.kit.consents.history(ID)).toEqual([])
    const after = await world.kit.reports.campaign(world.id)
    // how fast somebody answered is a thing of the person's
    const { responseTimes } = before
    expect(after.responseTimes.times).toEqual([])
    expect({ ...after, generatedAt: before.generatedAt, responseTimes }).toEqual(before)
  })

  it('who comes back is unknown: no consent, no events, and the address stays suppressed', async () => {
    const { kit, welcome, runCampaign, outbox } = createPizzeria()
    await welcome(1)
    await kit.customers.erase([ID], 'asked to be forgotten')
    await kit.customers.upsert([{ id: ID, addresses: { email: 'ada0@example.com' }, tags: ['pizza-lover'] }])
    const again = { id: 'c-9', addresses: { email: 'ADA0@example.com' } }
    await kit.customers.upsert([again])
    const reach = await kit.audiences.reach('ALL', { channels: ['email'] })
    expect(reach).toMatchObject({ matched: 2, reachable: 0, excluded: { suppressed: 2 } })
    await runCampaign()
    expect(outbox.sent).toEqual([])
  })
})
