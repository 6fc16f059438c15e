import { setTimeout } from 'node:timers/promises'
import { DEFAULT_PRIORITY, type Job, type RunId } from '@campaignkit/core/adapter'
import { jobQueueConformance, sampleScope } from '@campaignkit/core/testing'
import createKnex, { type Knex } from 'knex'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGraphileQueue, type GraphileQueue } from './graphile-queue.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

const WORKER_SCHEMA = 'doorbells'
const RUN = 'run-1' as RunId

let test: TestStorage
let knex: Knex
let pool: pg.Pool
let queue: GraphileQueue
let cases = 0

function newScope() {
  cases += 1
  return sampleScope(`pizzeria-${cases}`)
}

beforeAll(async () => {
  test = await openTestStorage()
  knex = test.knex
  pool = new pg.Pool({ connectionString: test.server.url, max: 10 })
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  queue = createGraphileQueue({ knex, pool, schema: test.schema, workerSchema: WORKER_SCHEMA })
  await queue.migrate()
}, START_MS)

afterAll(async () => {
  await pool.end()
  await knex.raw(`drop schema if exists "${WORKER_SCHEMA}" cascade`)
  await test.stop()
})

const jobs = () => knex.withSchema(WORKER_SCHEMA).select().from('jobs')
const forgetRings = () => knex.withSchema(WORKER_SCHEMA).from('_private_jobs').del()

/** Listens until so many jobs have come. */
async function hear(count: number): Promise<readonly Job[]> {
  const stop = new AbortController()
  const seen: Job[] = []
  const handler = async (job: Job) => {
    seen.push(job)
    if (seen.length === count) stop.abort()
  }
  await queue.listen(handler, { signal: stop.signal, concurrency: 2 })
  return seen
}

describe('the job queue on graphile-worker', () => {
  it.each(jobQueueConformance)('$name', async ({ run }) => {
    const subject = {
      ours: newScope(),
      theirs: newScope(),
      queue,
      now: () => Date.now(),
      pass: (ms: number) => setTimeout(ms),
    }
    await expect(run(subject)).resolves.toBeUndefined()
    await forgetRings()
    await knex.withSchema(test.schema).from('rings').del()
  })

  it('keeps one job a run, however often it rings', async () => {
    const scope = newScope()
    const at = Date.now() + 60_000
    await Promise.all(
      Array.from({ length: 20 }, (_, turn) => queue.ring(scope, RUN, at + turn, DEFAULT_PRIORITY)),
    )
    const [job, ...others] = await jobs()
    expect(others).toEqual([])
    expect(new Date(job.run_at).getTime()).toBe(at)
    await forgetRings()
  })

  it('rings within the transaction that it is given', async () => {
    const scope = newScope()
    const ringIn = async (transaction: Knex.Transaction) => {
      const within = createGraphileQueue({
        knex: transaction,
        schema: test.schema,
        workerSchema: WORKER_SCHEMA,
      })
      await within.ring(scope, RUN, 0, DEFAULT_PRIORITY)
    }
    const undone = knex.transaction(async (transaction) => {
      await ringIn(transaction)
      throw new Error('changed my mind')
    })
    await expect(undone).rejects.toThrow('changed my mind')
    expect(await jobs()).toEqual([])
    await knex.transaction(ringIn)
    expect(await hear(1)).toEqual([{ tenant: scope.tenant, runId: RUN, priority: DEFAULT_PRIORITY }])
  })

  it('rings again within seconds when a listener dies, although its job stays locked for hours', async () => {
    const scope = newScope()
    await queue.ring(scope, RUN, 0, DEFAULT_PRIORITY)
    // as a process leaves it that is killed while it serves the run
    await knex.raw(
      `update "${WORKER_SCHEMA}"._private_jobs set locked_at = now(), locked_by = 'dead', attempts = 1`,
    )
    await knex
      .withSchema(test.schema)
      .from('rings')
      .insert({
        tenant: scope.tenant,
        run_id: RUN,
        at: Number.POSITIVE_INFINITY,
        priority: DEFAULT_PRIORITY,
        tries: 0,
        busy_until: Date.now() + 1_000,
        holder: '0 dead',
      })
    const begunAt = Date.now()
    expect(await hear(1)).toMatchObject([{ tenant: scope.tenant, runId: RUN }])
    expect(Date.now() - begunAt).toBeLessThan(10_000)
    expect(await jobs()).toEqual([])
    expect(await knex.withSchema(test.schema).select().from('rings')).toEqual([])
  })

  it('leaves the tasks of the host alone', async () => {
    await knex.raw(`select from "${WORKER_SCHEMA}".add_job('invoices')`)
    const scope = newScope()
    await queue.ring(scope, RUN, 0, DEFAULT_PRIORITY)
    expect(await hear(1)).toMatchObject([{ tenant: scope.tenant }])
    expect(await jobs()).toMatchObject([{ task_identifier: 'invoices', attempts: 0 }])
    await forgetRings()
  })

  it('says what it needs', async () => {
    const poolless = createGraphileQueue({ knex, schema: test.schema, workerSchema: WORKER_SCHEMA })
    await expect(
      poolless.listen(async () => {}, { signal: new AbortController().signal, concurrency: 1 }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'pool' })
    await expect(hearWith(queue, 0)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    for (const [option, value] of Object.entries({ knex: null, schema: 'No', workerSchema: 'a"b' })) {
      const options = { knex: createKnex({ client: 'pg' }), [option]: value } as never
      expect(() => createGraphileQueue(options)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
    }
  })
})

function hearWith(listener: GraphileQueue, concurrency: number): Promise<void> {
  return listener.listen(async () => {}, { signal: new AbortController().signal, concurrency })
}
