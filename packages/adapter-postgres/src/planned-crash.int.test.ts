import { type CampaignKit, createCampaignKit, type TenantKit } from '@campaignkit/core'
import type { CampaignId, Member, Run, Storage } from '@campaignkit/core/adapter'
import {
  createCrashingStorage,
  createCrashPoint,
  createManualClock,
  createRecordingChannel,
  sampleScope,
} from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PostgresStorage } from './create-postgres-storage.js'
import { openTestStorage, START_MS } from './test-storage.fixture.js'

/** More than one stretch has. */
const CUSTOMERS = 1_200
const SECRET = { id: '2026a', key: 'a secret of the pizzeria, long enough' }
/** Tenants by the secret under which their customers were written: the database plans alone, or it asks the engine. */
const WRITTEN_UNDER = { alone: SECRET, asked: { ...SECRET, id: '2025' } }
type Tenant = keyof typeof WRITTEN_UNDER
const MOST_TURNS = 40
/** After which whatever a dead worker held is free again. */
const LONG_MS = 3_600_000

const clock = createManualClock()
let storage: PostgresStorage
let stop: () => Promise<void>

beforeAll(async () => {
  ;({ storage, stop } = await openTestStorage())
  for (const tenant of ['alone', 'asked'] as const)
    await kitOn(storage, tenant, WRITTEN_UNDER[tenant]).kit.customers.upsert(
      Array.from({ length: CUSTOMERS }, (_, at) => ({
        id: `c-${at}`,
        // every hundredth has the address of the one before
        addresses: { email: `c-${at % 100 === 99 ? at - 1 : at}@example.com` },
      })),
    )
}, START_MS)

afterAll(() => stop())

/** A process of its own. */
function kitOn(
  on: Storage,
  tenant: Tenant,
  secret = SECRET,
): { readonly root: CampaignKit; readonly kit: TenantKit } {
  const root = createCampaignKit({
    storage: on,
    channels: { email: createRecordingChannel() },
    publicUrl: 'https://go.pizza.example',
    secrets: [secret],
    clock,
  })
  const { actor } = sampleScope(tenant)
  return { root, kit: root.as({ tenant, actor: { ...actor, roles: [...actor.roles] } }) }
}

async function launch(kit: TenantKit, name: string): Promise<CampaignId> {
  const { id } = await kit.campaigns.create({
    name,
    purpose: 'transactional',
    audience: { type: 'everyone' },
    messages: { email: { subject: 'News', text: 'News.' } },
    experiment: { variants: [{ name: 'plain' }, { name: 'emoji' }], minContacts: 1 },
  })
  await kit.campaigns.launch(id)
  return id
}

async function runOf(tenant: Tenant, id: CampaignId): Promise<Run> {
  const [run] = await storage.campaigns.runsOf(sampleScope(tenant), id)
  if (run === undefined) throw new Error('no run')
  return run
}

/** Takes turns until the run is frozen, and none in which something would be sent. */
async function freeze(root: CampaignKit, tenant: Tenant, id: CampaignId): Promise<void> {
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    if ((await runOf(tenant, id)).freeze.phase === 'frozen') return
    await root.worker().tick()
  }
  throw new Error('the run is not frozen')
}

/** Dies at a call. @returns in which phase the run was, and null when the process lived to see it frozen */
async function dieAt(
  tenant: Tenant,
  id: CampaignId,
  at: number,
  when: 'before' | 'after',
): Promise<string | null> {
  const crash = createCrashPoint({ at, when })
  const { root } = kitOn(createCrashingStorage(storage, crash), tenant)
  await freeze(root, tenant, id).catch((thrown: unknown) => {
    if (!crash.crashed) throw thrown
  })
  return crash.crashed ? (await runOf(tenant, id)).freeze.phase : null
}

async function membersOf(tenant: Tenant, id: CampaignId): Promise<readonly Member[]> {
  const { id: runId } = await runOf(tenant, id)
  const page = { cursor: null, limit: CUSTOMERS + 1 }
  return (await storage.audience.list(sampleScope(tenant), runId, {}, page)).items
}

describe('A worker that dies while the database plans', () => {
  it.each([
    ['before', 'alone'],
    ['after', 'alone'],
    ['before', 'asked'],
    ['after', 'asked'],
  ] as const)(
    'leaves the audience that it would have made, dying %s a call (%s)',
    async (when, tenant) => {
      const { root, kit } = kitOn(storage, tenant)
      const phases = new Set<string>()
      for (let at = 1; ; at += 1) {
        const id = await launch(kit, `News, dying ${when} ${at}`)
        const phase = await dieAt(tenant, id, at, when)
        await clock.advance(LONG_MS)
        await freeze(root, tenant, id)
        const members = await membersOf(tenant, id)
        expect(new Set(members.map(({ customerId }) => customerId)).size).toBe(CUSTOMERS)
        const reached = members.filter(({ exclusion }) => exclusion === null)
        expect(members.length - reached.length).toBe(CUSTOMERS / 100)
        const ranks = reached.map(({ rank }) => rank ?? -1).sort((left, right) => left - right)
        expect(ranks).toEqual(Array.from({ length: reached.length }, (_, rank) => rank))
        expect(reached.filter(({ arm }) => arm === 'plain')).toHaveLength(reached.length / 2)
        const { total } = await kit.campaigns.progress(id)
        expect(total).toBe(reached.length)
        await kit.campaigns.cancel(id, 'it was looked at')
        if (phase === null) break
        phases.add(phase)
      }
      expect([...phases]).toEqual(expect.arrayContaining(['matching', 'planning', 'settling', 'ranking']))
    },
    300_000,
  )
})
