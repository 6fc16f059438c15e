import {
  CampaignKitError,
  type CustomerPatch,
  DEFAULT_PRIORITY,
  perMinute,
  type Storage,
} from '@campaignkit/core/adapter'
import {
  brokenJobQueues,
  brokenRateLimiters,
  brokenStorages,
  ConformanceFailure,
  casesFor,
  createCrashingStorage,
  createCrashPoint,
  createManualClock,
  jobQueueConformance,
  rateLimiterConformance,
  SAMPLE_NOW,
  SimulatedCrash,
  type StorageSubject,
  sampleCampaign,
  sampleJournalEntry,
  sampleRun,
  sampleScope,
  sampleSegment,
  storageConformance,
  storageHas,
} from '@campaignkit/core/testing'
import { describe, expect, it } from 'vitest'
import { createMemoryJobQueue } from './job-queue.js'
import { createMemoryRateLimiter } from './rate-limiter.js'
import { createMemoryStorage } from './storage.js'

const limit = { key: 'one', pace: perMinute(1), sharedByTenants: false }
const tenants = { ours: sampleScope(), theirs: sampleScope('trattoria') }

describe('broken storages', () => {
  it.each(brokenStorages)('one that $name is caught by "$caughtBy"', async ({ caughtBy, wrap }) => {
    const storage = wrap(createMemoryStorage())
    const conformance = casesFor(storageConformance, storageHas(storage)).find(
      ({ name }) => name === caughtBy,
    )
    const failure = await conformance?.run({ storage, ...tenants }).catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(ConformanceFailure)
    expect(failure).toMatchObject({ caseName: caughtBy })
  })

  it('are broken by the wrapper alone', async () => {
    for (const { caughtBy } of brokenStorages) {
      const storage = createMemoryStorage()
      const conformance = casesFor(storageConformance, storageHas(storage)).find(
        ({ name }) => name === caughtBy,
      )
      await conformance?.run({ storage, ...tenants })
    }
  })

  it('leave alone what a storage does not have', () => {
    for (const { wrap } of brokenStorages) {
      expect(wrap({ ...createMemoryStorage(), announcements: null }).announcements).toBeNull()
    }
  })

  it('leave no store without one', () => {
    const stores = new Set(brokenStorages.map(({ caughtBy }) => caughtBy.split(/[.:]/)[0]))
    const named = new Set(storageConformance.map(({ name }) => name.split(/[.:]/)[0]))
    named.delete('storage')
    // of planners that this storage does not have: `brokenPlanners`
    named.delete('databasePlanner')
    expect(stores).toEqual(named)
  })
})

