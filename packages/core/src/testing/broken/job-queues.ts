import { DEFAULT_PRIORITY } from '../../model/priority.js'
import type { JobQueue } from '../../ports/job-queue.js'
import { overridden } from '../overridden.js'
import type { BrokenWrapper } from './broken-wrapper.js'

export type BrokenJobQueue = BrokenWrapper<JobQueue>

/** Job queues that are wrong in one way each, for the tests of a loop over the cases. */
export const brokenJobQueues: readonly BrokenJobQueue[] = [
  {
    name: 'knows no priority',
    caughtBy: 'jobQueue: of rings whose instant has come the highest priority is answered first',
    wrap: (queue) =>
      overridden(queue, { ring: (scope, runId, at) => queue.ring(scope, runId, at, DEFAULT_PRIORITY) }),
  },
  {
    name: 'rings before the instant has come',
    caughtBy: 'jobQueue: a ring calls the handler when its instant has come, and not before',
    wrap: (queue) =>
      overridden(queue, { ring: (scope, runId, _at, priority) => queue.ring(scope, runId, 0, priority) }),
  },
  {
    name: 'takes a handler that throws for one that is done',
    caughtBy: 'jobQueue: a handler that throws is rung again',
    wrap: (queue) =>
      overridden(queue, {
        listen: (handler, options) => queue.listen((job) => handler(job).catch(() => undefined), options),
      }),
  },
  {
    name: 'lets go of the handlers under way when it ends',
    caughtBy: 'jobQueue: listen ends when the signal aborts, after the handlers under way',
    wrap: (queue) =>
      overridden(queue, {
        listen: (handler, options) => queue.listen(async (job) => void handler(job), options),
      }),
  },
]
