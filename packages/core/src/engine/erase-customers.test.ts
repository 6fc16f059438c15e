import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { allowAll } from '../access/policy.js'
import type { CustomerId } from '../base/ids.js'
import { addressKeysOf } from '../consent/address-key.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { customerPatchSchema } from '../model/customer.js'
import { parseInput } from '../model/parse.js'
import type { Storage } from '../ports/storage/storage.js'
import { createCrashingStorage, createCrashPoint, SimulatedCrash } from '../testing/crash.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { sampleEvent, sampleJournalEntry, sampleScope } from '../testing/samples.js'
import { createSequentialIds } from '../testing/sequential-ids.js'
import type { EngineContext, EngineSettings } from './context.js'
import { eraseCustomers } from './erase-customers.js'

type Secret = EngineSettings['secrets'][number]

const scope = sampleScope()
const secret: Secret = { id: '2026', key: 'the current secret of the host' }
const ids = ['ada', 'bea'] as CustomerId[]

function newContext(storage: Storage, parts: Partial<EngineContext> = {}): EngineContext {
  const settings: Partial<EngineSettings> = { secrets: [secret] }
  const context: Partial<EngineContext> = {
    storage,
    clock: createManualClock(),
    ids: createSequentialIds(),
    access: allowAll,
    settings: settings as EngineSettings,
    ...parts,
  }
  return context as EngineContext
}

/** A storage with two customers, an event of each, and one who stays. */
async function seeded(): Promise<Storage> {
  const storage = createMemoryStorage()
  const customers = [
    { id: 'ada', addresses: { email: 'Ada@Mail.Example', phone: '+390612345678', push: 'tok' } },
    { id: 'bea' },
    { id: 'stays', addresses: { email: 'stays@mail.example' } },
  ].map((input) => parseInput(customerPatchSchema, input))
  await storage.customers.upsert(scope, customers, sampleJournalEntry({ id: 'seed' }))
  await storage.events.append(
    scope,
    ['ada', 'bea', 'stays'].map((customerId) => sampleEvent({ key: `click of ${customerId}`, customerId })),
  )
  return storage
}

async function suppressedOn(storage: Storage, channel: ChannelKind, address: string) {
  const found = await storage.consents.suppressed(scope, addressKeysOf([secret], channel, address))
  return found.filter((suppression) => suppression.channel === channel)
}

async function expectErased(storage: Storage): Promise<void> {
  expect((await storage.customers.scan(scope, { after: null, limit: 10 })).map(({ id }) => id)).toEqual([
    'stays',
  ])
  for (const [channel, address] of [
    ['email', 'ada@mail.example'],
    ['sms', '+390612345678'],
    ['whatsapp', '+390612345678'],
    ['push', 'tok'],
    ['in-app', 'ada'],
    ['web', 'bea'],
  ] as const) {
    expect(await suppressedOn(storage, channel, address)).toMatchObject([
      { reason: 'erased', since: SAMPLE_NOW },
    ])
  }
  expect(await suppressedOn(storage, 'email', 'stays@mail.example')).toEqual([])
  expect(await storage.events.ofCustomer(scope, 'ada' as CustomerId)).toEqual([])
  expect(await storage.events.ofCustomer(scope, 'stays' as CustomerId)).toHaveLength(1)
}

