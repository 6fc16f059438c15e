import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import type { CustomerId } from '../base/ids.js'
import { planStretches } from '../engine/stretches.js'
import type { CustomerDirectory } from '../ports/customer-directory.js'
import type { DatabasePlanner } from '../ports/storage/database-planner.js'
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
