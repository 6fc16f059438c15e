import {
  casesFor,
  createManualClock,
  jobQueueConformance,
  rateLimiterConformance,
  sampleScope,
  storageConformance,
  storageHas,
} from '@campaignkit/core/testing'
import { describe, expect, it } from 'vitest'
import { createMemoryJobQueue } from './job-queue.js'
import { createMemoryRateLimiter } from './rate-limiter.js'
import { createMemoryStorage } from './storage.js'

const tenants = { ours: sampleScope('pizzeria'), theirs: sampleScope('trattoria') }

describe('the memory storage', () => {
  it.each(casesFor(storageConformance, storageHas(createMemoryStorage())))('$name', async ({ run }) => {
    await expect(run({ ...tenants, storage: createMemoryStorage() })).resolves.toBeUndefined()
  })
})

describe('the memory job queue', () => {
  it.each(jobQueueConformance)('$name', async ({ run }) => {
    const clock = createManualClock()
    const queue = createMemoryJobQueue({ clock })
    const subject = { ...tenants, queue, now: () => clock.now(), pass: (ms: number) => clock.advance(ms) }
    await expect(run(subject)).resolves.toBeUndefined()
  })
})

describe('the memory rate limiter', () => {
  it.each(rateLimiterConformance)('$name', async ({ run }) => {
    await expect(run({ ...tenants, limiter: createMemoryRateLimiter() })).resolves.toBeUndefined()
  })
})
