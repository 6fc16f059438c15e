import type { RunId } from '../../base/ids.js'
import type { DurationMs, Instant } from '../../base/time.js'
import { DEFAULT_PRIORITY } from '../../model/priority.js'
import type { Job, JobQueue } from '../../ports/job-queue.js'
import { asId } from '../as-id.js'
import { type ConformanceCase, conformanceCase, type TwoTenants } from './conformance-case.js'
import { expectEqual, expectSame, expectThat } from './expectations.js'

/** What a job queue case is run on. */
export interface JobQueueSubject extends TwoTenants {
  /** Without any ring. */
  readonly queue: JobQueue
  /** The time by which the queue rings. */
  now(): Instant
  /** Lets so much of that time pass: really, or by moving a manual clock. */
  pass(ms: DurationMs): Promise<void>
}

export type JobQueueCase = ConformanceCase<JobQueueSubject>

const queueCase = (name: string, run: (subject: JobQueueSubject) => Promise<void>): JobQueueCase =>
  conformanceCase(`jobQueue: ${name}`, [], run)

const RUN: RunId = asId('run-1')
const STEP_MS = 10
const MAX_STEPS = 1_000
const QUIET_MS = 200

/** Lets time pass until the condition holds. */
async function until(subject: JobQueueSubject, holds: () => boolean, expected: string): Promise<void> {
  for (let step = 0; step < MAX_STEPS && !holds(); step += 1) await subject.pass(STEP_MS)
  expectThat(holds(), expected, `not within ${STEP_MS * MAX_STEPS} ms`)
}

/** Listens until `stop`, which resolves when the listener has ended. */
function listenWith(subject: JobQueueSubject, handler: (job: Job) => Promise<void>, concurrency = 4) {
  const controller = new AbortController()
  const ended = subject.queue.listen(handler, { signal: controller.signal, concurrency })
  return {
    abort: () => controller.abort(),
    stop: async () => {
      controller.abort()
      await ended
    },
  }
}

/** Handlers that stay under way until they are let go. */
function createGate() {
  const waiting: (() => void)[] = []
  const seen: Job[] = []
  let underWay = 0
  let most = 0
  return {
    seen,
    most: () => most,
    underWay: () => underWay,
    release: () => waiting.splice(0).map((resolve) => resolve()),
    handler: async (job: Job) => {
      seen.push(job)
      underWay += 1
      most = Math.max(most, underWay)
      await new Promise<void>((resolve) => waiting.push(resolve))
      underWay -= 1
    },
  }
}

