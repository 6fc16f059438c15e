import { type CampaignKitOptions, createCampaignKit, type TenantKit } from '@campaignkit/core'
import type { DatabasePlanner, Storage } from '@campaignkit/core/adapter'
import { createManualClock, createRecordingChannel, sampleScope } from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PostgresStorage } from './create-postgres-storage.js'
import { openTestStorage, START_MS } from './test-storage.fixture.js'

const OLD = { id: '2025', key: 'the secret of last year, long enough' }
const NEW = { id: '2026a', key: 'a secret of the pizzeria, long enough' }
const CUSTOMERS = 5_000

let storage: PostgresStorage
let stop: () => Promise<void>
let campaigns = 0

beforeAll(async () => {
  ;({ storage, stop } = await openTestStorage())
}, START_MS)

afterAll(() => stop())

/** A tenant under some secrets, and how the stretches of its runs are planned. */
function shopWith(tenant: string, secrets: CampaignKitOptions['secrets']) {
  const stretches = { alone: 0, asked: 0 }
  const planner = storage.databasePlanner as DatabasePlanner
  const counting: DatabasePlanner = {
    ...planner,
    planAlone: async (...given) => {
      const planned = await planner.planAlone(...given)
      if (planned !== null) stretches.alone += 1
      return planned
    },
    planStretch: async (...given) => {
      stretches.asked += 1
      await planner.planStretch(...given)
    },
  }
  const root = createCampaignKit({
    storage: { ...storage, databasePlanner: counting } satisfies Storage,
    channels: { email: createRecordingChannel() },
    publicUrl: 'https://go.pizza.example',
    secrets,
    clock: createManualClock(),
  })
  const { actor } = sampleScope(tenant)
  const kit = root.as({ tenant, actor: { ...actor, roles: [...actor.roles] } })
  return { root, kit, stretches }
}

async function write(kit: TenantKit, count: number): Promise<void> {
  await kit.customers.upsert(
    Array.from({ length: count }, (_, at) => ({
      id: `c-${at}`,
      addresses: { email: `c-${at}@example.com` },
    })),
  )
}

/** How many a campaign to everybody reaches, once it is frozen. */
async function reached({ root, kit }: ReturnType<typeof shopWith>): Promise<number> {
  campaigns += 1
  const { id } = await kit.campaigns.create({
    name: `News ${campaigns}`,
    purpose: 'transactional',
    audience: { type: 'everyone' },
    messages: { email: { subject: 'News', text: 'News.' } },
  })
  await kit.campaigns.launch(id)
  while ((await kit.campaigns.runs(id))[0]?.freeze.phase !== 'frozen') await root.worker().tick()
  const { total } = await kit.campaigns.progress(id)
  await kit.campaigns.cancel(id, 'it was looked at')
  return total
}

describe('Customers whom the kit has written', () => {
  it('are planned by the database alone', async () => {
    const shop = shopWith('many', [NEW])
    await write(shop.kit, CUSTOMERS)
    expect(await reached(shop)).toBe(CUSTOMERS)
    expect(shop.stretches).toEqual({ alone: 2, asked: 0 })
  }, 60_000)

  it('are planned with the engine after the secrets were rotated, until they are resealed', async () => {
    const before = shopWith('rotated', [OLD])
    await write(before.kit, 10)
    expect(await reached(before)).toBe(10)
    expect(before.stretches).toEqual({ alone: 1, asked: 0 })
    const after = shopWith('rotated', [NEW, OLD])
    expect(await reached(after)).toBe(10)
    expect(after.stretches).toEqual({ alone: 0, asked: 1 })
    expect(await after.kit.maintenance.reseal()).toMatchObject({ resealed: 0, rekeyed: 10 })
    expect(await after.kit.maintenance.reseal()).toMatchObject({ resealed: 0, rekeyed: 0 })
    expect(await reached(after)).toBe(10)
    expect(after.stretches).toEqual({ alone: 1, asked: 1 })
  })

  it('are planned with the engine beside one whose id has letters of which Unicode knows two forms', async () => {
    const shop = shopWith('letters', [NEW])
    await write(shop.kit, 10)
    await shop.kit.customers.upsert([{ id: 'e\u0301', addresses: { email: 'e@example.com' } }])
    expect(await reached(shop)).toBe(11)
    expect(shop.stretches).toEqual({ alone: 0, asked: 1 })
  })
})
