import { createCampaignKit, everyone } from '@campaignkit/core'
import { createEndpoints } from '@campaignkit/core/endpoints'
import { createRecordingChannel } from '@campaignkit/core/testing'
import { PGlite } from '@electric-sql/pglite'
import createKnex from 'knex'
import ClientPgLite from 'knex-pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage, type PostgresStorage } from './create-postgres-storage.js'
import { openTestStorage, START_MS } from './test-storage.fixture.js'

/** Two storages over one database, as two processes have them. */
interface Database {
  readonly storages: readonly [PostgresStorage, PostgresStorage]
  close(): Promise<void>
}

async function openServer(): Promise<Database> {
  const { server, schema, storage, stop } = await openTestStorage()
  const knex = server.connect()
  return {
    storages: [storage, createPostgresStorage({ knex, schema })],
    close: async () => {
      await knex.destroy()
      await stop()
    },
  }
}

async function openPglite(): Promise<Database> {
  const knex = createKnex({
    client: ClientPgLite,
    dialect: 'postgres',
    connection: { pglite: new PGlite() } as never,
  })
  const storage = createPostgresStorage({ knex })
  await storage.migrate()
  return { storages: [storage, createPostgresStorage({ knex })], close: () => knex.destroy() }
}

let tenants = 0

/** A customer who was written to, and two servers of the links in the message. */
async function writeTo({ storages }: Database) {
  tenants += 1
  const tenant = `pizzeria-${tenants}`
  const email = createRecordingChannel()
  const roots = storages.map((storage) =>
    createCampaignKit({
      storage,
      channels: { email },
      publicUrl: 'https://go.pizza.example',
      secrets: [{ id: '2026a', key: 'a secret of the pizzeria, long enough' }],
      tenants: () => ({ topics: { offers: 'Offers', news: 'News' } }),
    }),
  )
  const [root] = roots
  if (root === undefined) throw new Error('no kit')
  const kit = root.as({ tenant, actor: { id: 'u-17', kind: 'user' } })
  await kit.customers.upsert([{ id: 'c-42', addresses: { email: 'ada@example.com' } }])
  const granted = { decision: 'granted', basis: 'sign-up form', obtainedAt: '2025-05-01T10:00:00Z' } as const
  await kit.consents.record([{ customerId: 'c-42', channel: 'email', topic: 'offers', ...granted }])
  const { id } = await kit.campaigns.create({
    name: 'We miss you',
    audience: everyone(),
    messages: { email: { subject: 'Hi', html: '<a href="{{ preferencesUrl }}">Choose</a>{{ qr }}' } },
    coupon: { reward: { kind: 'percent', value: 30 } },
  })
  await kit.campaigns.launch(id)
  await root.worker().drain()
  const content = email.sent.at(-1)?.content
  const sent = content?.type === 'email' ? `${content.html} ${content.headers['List-Unsubscribe']}` : ''
  const linkTo = (prefix: string) =>
    new RegExp(`https://[\\w.]+/${prefix}/[^"<> ]+`, 'i').exec(sent)?.[0] ?? ''
  const servers = roots.map(({ links }) =>
    createEndpoints({
      links,
      tenantOf: () => tenant,
      till: 'keys',
      clientOf: (request) => request.headers.get('x-client'),
    }),
  )
  return {
    kit,
    links: { unsubscribe: linkTo('u'), preferences: linkTo('p'), coupon: linkTo('q') },
    /** Asks both servers at once. */
    askBoth: (url: string, inits: readonly [RequestInit, RequestInit]) =>
      Promise.all(servers.map((serve, at) => serve(new Request(url, inits[at])))),
    close: () => Promise.all(roots.map((each) => each.close())),
    history: async () =>
      (await kit.consents.history('c-42')).map(({ topic, decision }) => `${topic} ${decision}`),
    report: () => kit.reports.campaign(id),
  }
}