describe('the cases', () => {
  it('have names of their own', () => {
    const names = storageConformance.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('leave no method of a store without one', () => {
    const methods = Object.entries(createMemoryStorage())
      .filter(
        ([name]) =>
          !['capabilities', 'announcements', 'databasePlanner', 'enlist', 'dueIndex'].includes(name),
      )
      .flatMap(([name, store]) => Object.keys(store).map((method) => `${name}.${method}`))
      .filter((method) => method !== 'customers.writable')
    expect(methods.length).toBeGreaterThan(50)
    const named = new Set(storageConformance.map(({ name }) => name.split(':')[0]))
    expect(methods.filter((method) => !named.has(method))).toEqual([])
  })
})

describe('broken rate limiters', () => {
  it.each(brokenRateLimiters)('one that $name is caught by "$caughtBy"', async ({ caughtBy, wrap }) => {
    const conformance = rateLimiterConformance.find(({ name }) => name === caughtBy)
    const run = (limiter = createMemoryRateLimiter()) => conformance?.run({ limiter, ...tenants })
    await run()
    const failure = await run(wrap(createMemoryRateLimiter()))?.catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(ConformanceFailure)
    expect(failure).toMatchObject({ caseName: caughtBy })
  })
})

describe('broken job queues', () => {
  it.each(brokenJobQueues)('one that $name is caught by "$caughtBy"', async ({ caughtBy, wrap }) => {
    const conformance = jobQueueConformance.find(({ name }) => name === caughtBy)
    const run = (isBroken: boolean) => {
      const clock = createManualClock()
      const queue = createMemoryJobQueue({ clock })
      const pass = (ms: number) => clock.advance(ms)
      return conformance?.run({
        ...tenants,
        queue: isBroken ? wrap(queue) : queue,
        now: () => clock.now(),
        pass,
      })
    }
    await run(false)
    const failure = await run(true)?.catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(ConformanceFailure)
    expect(failure).toMatchObject({ caseName: caughtBy })
  })
})

describe('the absence of a capability', () => {
  const subjectOf = (members: Partial<Storage>, more: Partial<StorageSubject> = {}): StorageSubject => ({
    storage: { ...createMemoryStorage(), ...members },
    ...tenants,
    ...more,
  })

  function readOnlySubject(): StorageSubject {
    const { customers } = createMemoryStorage()
    const refuse = () =>
      Promise.reject(new CampaignKitError('DIRECTORY_READ_ONLY', 'The host owns these customers'))
    const seedCustomers: StorageSubject['seedCustomers'] = async (scope, seeds) => {
      await customers.upsert(scope, seeds as CustomerPatch[], sampleJournalEntry({ id: 'seed' }))
    }
    return subjectOf(
      {
        customers: {
          ...customers,
          writable: false,
          // the events of these customers are another storage's
          scanMatching: null,
          upsert: refuse,
          reseal: refuse,
          erase: refuse,
        },
      },
      { seedCustomers },
    )
  }
  const silentSubject = () =>
    subjectOf({
      capabilities: { durable: false, announces: false, enlists: false, plansInDatabase: false },
      announcements: null,
    })
  function durableSubject(): StorageSubject {
    const subject = subjectOf({
      capabilities: { durable: true, announces: true, enlists: false, plansInDatabase: false },
    })
    return { ...subject, reopen: async () => subject.storage }
  }

  it.each([
    ['a directory that is not writable', readOnlySubject],
    ['no announcements', silentSubject],
    ['durability', durableSubject],
  ])('changes which cases apply, and all of those hold: %s', async (_what, fresh) => {
    for (const { run } of casesFor(storageConformance, storageHas(fresh().storage))) await run(fresh())
  })

  it('is noticed when a storage that calls itself durable forgets', async () => {
    const conformance = storageConformance.find(({ needs }) => needs.includes('durable'))
    const forgetful = { ...durableSubject(), reopen: async () => createMemoryStorage() }
    await expect(conformance?.run(forgetful)).rejects.toThrow(ConformanceFailure)
    await expect(conformance?.run(subjectOf({}))).rejects.toThrow('a subject that can be reopened')
  })
})

describe('a process that dies', () => {
  it.each(['before', 'after'] as const)(
    'leaves what it wrote to the next one, dying %s a call',
    async (when) => {
      const storage = createMemoryStorage()
      const crash = createCrashPoint({ at: 2, when })
      const dying = createCrashingStorage(storage, crash)
      const { ours } = tenants
      await dying.journal.append(ours, sampleJournalEntry())
      await expect(
        dying.segments.put(ours, sampleSegment(), null, sampleJournalEntry({ id: 'j-2' })),
      ).rejects.toThrow(SimulatedCrash)
      await expect(dying.dueIndex.due({ limit: 1, now: 0 })).rejects.toThrow(SimulatedCrash)
      await expect(dying.announcements?.sequence(ours, sampleCampaign().id)).rejects.toThrow(SimulatedCrash)
      const limiter = dying.rateLimiter(createManualClock())
      await expect(limiter.postpone(ours, limit, SAMPLE_NOW)).rejects.toThrow(SimulatedCrash)
      const queue = dying.jobQueue(createManualClock())
      await expect(queue.ring(ours, sampleRun().id, SAMPLE_NOW, DEFAULT_PRIORITY)).rejects.toThrow(
        SimulatedCrash,
      )
      expect(dying.capabilities).toEqual(storage.capabilities)
      expect(crash.calls).toBe(2)
      const written = await storage.segments.get(ours, [sampleSegment().name])
      expect(written).toHaveLength(when === 'after' ? 1 : 0)
    },
  )

  it('has no announcements when its storage has none', () => {
    const storage = { ...createMemoryStorage(), announcements: null }
    expect(
      createCrashingStorage(storage, createCrashPoint({ at: 1, when: 'before' })).announcements,
    ).toBeNull()
  })
})
