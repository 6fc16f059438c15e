import { all, createCampaignKit, everyone, type KitEvents, type TenantKit } from '@campaignkit/core'
import type { CampaignEvent, EventSink } from '@campaignkit/core/adapter'
import { createRecordingChannel } from '@campaignkit/core/testing'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage
let knex: Knex
let tenants = 0

beforeAll(async () => {
  test = await openTestStorage()
  knex = test.knex
  await knex.schema.withSchema(test.schema).createTable('orders', (table) => {
    table.text('id').primary()
    table.text('customer')
  })
}, START_MS)

afterAll(() => test.stop())

/** A pizzeria that hears all that it is told, with one customer who may be written to. */
async function open() {
  tenants += 1
  const told: string[] = []
  const sunk: CampaignEvent[] = []
  const sink: EventSink = { publish: async (_scope, events) => void sunk.push(...events) }
  const email = createRecordingChannel()
  const root = createCampaignKit({
    storage: test.storage,
    channels: { email },
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of at least 16 characters' }],
    acceptVolatileStorage: true,
    sinks: [sink],
  })
  for (const name of ['campaign.status', 'events.recorded'] as const satisfies readonly (keyof KitEvents)[])
    root.on(name, () => told.push(name))
  const kit = root.as({ tenant: `pizzeria-${tenants}`, actor: { id: 'u-17', kind: 'user' } })
  await kit.customers.upsert([{ id: 'c-1', addresses: { email: 'ada@example.com' } }])
  await kit.consents.record([
    {
      customerId: 'c-1',
      channel: 'email',
      topic: 'offers',
      decision: 'granted',
      basis: 'form',
      obtainedAt: '2026-01-01T00:00:00Z',
    },
  ])
  const { id } = await kit.campaigns.create({
    name: 'We miss you',
    audience: all(everyone()),
    messages: { email: { subject: 'We miss you', text: 'Come back' } },
  })
  told.length = 0
  return { root, kit, id, told, sunk, email }
}

const orders = () => knex.withSchema(test.schema).from('orders')
const conversion = (key: string) => ({ key, type: 'conversion', customerId: 'c-1' }) as const

async function order(transaction: Knex.Transaction, kit: TenantKit, key: string) {
  await transaction.withSchema(test.schema).from('orders').insert({ id: key, customer: 'c-1' })
  const joined = kit.enlist(transaction)
  await joined.events.track(conversion(key))
  return joined
}

describe('a kit within a transaction of the host', () => {
  it('is committed with it: nobody hears of anything before, and what was launched is sent', async () => {
    const { root, kit, id, told, sunk, email } = await open()
    const settled = await knex.transaction(async (transaction) => {
      const joined = await order(transaction, kit, 'order-1')
      await joined.customers.upsert([{ id: 'c-1', firstName: 'Ada' }])
      await joined.campaigns.launch(id)
      expect((await joined.campaigns.get(id)).status).toBe('preparing')
      expect((await kit.campaigns.get(id)).status).toBe('draft')
      await root.worker().drain()
      expect([told, sunk, email.sent]).toEqual([[], [], []])
      return { ended: joined.settled }
    })
    await expect(settled.ended).resolves.toBe(true)
    expect(told).toEqual(['events.recorded', 'campaign.status'])
    // sinks hear of what stands from the next worker
    await root.worker().drain()
    expect(sunk.map(({ key }) => key)).toContain('tracked:order-1')
    expect(email.sent).toHaveLength(1)
    expect((await kit.customers.get('c-1')).firstName).toBe('Ada')
    expect(await orders().where({ id: 'order-1' })).toHaveLength(1)
  })

  it('is taken back with it: nothing happened, nobody hears of it, and nothing is sent', async () => {
    const { root, kit, id, told, sunk, email } = await open()
    const before = await kit.journal.list({}, { limit: 100 })
    const transaction = await knex.transaction()
    const joined = await order(transaction, kit, 'order-2')
    await joined.campaigns.launch(id)
    await transaction.rollback()
    await expect(joined.settled).resolves.toBe(false)
    await root.worker().drain()
    expect([told, sunk, email.sent]).toEqual([[], [], []])
    expect((await kit.campaigns.get(id)).status).toBe('draft')
    expect(await kit.journal.list({}, { limit: 100 })).toEqual(before)
    expect(await orders().where({ id: 'order-2' })).toHaveLength(0)
    await expect(kit.events.track(conversion('order-2'))).resolves.toEqual({ recorded: 1, repeated: 0 })
  })

  it('in a savepoint goes the way of the savepoint, and of what is around it', async () => {
    const { kit, told } = await open()
    const fates: Promise<boolean>[] = []
    await knex.transaction(async (outer) => {
      await outer
        .transaction(async (inner) => {
          fates.push((await order(inner, kit, 'order-3')).settled)
          throw new Error('no dough')
        })
        .catch(() => undefined)
      await outer.transaction(async (inner) => {
        fates.push((await order(inner, kit, 'order-4')).settled)
      })
    })
    const outer = await knex.transaction()
    await outer.transaction(async (inner) => {
      fates.push((await order(inner, kit, 'order-5')).settled)
    })
    await outer.rollback()
    await expect(Promise.all(fates)).resolves.toEqual([false, true, false])
    expect(told).toEqual(['events.recorded'])
    expect((await orders().whereIn('id', ['order-3', 'order-4', 'order-5'])).map(({ id }) => id)).toEqual([
      'order-4',
    ])
  })

  it('knows a commit that is none, since a statement of the host had failed', async () => {
    const { kit, told } = await open()
    const transaction = await knex.transaction()
    const joined = await order(transaction, kit, 'order-6')
    await transaction.raw('select 1 / 0').catch(() => undefined)
    await transaction.commit()
    await expect(joined.settled).resolves.toBe(false)
    expect(told).toEqual([])
  })

  it('leaves the transaction usable when it refuses a call, and tells why', async () => {
    const { kit, id } = await open()
    const settled = await knex.transaction(async (transaction) => {
      const joined = await order(transaction, kit, 'order-7')
      await expect(joined.campaigns.edit(id, { name: 'Other' }, 99)).rejects.toMatchObject({
        code: 'VERSION_CONFLICT',
      })
      await expect(joined.customers.upsert([{ id: '' }])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      return { ended: joined.settled }
    })
    await expect(settled.ended).resolves.toBe(true)
    expect(await orders().where({ id: 'order-7' })).toHaveLength(1)
  })

  it('refuses what is no open transaction of knex', async () => {
    const { kit } = await open()
    const ended = await knex.transaction()
    await ended.rollback()
    for (const other of [undefined, {}, knex, ended])
      expect(() => kit.enlist(other)).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', path: 'transaction' }),
      )
  })
})
