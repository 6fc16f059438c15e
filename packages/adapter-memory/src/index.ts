/**
 * Storage, job queue and rate limiter of campaignkit within the process: the reference for every other adapter.
 *
 * @packageDocumentation
 */
export { createMemoryJobQueue } from './job-queue.js'
export { createMemoryRateLimiter } from './rate-limiter.js'
export { createMemoryStorage } from './storage.js'