const ringCases: readonly JobQueueCase[] = [
  queueCase('a ring calls the handler when its instant has come, and not before', async (subject) => {
    const { queue, ours } = subject
    const seen: { readonly job: Job; readonly at: Instant }[] = []
    const listener = listenWith(subject, async (job) => void seen.push({ job, at: subject.now() }))
    const at = subject.now() + QUIET_MS
    await queue.ring(ours, RUN, at, DEFAULT_PRIORITY)
    await until(subject, () => seen.length > 0, 'a call of the handler')
    await listener.stop()
    expectEqual(
      seen.map(({ job }) => job),
      [{ tenant: ours.tenant, runId: RUN, priority: DEFAULT_PRIORITY }],
      'jobs',
    )
    expectThat(
      seen.every((call) => call.at >= at),
      'no call before the instant',
      seen,
    )
  }),
  queueCase('a ring of the past calls at once, and one before anybody listens is kept', async (subject) => {
    const { queue, ours } = subject
    await queue.ring(ours, RUN, 0, DEFAULT_PRIORITY)
    await subject.pass(STEP_MS)
    const seen: Job[] = []
    const listener = listenWith(subject, async (job) => void seen.push(job))
    await until(subject, () => seen.length > 0, 'a call of the handler')
    await listener.stop()
  }),
  queueCase('rings for one run may be merged, into the earliest', async (subject) => {
    const { queue, ours } = subject
    const seen: Instant[] = []
    const [early, late] = [subject.now() + QUIET_MS, subject.now() + 1_000 * QUIET_MS]
    await queue.ring(ours, RUN, late, DEFAULT_PRIORITY)
    await queue.ring(ours, RUN, early, DEFAULT_PRIORITY)
    await queue.ring(ours, RUN, late + 1, DEFAULT_PRIORITY)
    const listener = listenWith(subject, async () => void seen.push(subject.now()))
    await until(subject, () => seen.length > 0, 'a call of the handler')
    await listener.stop()
    expectThat(
      seen.every((call) => call >= early && call < late),
      'a call at the earliest instant',
      seen,
    )
  }),
  queueCase('equal runs of two tenants ring both', async (subject) => {
    const { queue, ours, theirs } = subject
    const seen: Job[] = []
    const listener = listenWith(subject, async (job) => void seen.push(job))
    await queue.ring(ours, RUN, subject.now(), DEFAULT_PRIORITY)
    await queue.ring(theirs, RUN, subject.now(), DEFAULT_PRIORITY)
    await until(subject, () => seen.length > 1, 'a call for each tenant')
    await listener.stop()
    expectSame(
      seen,
      [ours, theirs].map(({ tenant }) => ({ tenant, runId: RUN, priority: DEFAULT_PRIORITY })),
      'jobs',
    )
  }),
  queueCase('a handler that throws is rung again', async (subject) => {
    const { queue, ours } = subject
    let calls = 0
    const listener = listenWith(subject, async () => {
      calls += 1
      if (calls < 3) throw new Error('not yet')
    })
    await queue.ring(ours, RUN, subject.now(), DEFAULT_PRIORITY)
    await until(subject, () => calls === 3, 'three calls of the handler')
    await subject.pass(QUIET_MS)
    await listener.stop()
    expectEqual(calls, 3, 'calls of the handler')
  }),
]

const concurrencyCases: readonly JobQueueCase[] = [
  queueCase(
    'rings of one run come one at a time, and one that comes meanwhile comes after',
    async (subject) => {
      const { queue, ours } = subject
      const gate = createGate()
      const listener = listenWith(subject, gate.handler)
      await queue.ring(ours, RUN, subject.now(), DEFAULT_PRIORITY)
      await until(subject, () => gate.underWay() === 1, 'a handler under way')
      await queue.ring(ours, RUN, subject.now(), DEFAULT_PRIORITY)
      await subject.pass(QUIET_MS)
      expectEqual([gate.seen.length, gate.most()], [1, 1], 'calls while one is under way')
      gate.release()
      await until(subject, () => gate.seen.length === 2, 'the second call')
      gate.release()
      await listener.stop()
      expectEqual(gate.most(), 1, 'handlers of one run under way at once')
    },
  ),
  queueCase('handlers of different runs are under way at once, as many as allowed', async (subject) => {
    const { queue, ours } = subject
    const gate = createGate()
    const listener = listenWith(subject, gate.handler, 3)
    const runs = Array.from({ length: 5 }, (_, at) => asId<RunId>(`run-${at}`))
    for (const run of runs) await queue.ring(ours, run, subject.now(), DEFAULT_PRIORITY)
    await until(subject, () => gate.underWay() === 3, 'three handlers under way')
    await subject.pass(QUIET_MS)
    expectEqual(gate.most(), 3, 'handlers under way at once')
    gate.release()
    await until(subject, () => gate.seen.length === 5, 'all five calls')
    gate.release()
    await listener.stop()
    expectSame(
      gate.seen.map(({ runId }) => runId),
      runs,
      'runs',
    )
    expectEqual(gate.most(), 3, 'handlers under way at once, to the end')
  }),
  queueCase('two listeners never have one run at once', async (subject) => {
    const { queue, ours } = subject
    const gate = createGate()
    const listeners = [listenWith(subject, gate.handler), listenWith(subject, gate.handler)]
    await queue.ring(ours, RUN, subject.now(), DEFAULT_PRIORITY)
    await until(subject, () => gate.underWay() === 1, 'a handler under way')
    await queue.ring(ours, RUN, subject.now(), DEFAULT_PRIORITY)
    await subject.pass(QUIET_MS)
    expectEqual(gate.most(), 1, 'handlers of one run under way at once')
    gate.release()
    await until(subject, () => gate.seen.length === 2, 'the second call')
    gate.release()
    for (const listener of listeners) await listener.stop()
  }),
]

