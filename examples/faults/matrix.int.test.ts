/** What becomes of a campaign on PostgreSQL when the connection to a provider is cut before, during and after its answer. */
import { createPostgresStorage } from '@campaignkit/adapter-postgres'
import { createCampaignKit, everyone } from '@campaignkit/core'
import { isSettled } from '@campaignkit/core/adapter'
import { createDirectInFlight } from '@campaignkit/core/testing'
import { type LocalPostgres, startLocalPostgres } from '@campaignkit/local-postgres'
import createKnex, { type Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createNetworkTime } from '../demo/network-time.js'
import { CUTS, type Cut, type OpenProvider, PROVIDERS } from './providers.js'

const CUSTOMERS = 24
const NOW = Date.UTC(2026, 2, 1, 9)

let server: LocalPostgres
let knex: Knex
let shops = 0

beforeAll(async () => {
  server = await startLocalPostgres()
  knex = createKnex({ client: 'pg', connection: server.url, pool: { min: 0, max: 10 } })
  await createPostgresStorage({ knex }).migrate()
})

afterAll(async () => {
  await knex.destroy()
  await server.stop()
})

const ADDRESSES = {
  email: (number: number) => ({ email: `c-${number}@example.com` }),
  sms: (number: number) => ({ phone: `+39333${String(1_000_000 + number)}` }),
  push: (number: number) => ({ push: `token-${number}` }),
}

const MESSAGES = {
  email: { email: { subject: 'We miss you', text: 'Come back' } },
  sms: { sms: { body: 'Come back' } },
  push: { push: { title: 'We miss you', body: 'Come back' } },
}

/** A shop with some customers, on tables that it shares with others, that writes over one provider. */
async function openShop(open: OpenProvider, cut: Cut) {
  shops += 1
  const time = createNetworkTime(NOW)
  const { clock } = time
  const { kind, channel, log, close } = await open(cut, clock)
  const root = createCampaignKit({
    storage: time.waitingForStorage(createPostgresStorage({ knex })),
    channels: { [kind]: time.waitingFor(channel) },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: 'test', key: 'a key for tests alone, long enough' }],
    clock,
    inFlight: createDirectInFlight(),
  })
  const kit = root.as({ tenant: `shop-${shops}`, actor: { id: 'test', kind: 'service' } })
  const customers = Array.from({ length: CUSTOMERS }, (_, number) => ({
    id: `c-${number}`,
    addresses: ADDRESSES[kind](number),
  }))
  await kit.customers.upsert(customers)
  const customerAt = new Map(customers.map(({ id, addresses }) => [Object.values(addresses)[0] ?? '', id]))
  const { id } = await kit.campaigns.create({
    name: 'We miss you',
    audience: everyone(),
    purpose: 'transactional',
    messages: MESSAGES[kind],
    pace: { [kind]: { limit: 60_000, periodMs: 60_000 } },
    maxRetries: 10,
  })
  const deliveries = async () => (await kit.campaigns.deliveries(id, {}, { limit: 1_000 })).items
  return {
    kit,
    id,
    log,
    deliveries,
    async work() {
      await root.worker().drain()
      return deliveries()
    },
    /** Compares our log with that of the provider. */
    async reconcile() {
      const deliveryOf = new Map((await deliveries()).map((each) => [String(each.customerId), each.id]))
      const records = log().map((to) => ({ deliveryId: deliveryOf.get(customerAt.get(to) ?? '') ?? '' }))
      return kit.campaigns.reconcile(id, records)
    },
    async close() {
      await root.close()
      await close()
    },
  }
}

const CASES = Object.entries(PROVIDERS).flatMap(([name, open]) => CUTS.map((cut) => ({ name, cut, open })))

describe('a campaign on PostgreSQL whose connections were cut', () => {
  it.each(CASES)('by $name $cut ends every delivery once, and both logs agree', async ({ cut, open }) => {
    const shop = await openShop(open, cut)
    await shop.kit.campaigns.launch(shop.id)
    const ended = await shop.work()
    expect(ended).toHaveLength(CUSTOMERS)
    expect(ended.filter(({ status }) => !isSettled(status))).toEqual([])
    const sent = ended.filter(({ status }) => status === 'sent')
    const held = ended.filter(({ status }) => status === 'held')
    expect(sent.length + held.length).toBe(CUSTOMERS)

    const { taken, untaken, ...rest } = await shop.reconcile()
    expect(rest).toEqual({ agreed: sent.length, missing: [], unexpected: [], repeated: [], strangers: 0 })
    expect(taken.length + untaken.length).toBe(held.length)

    // a person decides by the provider's log, as often as it takes; then every customer has the message once
    for (let rounds = 0; rounds < 10 && (await decideByLog(shop)); rounds += 1) await shop.work()
    expect(await shop.reconcile()).toMatchObject({ agreed: CUSTOMERS, taken: [], untaken: [], repeated: [] })
    expect(shop.log()).toHaveLength(CUSTOMERS)
    const { counts } = await shop.kit.campaigns.progress(shop.id)
    expect(counts.sent).toBe(CUSTOMERS)
    await shop.close()
  })
})

/** Decides what a cut has left in doubt. @returns whether there was anything */
async function decideByLog({ kit, id, reconcile }: Awaited<ReturnType<typeof openShop>>): Promise<boolean> {
  const { taken, untaken } = await reconcile()
  if (taken.length > 0) await kit.campaigns.settleHeld(id, taken, { as: 'sent', reason: 'in the log' })
  if (untaken.length > 0)
    await kit.campaigns.settleHeld(id, untaken, { as: 'resend', reason: 'not in the log' })
  return taken.length + untaken.length > 0
}
