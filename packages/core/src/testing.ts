/**
 * For tests of hosts and adapters: time and chance that stand still, channels that fail as told, a process that
 * dies, and the cases that say what each port means. Needs no test runner.
 *
 * @packageDocumentation
 */
export * from './testing/as-id.js'
export type { BrokenStorage, BrokenWrapper } from './testing/broken/broken-wrapper.js'
export { type BrokenJobQueue, brokenJobQueues } from './testing/broken/job-queues.js'
export { brokenPlanners } from './testing/broken/planners.js'
export { type BrokenRateLimiter, brokenRateLimiters } from './testing/broken/rate-limiters.js'
export { brokenStorages } from './testing/broken/storages.js'
export {
  type ChannelCase,
  type ChannelNeed,
  type ChannelSubject,
  channelConformance,
  channelHas,
} from './testing/conformance/channel.js'
export {
  type ConformanceCase,
  casesFor,
  type DirectoryCase,
  type DirectoryNeed,
  type DirectorySubject,
  directoryHas,
  type HostTransaction,
  type StorageCase,
  type StorageNeed,
  type StorageSubject,
  storageHas,
  type TwoTenants,
} from './testing/conformance/conformance-case.js'
export { ConformanceFailure } from './testing/conformance/conformance-failure.js'
export { customerDirectoryConformance } from './testing/conformance/customers.js'
export {
  type JobQueueCase,
  type JobQueueSubject,
  jobQueueConformance,
} from './testing/conformance/job-queue.js'
export {
  type RateLimiterCase,
  type RateLimiterSubject,
  rateLimiterConformance,
} from './testing/conformance/rate-limiter.js'
export { storageConformance } from './testing/conformance/storage.js'
export * from './testing/crash.js'
export * from './testing/direct-in-flight.js'
export * from './testing/fake-cipher.js'
export * from './testing/faults.js'
export * from './testing/faulty-channel.js'
export * from './testing/manual-clock.js'
export * from './testing/plain-qr-encoder.js'
export * from './testing/recording-channel.js'
export * from './testing/sample-capabilities.js'
export * from './testing/samples.js'
export * from './testing/seeded-random.js'
export * from './testing/sequential-ids.js'
