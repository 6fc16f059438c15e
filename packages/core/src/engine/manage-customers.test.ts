import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { allowAll } from '../access/policy.js'
import { createCalendar } from '../defaults/calendar.js'
import type { CustomerInput } from '../model/customer.js'
import { createManualClock } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { sampleScope } from '../testing/samples.js'
import { createSequentialIds } from '../testing/sequential-ids.js'
import type { EngineContext } from './context.js'
import { getCustomer, listCustomers, upsertCustomers } from './manage-customers.js'
import { sampleSettings } from './settings.fixture.js'

const scope = sampleScope()

function newContext(parts: Partial<EngineContext> = {}): EngineContext {
  const context: Partial<EngineContext> = {
    storage: createMemoryStorage(),
    clock: createManualClock(),
    ids: createSequentialIds(),
    calendar: createCalendar(),
    access: allowAll,
    settings: sampleSettings(),
    ...parts,
  }
  return context as EngineContext
}

describe('writing customers', () => {
  it('creates, then changes what is named and keeps the rest', async () => {
    const context = newContext()
    const first = {
      id: 'c-1',
      firstName: 'Ada',
      addresses: { email: 'Ada@Mail.Example' },
      tags: ['VIP '],
      timeZone: 'Europe/Rome',
    }
    expect(await upsertCustomers(context, scope, [first, { id: 'c-2' }])).toEqual({ created: 2, updated: 0 })
    const change = { id: 'c-1', facts: { orderCount: 2 }, addresses: { phone: '+390612345678' } }
    expect(await upsertCustomers(context, scope, [change])).toEqual({ created: 0, updated: 1 })
    expect(await getCustomer(context, scope, 'c-1')).toEqual({
      id: 'c-1',
      firstName: 'Ada',
      addresses: { email: 'Ada@Mail.Example', phone: '+390612345678' },
      tags: ['vip'],
      facts: { orderCount: 2 },
      timeZone: 'Europe/Rome',
      attributes: {},
    })
  })

  it('applies an input that repeats an id after the earlier one', async () => {
    const context = newContext()
    const inputs = [
      { id: 'c-1', firstName: 'Ada', locale: 'it' },
      { id: 'c-1', firstName: 'Bea' },
    ]
    expect(await upsertCustomers(context, scope, inputs)).toEqual({ created: 1, updated: 1 })
    expect(await getCustomer(context, scope, 'c-1')).toMatchObject({ firstName: 'Bea', locale: 'it' })
  })

  it('journals one entry with counts and nothing of the customers', async () => {
    const context = newContext()
    await upsertCustomers(context, scope, [{ id: 'ada@mail.example' }, { id: 'c-2' }])
    const { items } = await context.storage.journal.list(scope, {}, { cursor: null, limit: 10 })
    expect(items).toMatchObject([
      {
        action: 'customers.upsert',
        actor: scope.actor,
        subject: { type: 'customers', id: 'all' },
        reason: null,
        before: null,
        after: { customers: 2 },
      },
    ])
    expect(JSON.stringify(items)).not.toContain('ada')
  })

  it('does nothing for an empty list', async () => {
    const context = newContext()
    expect(await upsertCustomers(context, scope, [])).toEqual({ created: 0, updated: 0 })
    expect((await context.storage.journal.list(scope, {}, { cursor: null, limit: 10 })).items).toEqual([])
  })

  it.each([
    ['INVALID_INPUT', '[1].addresses.email', { id: 'c-2', addresses: { email: 'nobody' } }],
    ['INVALID_INPUT', '[1].addresses.phone', { id: 'c-2', addresses: { phone: '06 1234' } }],
    ['INVALID_INPUT', '[1].id', { id: '' }],
    ['INVALID_INPUT', '[1]', null],
    ['UNKNOWN_FIELD', '[1].name', { id: 'c-2', name: 'Bea' }],
    ['TIME_ZONE_UNKNOWN', '[1].timeZone', { id: 'c-2', timeZone: 'Europe/Atlantis' }],
  ])('refuses with %s at %s and stores nothing of the call', async (code, path, wrong) => {
    const context = newContext()
    const inputs = [{ id: 'c-1' }, wrong as CustomerInput]
    await expect(upsertCustomers(context, scope, inputs)).rejects.toMatchObject({ code, path })
    expect((await listCustomers(context, scope)).items).toEqual([])
  })

  it('refuses more than 10,000 at once, and what is no list', async () => {
    const context = newContext()
    const many = Array.from({ length: 10_001 }, (_, index) => ({ id: `c-${index}` }))
    for (const inputs of [many, { length: 1 } as unknown as CustomerInput[]]) {
      await expect(upsertCustomers(context, scope, inputs)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
  })

  it('passes on that a directory is not writable', async () => {
    const storage = createMemoryStorage()
    const customers = overridden(storage.customers, { upsert: () => Promise.reject(new Error('read only')) })
    const context = newContext({ storage: overridden(storage, { customers }) })
    await expect(upsertCustomers(context, scope, [{ id: 'c-1' }])).rejects.toThrow('read only')
  })
})

describe('reading customers', () => {
  it('refuses an id that nobody has, also when another tenant has it', async () => {
    const context = newContext()
    await upsertCustomers(context, sampleScope('other'), [{ id: 'c-1' }])
    await expect(getCustomer(context, scope, 'c-1')).rejects.toMatchObject({ code: 'CUSTOMER_NOT_FOUND' })
    await expect(getCustomer(context, scope, '')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path: 'customerId',
    })
  })

  it('lists them page by page, each once, in order of their ids', async () => {
    const context = newContext()
    await upsertCustomers(
      context,
      scope,
      ['b', 'a', 'é', 'c', 'B'].map((id) => ({ id })),
    )
    const seen: string[] = []
    let cursor: string | null = null
    let pages = 0
    do {
      const page: Awaited<ReturnType<typeof listCustomers>> = await listCustomers(context, scope, {
        cursor,
        limit: 2,
      })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
      pages += 1
    } while (cursor !== null)
    expect(seen).toEqual(['B', 'a', 'b', 'c', 'é'])
    expect(pages).toBe(3)
  })

  it('ends with the page that holds the last, full or empty', async () => {
    const context = newContext()
    expect(await listCustomers(context, scope)).toEqual({ items: [], nextCursor: null })
    await upsertCustomers(context, scope, [{ id: 'a' }, { id: 'b' }])
    expect((await listCustomers(context, scope, { limit: 2 })).nextCursor).toBeNull()
  })

  it.each([
    ['limit', { limit: 0 }],
    ['cursor', { cursor: 'a\u0000' }],
  ])('refuses a wrong %s', async (path, page) => {
    await expect(listCustomers(newContext(), scope, page)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path,
    })
  })
})

describe('an actor without leave', () => {
  it('neither writes nor reads customers', async () => {
    const asked: string[] = []
    const context = newContext({
      access: (_scope, action) => {
        asked.push(action)
        return false
      },
    })
    const denied = { code: 'FORBIDDEN' }
    await expect(upsertCustomers(context, scope, [{ id: 'c-1' }])).rejects.toMatchObject(denied)
    await expect(getCustomer(context, scope, 'c-1')).rejects.toMatchObject(denied)
    await expect(listCustomers(context, scope)).rejects.toMatchObject(denied)
    expect(asked).toEqual(['customer.write', 'customer.read', 'customer.read'])
  })
})