const twice = (init: RequestInit): readonly [RequestInit, RequestInit] => [init, init]
const form = (fields: Record<string, string>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
})
const NEWS = { customerId: 'c-42', channel: 'email', topic: 'news' } as const
const statusesOf = (responses: readonly Response[]) => responses.map(({ status }) => status)

describe.each([
  ['PostgreSQL', openServer],
  ['PGlite', openPglite],
])('the endpoints of two processes over %s', (_name, open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  }, START_MS)
  afterAll(() => database.close())

  it('unsubscribe, and count it once', async () => {
    const { links, askBoth, history, report, close } = await writeTo(database)
    expect(statusesOf(await askBoth(links.unsubscribe, twice({})))).toEqual([200, 200])
    expect(await history()).toEqual(['offers granted'])
    const oneClick = form({ 'List-Unsubscribe': 'One-Click' })
    expect(statusesOf(await askBoth(links.unsubscribe, twice(oneClick)))).toEqual([200, 200])
    expect(new Set(await history())).toEqual(new Set(['offers granted', 'offers denied']))
    expect((await report()).channels.map(({ counts }) => counts.unsubscribed)).toEqual([1])
    await close()
  })

  it('save preferences', async () => {
    const { links, askBoth, history, close } = await writeTo(database)
    const [page] = await askBoth(links.preferences, twice({}))
    const [, token = ''] = /name="form" value="([^"]+)"/.exec((await page?.text()) ?? '') ?? []
    const saved = form({ form: token, choice: 'email news', do: 'save' })
    expect(statusesOf(await askBoth(links.preferences, twice(saved)))).toEqual([200, 200])
    expect(new Set(await history())).toEqual(new Set(['offers granted', 'offers denied', 'news granted']))
    await close()
  })

  it('take the yes of a double opt-in, and not the question for one', async () => {
    const { kit, askBoth, history, close } = await writeTo(database)
    const asked = await kit.consents.ask({ ...NEWS, basis: 'sign-up form', wording: '2026-03' })
    const url = asked.outcome === 'asked' ? asked.url : asked.outcome
    expect(statusesOf(await askBoth(url, twice({})))).toEqual([200, 200])
    expect(await history()).toEqual(['offers granted', 'news pending'])
    expect(statusesOf(await askBoth(url, twice(form({ from: 'page' }))))).toEqual([200, 200])
    expect(new Set(await history())).toEqual(new Set(['offers granted', 'news pending', 'news granted']))
    await close()
  })

  it('redeem a coupon once, and say so on its page', async () => {
    const { kit, links, askBoth, close } = await writeTo(database)
    const { key } = await kit.coupons.tillKey({ till: 'till-3', expiresInDays: 1 })
    const scan = (receipt: string): RequestInit => ({
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ code: links.coupon, key: receipt }),
    })
    const scanned = await askBoth('https://go.pizza.example/r', [scan('receipt-1'), scan('receipt-2')])
    const texts = await Promise.all(scanned.map((response) => response.text()))
    expect(texts.map((text) => JSON.parse(text).outcome).sort()).toEqual(['redeemed', 'spent'])
    const [page] = await askBoth(links.coupon, twice({}))
    expect(await page?.text()).toContain('Redeemed.')
    await close()
  })

  it('stop whoever tries out links, wherever', async () => {
    const { askBoth, close } = await writeTo(database)
    const client = twice({ headers: { 'x-client': `192.0.2.${tenants}` } })
    const statuses: number[] = []
    for (let tried = 0; tried < 15; tried += 1) {
      statuses.push(...statusesOf(await askBoth('https://go.pizza.example/q/x', client)))
    }
    expect(new Set(statuses)).toEqual(new Set([404]))
    // one more may have come due meanwhile
    await askBoth('https://go.pizza.example/q/x', client)
    expect(statusesOf(await askBoth('https://go.pizza.example/q/x', client))).toEqual([429, 429])
    await close()
  })
})