describe('erasing customers', () => {
  it('suppresses every address, takes them out of their events, and deletes them', async () => {
    const storage = await seeded()
    const done = await eraseCustomers(
      newContext(storage),
      scope,
      [...ids, 'nobody', 'ada'],
      'asked to be forgotten',
    )
    expect(done).toEqual({ found: 2, erased: 2 })
    await expectErased(storage)
    expect(await storage.events.counters(scope, sampleEvent().attributions[0]!.campaignId)).not.toEqual([])
  })

  it('journals counts and the reason, and nothing of the customers', async () => {
    const storage = await seeded()
    await eraseCustomers(newContext(storage), scope, ids, 'asked to be forgotten')
    const { items } = await storage.journal.list(scope, {}, { cursor: null, limit: 10 })
    const entries = items.filter(({ id }) => id !== 'seed')
    expect(entries).toMatchObject([
      {
        action: 'addresses.suppress',
        reason: 'asked to be forgotten',
        after: { customers: 2, addresses: 12 },
      },
      { action: 'consents.forget', reason: 'asked to be forgotten', after: { customers: 2 } },
      { action: 'customers.erase', reason: 'asked to be forgotten', after: { customers: 2 } },
    ])
    expect(JSON.stringify(entries)).not.toMatch(/ada|bea|mail\.example|3906/)
  })

  it('is completed by a second call after a crash at any of its steps', async () => {
    for (const when of ['before', 'after'] as const) {
      let at = 0
      let crash = createCrashPoint({ at: 1, when })
      do {
        at += 1
        const storage = await seeded()
        crash = createCrashPoint({ at, when })
        const dying = newContext(createCrashingStorage(storage, crash))
        const first = eraseCustomers(dying, scope, ids, 'asked to be forgotten')
        if (at <= 6) await expect(first).rejects.toThrow(SimulatedCrash)
        else await first
        await eraseCustomers(newContext(storage, { ids: createSequentialIds('again-') }), scope, ids, 'again')
        await expectErased(storage)
      } while (crash.crashed)
      expect(at).toBe(7)
    }
  })

  it('forgets what it can when the directory is the host’s own', async () => {
    const memory = await seeded()
    const storage = overridden(memory, { customers: overridden(memory.customers, { writable: false }) })
    expect(await eraseCustomers(newContext(storage), scope, ids, 'asked')).toEqual({ found: 2, erased: 0 })
    expect(await suppressedOn(storage, 'email', 'ada@mail.example')).toHaveLength(1)
    expect(await storage.events.ofCustomer(scope, 'ada' as CustomerId)).toEqual([])
  })

  it('works through thousands in steps, and stops between them when it is aborted', async () => {
    const storage = createMemoryStorage()
    const many = Array.from({ length: 2_500 }, (_, index) => `c-${index}`)
    await storage.customers.upsert(
      scope,
      many.map((id) => parseInput(customerPatchSchema, { id })),
      sampleJournalEntry(),
    )
    const abort = new AbortController()
    const events = overridden(storage.events, {
      forget: async (of, customerIds) => {
        await storage.events.forget(of, customerIds)
        abort.abort()
      },
    })
    const stopping = newContext(overridden(storage, { events }))
    await expect(
      eraseCustomers(stopping, scope, many, 'closing down', { signal: abort.signal }),
    ).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await storage.customers.scan(scope, { after: null, limit: 10_000 })).toHaveLength(1_500)
    const context = newContext(storage, { ids: createSequentialIds('again-') })
    expect(await eraseCustomers(context, scope, many, 'closing down')).toEqual({
      found: 1_500,
      erased: 1_500,
    })
  })

  it('does nothing for an empty list', async () => {
    const storage = await seeded()
    expect(await eraseCustomers(newContext(storage), scope, [], 'no reason')).toEqual({ found: 0, erased: 0 })
  })

  it.each([
    ['customerIds[1]', ['ada', 'x\u0000'], 'asked'],
    ['customerIds', 'ada' as unknown as string[], 'asked'],
    ['reason', ['ada'], ' '],
  ])('refuses a wrong %s and erases nobody', async (path, customerIds, reason) => {
    const storage = await seeded()
    const erasing = eraseCustomers(newContext(storage), scope, customerIds, reason)
    await expect(erasing).rejects.toMatchObject({ code: 'INVALID_INPUT', path })
    expect(await storage.customers.get(scope, ids)).toHaveLength(2)
  })

  it('needs leave, and never touches another tenant', async () => {
    const storage = await seeded()
    const erasing = eraseCustomers(newContext(storage, { access: () => false }), scope, ids, 'asked')
    await expect(erasing).rejects.toMatchObject({ code: 'FORBIDDEN', details: { action: 'customer.erase' } })
    await eraseCustomers(newContext(storage), sampleScope('other'), ids, 'asked')
    expect(await storage.customers.get(scope, ids)).toHaveLength(2)
  })
})
