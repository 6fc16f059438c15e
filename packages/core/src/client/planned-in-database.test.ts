import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import type { CustomerId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import { planStretches } from '../engine/stretches.js'
import type { CampaignInput } from '../model/campaign.js'
import type { CustomerDirectory } from '../ports/customer-directory.js'
import type { DatabasePlanner, SelfContainedPlan } from '../ports/storage/database-planner.js'
import type { Storage } from '../ports/storage/storage.js'
import { overridden } from '../testing/overridden.js'
import { sampleRun } from '../testing/samples.js'
import { createSendingWorld } from './sending.fixture.js'

function neverAsked(customers: CustomerDirectory): DatabasePlanner {
  const never = () => Promise.reject(new Error('not asked'))
  return { customers, divide: never, stretch: never, contacts: never, planAlone: never, planStretch: never }
}

const RUN = sampleRun()
const BEGUN = { phase: 'planning', planned: 10, scanned: 500 } as const

describe('A step of planning', () => {
  it('goes on with the stretches behind those that are planned, each once', async () => {
    const numbers: number[] = []
    const plan = async (_run: unknown, number: number) => {
      numbers.push(number)
      return 3
    }
    const state = await planStretches({ divide: async (run) => run, plan }, RUN, BEGUN)
    const planned = 10 + numbers.length
    expect(state).toEqual({ phase: 'planning', planned, scanned: 500 + 3 * numbers.length })
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => 10 + at))
  })

  it('ends the planning where there is no further stretch', async () => {
    const plan = async (_run: unknown, number: number) => (number < 12 ? 1 : null)
    const state = await planStretches({ divide: async (run) => run, plan }, RUN, BEGUN)
    expect(state).toEqual({ phase: 'settling' })
  })

  it('fails with what failed in any of them, when all have stopped, and begins no more', async () => {
    const begun: number[] = []
    const plan = async (_run: unknown, number: number) => {
      begun.push(number)
      if (number === 11) throw new Error('gone')
      return 1
    }
    await expect(planStretches({ divide: async (run) => run, plan }, RUN, BEGUN)).rejects.toThrow('gone')
    expect(begun.length).toBeLessThan(7)
  })
})