/** Runs that are called one after the other, while nothing else is under way, when all of these ring together. */
async function turnsOf(
  subject: JobQueueSubject,
  rings: readonly (readonly [run: string, at: Instant, priority: number])[],
): Promise<readonly string[]> {
  const { queue, ours } = subject
  const gate = createGate()
  const listener = listenWith(subject, gate.handler, 1)
  await queue.ring(ours, asId('first'), 0, DEFAULT_PRIORITY)
  await until(subject, () => gate.underWay() === 1, 'a handler under way')
  for (const [run, at, priority] of rings) await queue.ring(ours, asId(run), at, priority)
  for (let turn = 1; turn <= rings.length; turn += 1) {
    gate.release()
    await until(subject, () => gate.seen.length > turn, 'the next call')
  }
  gate.release()
  await listener.stop()
  return gate.seen.slice(1).map(({ runId }) => runId)
}

const turnCases: readonly JobQueueCase[] = [
  queueCase('of rings whose instant has come the highest priority is answered first', async (subject) => {
    const now = subject.now()
    const turns = await turnsOf(subject, [
      ['low', now - 3, 1],
      ['usual', now - 2, 5],
      ['high', now - 1, 9],
    ])
    expectEqual(turns, ['high', 'usual', 'low'], 'runs in the order of their calls')
  }),
  queueCase('of one priority the ring that has waited longest is answered first', async (subject) => {
    const now = subject.now()
    const turns = await turnsOf(subject, [
      ['c', now - 1, 5],
      ['a', now - 3, 5],
      ['b', now - 2, 5],
    ])
    expectEqual(turns, ['a', 'b', 'c'], 'runs in the order of their calls')
  }),
  queueCase('the later ring for a run says its priority', async (subject) => {
    const { queue, ours } = subject
    const seen: Job[] = []
    await queue.ring(ours, RUN, 0, 1)
    await queue.ring(ours, RUN, subject.now(), 9)
    const listener = listenWith(subject, async (job) => void seen.push(job))
    await until(subject, () => seen.length > 0, 'a call of the handler')
    await listener.stop()
    expectEqual(seen[0]?.priority, 9, 'the priority of the job')
  }),
]

const endCases: readonly JobQueueCase[] = [
  queueCase('listen ends when the signal aborts, after the handlers under way', async (subject) => {
    const { queue, ours } = subject
    const gate = createGate()
    const listener = listenWith(subject, gate.handler)
    await queue.ring(ours, RUN, subject.now(), DEFAULT_PRIORITY)
    await until(subject, () => gate.underWay() === 1, 'a handler under way')
    let ended = false
    const stopped = listener.stop().then(() => {
      ended = true
    })
    await subject.pass(QUIET_MS)
    expectEqual(ended, false, 'whether it ended before its handler')
    gate.release()
    await stopped
    await queue.ring(ours, RUN, subject.now(), DEFAULT_PRIORITY)
    await subject.pass(QUIET_MS)
    expectEqual(gate.seen.length, 1, 'calls')
  }),
  queueCase('listen with a signal that was aborted calls nobody', async (subject) => {
    const seen: Job[] = []
    await subject.queue.ring(subject.ours, RUN, subject.now(), DEFAULT_PRIORITY)
    const handler = async (job: Job) => void seen.push(job)
    await subject.queue.listen(handler, { signal: AbortSignal.abort(), concurrency: 1 })
    expectEqual(seen, [], 'jobs')
  }),
]

/** What a JobQueue means. */
export const jobQueueConformance: readonly JobQueueCase[] = [
  ...ringCases,
  ...concurrencyCases,
  ...turnCases,
  ...endCases,
]
