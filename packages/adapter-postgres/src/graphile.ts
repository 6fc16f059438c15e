/**
 * The doorbell of campaignkit on graphile-worker, for hosts that run it already.
 *
 * @packageDocumentation
 */

export {
  createGraphileQueue,
  type GraphileQueue,
  type GraphileQueueOptions,
} from './graphile-queue.js'