describe('A run whose planning another worker has begun in the database', () => {
  it('is planned page by page by a worker that cannot', async () => {
    const memory = createMemoryStorage()
    const planner: DatabasePlanner = {
      customers: memory.customers,
      divide: (scope, moved) => memory.campaigns.updateRun(scope, moved, moved.version - 1),
      stretch: () => Promise.reject(new Error('the process is dead')),
      contacts: async () => [],
      planAlone: async () => null,
      planStretch: async () => undefined,
    }
    const planning = overridden<Storage>(memory, { databasePlanner: planner })
    const dying = createSendingWorld({ storage: planning })
    await dying.kit.customers.upsert([{ id: 'c-1', addresses: { email: 'c-1@example.com' } }])
    const { id } = await dying.kit.campaigns.create({
      name: 'News',
      purpose: 'transactional',
      audience: { type: 'everyone' },
      messages: { email: { subject: 'News', text: 'News.' } },
    })
    await dying.kit.campaigns.launch(id)
    await expect(dying.root.worker().drain()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    const phase = async () => (await dying.kit.campaigns.runs(id))[0]?.freeze.phase
    expect(await phase()).toBe('planning')
    const other = createSendingWorld({ storage: memory, clock: dying.clock })
    await other.root.worker().drain()
    expect(await phase()).toBe('frozen')
    expect(await dying.kit.campaigns.get(id)).toMatchObject({ status: 'completed' })
  })
})

describe('A run that asks a rule of the host', () => {
  it('is planned page by page, by a storage that could plan it as well', async () => {
    const memory = createMemoryStorage()
    const storage = overridden<Storage>(memory, { databasePlanner: neverAsked(memory.customers) })
    const ask = async (_scope: unknown, _rule: string, customers: readonly { readonly id: CustomerId }[]) =>
      new Map(customers.map(({ id }) => [id, id !== 'c-2']))
    const { kit, root } = createSendingWorld({ storage, kit: { eligibility: { ask } } })
    await kit.customers.upsert(
      ['c-1', 'c-2'].map((id) => ({ id, addresses: { email: `${id}@example.com` } })),
    )
    const { id } = await kit.campaigns.create({
      name: 'News',
      purpose: 'transactional',
      audience: { type: 'all', of: [{ type: 'everyone' }, { type: 'eligibility', rule: 'is-member' }] },
      messages: { email: { subject: 'News', text: 'News.' } },
    })
    await kit.campaigns.launch(id)
    await root.worker().drain()
    const { counts } = await kit.campaigns.progress(id)
    expect(counts.sent).toBe(1)
  })
})

describe("A run to the customers of a directory that the host has put in the place of the storage's", () => {
  it('is planned from that directory, page by page', async () => {
    const memory = createMemoryStorage()
    const storage = overridden<Storage>(memory, {
      customers: overridden(memory.customers, {}),
      databasePlanner: neverAsked(memory.customers),
    })
    const { kit, root } = createSendingWorld({ storage })
    await kit.customers.upsert([{ id: 'c-1', addresses: { email: 'c-1@example.com' } }])
    const { id } = await kit.campaigns.create({
      name: 'News',
      purpose: 'transactional',
      audience: { type: 'everyone' },
      messages: { email: { subject: 'News', text: 'News.' } },
    })
    await kit.campaigns.launch(id)
    await root.worker().drain()
    expect((await kit.campaigns.progress(id)).counts.sent).toBe(1)
  })
})

/** A storage that finds so many stretches of one customer, and plans alone all but some. */
function plansAlone(stretches: number, isKnown: (number: number) => boolean = () => true) {
  const memory = createMemoryStorage()
  const customers = overridden(memory.customers, { keepAddressKeys: async () => 0 })
  const alone: number[] = []
  const asked: number[] = []
  const plans: SelfContainedPlan[] = []
  const sizes: number[] = []
  const planner: DatabasePlanner = {
    customers,
    divide: async (scope, moved, _plan, size) => {
      sizes.push(size)
      await memory.campaigns.updateRun(scope, moved, moved.version - 1)
    },
    stretch: async (_scope, _runId, number) =>
      number < stretches ? { number, after: `c-${number}` as CustomerId, upTo: null } : null,
    contacts: async (_scope, _plan, { number }) => {
      asked.push(number)
      return []
    },
    planAlone: async (_scope, _run, plan, { number }) => {
      plans.push(plan)
      alone.push(number)
      return isKnown(number) ? 1 : null
    },
    planStretch: async () => undefined,
  }
  const storage = overridden<Storage>(memory, { customers, databasePlanner: planner })
  return { storage, alone, asked, plans, sizes }
}

const NEWS = {
  name: 'News',
  purpose: 'transactional',
  audience: { type: 'everyone' },
  messages: { email: { subject: 'News', text: 'News.' } },
} as const

async function runWith(storage: Storage, more: Partial<CampaignInput> = {}): Promise<void> {
  const { kit, root, clock } = createSendingWorld({
    storage,
    kit: {
      secrets: [
        { id: 'new', key: 'a secret of the pizzeria, long enough' },
        { id: 'old', key: 'an older one of them, as long as that' },
      ],
      tenants: () => ({
        globalHoldout: { share: 0.25, salt: 'of the tenant' },
        exclusionGroups: { spring: { salt: 'of the spring' } },
      }),
    },
  })
  const { id } = await kit.campaigns.create({ ...NEWS, ...more })
  await kit.campaigns.launch(id)
  await root.worker().drain()
  // of those that begin later
  await clock.advance(2 * DAY_MS)
  await root.worker().drain()
}

describe('A run in which all stand alike', () => {
  it('is planned by the storage alone, which is given secrets by their ids and gates by their hashes', async () => {
    const { storage, alone, asked, plans } = plansAlone(5)
    await runWith(storage, { exclusionGroup: { name: 'spring', slots: { from: 0, to: 500 } } })
    expect(alone.toSorted()).toEqual([0, 1, 2, 3, 4])
    expect(asked).toEqual([])
    expect(plans[0]).toMatchObject({
      secretIds: ['new', 'old'],
      standing: { arm: null, lane: '', labels: [] },
      hashGates: [
        { exclusion: 'globalHoldout', from: 2 ** 51, to: 2 ** 53 },
        { exclusion: 'otherCampaign', from: 0, to: 2 ** 52 },
      ],
    })
    expect(JSON.stringify(plans)).not.toContain('of the pizzeria')
  })

  it('is planned with the engine where the storage does not know enough, and alone again some stretches on', async () => {
    const { storage, alone, asked } = plansAlone(35, (number) => number !== 3)
    await runWith(storage)
    expect(asked).toContain(3)
    expect(asked).toContain(15)
    expect(alone).toContain(34)
    expect(alone.filter((number) => number > 5 && number < 20)).toEqual([])
    const planned = [...alone.filter((number) => number !== 3), ...asked]
    expect(planned.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 35 }, (_, at) => at))
  })
})

describe('A run that is planned with the engine, stretch by stretch', () => {
  it.each<[string, Partial<CampaignInput>]>([
    ['in zones of their own', { schedule: { type: 'once', at: '2026-03-02T15:00', zone: 'recipient' } }],
    [
      'to some who may come back',
      {
        schedule: { type: 'recurring', every: 'day', at: '15:00', until: Date.UTC(2026, 2, 2) },
        experiment: { variants: [{ name: 'plain' }, { name: 'emoji' }], minContacts: 1 },
      },
    ],
  ])('is one %s', async (_name, more) => {
    const { storage, alone, asked } = plansAlone(2)
    await runWith(storage, more)
    expect(alone).toEqual([])
    expect(asked).toContain(1)
  })

  it('is one whose customers have no keys beside their addresses', async () => {
    const { storage, alone, asked, sizes } = plansAlone(2)
    const customers = overridden(storage.customers, { keepAddressKeys: null })
    const planner = { ...(storage.databasePlanner as DatabasePlanner), customers }
    await runWith(overridden<Storage>(storage, { customers, databasePlanner: planner }))
    expect(alone).toEqual([])
    expect(asked.toSorted()).toEqual([0, 1])
    const other = plansAlone(1)
    await runWith(other.storage)
    expect(sizes[0]).toBeLessThan(other.sizes[0] ?? 0)
  })
})
