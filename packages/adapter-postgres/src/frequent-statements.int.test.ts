import { createCampaignKit, everyone, type TenantKit } from '@campaignkit/core'
import { createManualClock, createRecordingChannel, sampleScope } from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage } from './create-postgres-storage.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop())

let now = 0

/** A storage with one connection, and how it reserves a slot. */
function openOne(options: { statementTimeoutMs?: number } = {}) {
  const knex = test.server.connect({ connections: 1 })
  const limiter = createPostgresStorage({ knex, schema: test.schema, ...options }).rateLimiter(
    createManualClock(),
  )
  const reserve = async () => {
    now += 1_000
    const limits = [{ key: 'often', pace: { limit: 10, periodMs: 1_000 }, sharedByTenants: false }]
    const { count } = await limiter.reserve(sampleScope(), { limits, count: 1, notBefore: now, horizonMs: 0 })
    return count
  }
  const kept = async () => {
    const { rows } = await knex.raw('select name from pg_prepared_statements order by name')
    return rows.map(({ name }: { readonly name: string }) => name)
  }
  return { knex, reserve, kept }
}

describe('a statement that comes all the time', () => {
  it('is kept ready by its connection, under a name that only its text has', async () => {
    const { reserve, kept } = openOne()
    expect([await reserve(), await reserve()]).toEqual([1, 1])
    expect(await kept()).toEqual([expect.stringMatching(/^campaignkit_[0-9a-f]{40}_0$/)])
  })

  it('shows its values to whoever listens to knex', async () => {
    const { knex, reserve } = openOne()
    // before its first statement a storage asks how the connections show numbers
    await reserve()
    const told: unknown[] = []
    knex.on('query', ({ sql, bindings }) => told.push({ sql, bindings }))
    await reserve()
    const [sql, bindings] = [expect.stringContaining('$6'), expect.arrayContaining([1, now])]
    expect(told).toEqual([{ sql, bindings }])
  })

  it.each([{}, { statementTimeoutMs: 5_000 }])(
    'is no longer kept where a connection does not know it again, with %j',
    async (options) => {
      const { knex, reserve, kept } = openOne(options)
      expect(await reserve()).toBe(1)
      await knex.raw('deallocate all')
      expect([await reserve(), await reserve()]).toEqual([1, 1])
      expect(await kept()).toEqual([])
    },
  )

  it('is no longer kept where a connection knows it before it was told', async () => {
    const [first, second] = [openOne(), openOne()]
    await first.reserve()
    const [name] = await first.kept()
    await second.knex.raw(`prepare ${name} as select 1`)
    expect(await second.reserve()).toBe(1)
    expect(await second.kept()).toEqual([name])
  })
})

describe('what is asked all the time is kept ready', () => {
  const calls: Readonly<Record<string, (kit: TenantKit, id: string, turn: number) => Promise<unknown>>> = {
    'a report': (kit, id) => kit.reports.campaign(id),
    'one campaign': (kit, id) => kit.campaigns.get(id),
    'a list of campaigns': (kit) => kit.campaigns.list(),
    'one event': (kit, _id, turn) =>
      kit.events.track({ key: `visit ${turn}`, type: 'visit', customerId: 'c-1' }),
  }

  it.each(Object.entries(calls))('by %s', async (what, call) => {
    const knex = test.server.connect({ connections: 1 })
    const root = createCampaignKit({
      storage: createPostgresStorage({ knex, schema: test.schema }),
      channels: { email: createRecordingChannel() },
      publicUrl: 'https://go.pizza.example',
      secrets: [{ id: '2026a', key: 'a secret of at least 16 characters' }],
    })
    const kit = root.as({ tenant: what, actor: { id: 'u-17', kind: 'user' } })
    await kit.customers.upsert([{ id: 'c-1', addresses: { email: 'c-1@example.com' } }])
    const { id } = await kit.campaigns.create({
      name: 'We miss you',
      purpose: 'transactional',
      audience: everyone(),
      messages: { email: { subject: 'We miss you', text: 'Come back.' } },
    })
    await kit.campaigns.launch(id)
    await root.worker().drain()
    // once before, as a connection asks its settings first
    await call(kit, id, 1)
    const asked: string[] = []
    knex.on('query', ({ sql }: { readonly sql: string }) => asked.push(sql))
    await call(kit, id, 2)
    knex.removeAllListeners('query')
    const reads = asked.filter((text) => /^\s*(select|with)\b/i.test(text) && !text.includes('pg_notify'))
    const { rows } = await knex.raw('select statement from pg_prepared_statements')
    const kept = new Set(rows.map(({ statement }: { readonly statement: string }) => statement))
    expect(reads).not.toEqual([])
    expect(reads.filter((text) => !kept.has(text))).toEqual([])
    await root.close()
  })
})
