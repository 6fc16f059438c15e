import { type ChildProcess, fork } from 'node:child_process'
import { cpus } from 'node:os'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Pace, perMinute } from '@campaignkit/core'
import { slackMsOf, spacingMsOf } from '@campaignkit/core/adapter'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { LimitedWord, LimitedWork } from './limited-worker.fixture.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'
import { invite, newsTo, openWorkerKit, type Sent } from './worker-kit.fixture.js'

/** How long there is demand: LIMIT_SECONDS=60 for the whole minute. */
const SECONDS = Number(process.env.LIMIT_SECONDS ?? 10)
/** Sends a second, of a campaign; a tenant has half as many more. LIMIT_RATES=20,100,1000 for the whole test. */
const RATES = (process.env.LIMIT_RATES ?? '20').split(',').map(Number)
/** Whether the figures are wanted. */
const SAYS = process.env.LIMIT_SECONDS !== undefined
const WORKERS = 3
const LEAST_USE = 0.97
/** How long the processes of a busy machine take to start at most. */
const LONGEST_START_MS = 12_000
/** The limit must hold each time; that it is used can only be seen while the machine has time to spare. */
const TRIES = 3
const LEAST_IDLE = 0.1
const TIME_LIMIT_MS = TRIES * (SECONDS + 40) * 1_000
const WORKER = fileURLToPath(new URL('./limited-worker.fixture.ts', import.meta.url))
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

let test: TestStorage

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop())

/**
 * The pair of sends that lie closest, as the milliseconds by which they are further apart than they must be: so many slots
 * of the pace, less the slack of the first. When none is below 0, no window of the period holds more than the limit.
 */
function leastRoomMs(instants: readonly number[], pace: Pace): number {
  const [spacingMs, slackMs] = [spacingMsOf(pace), slackMsOf(pace)]
  let least = Number.POSITIVE_INFINITY
  let earliest = Number.NEGATIVE_INFINITY
  for (const [turn, at] of instants.entries()) {
    // that of the send before which the others stand out most
    least = Math.min(least, at - turn * spacingMs + slackMs - earliest)
    earliest = Math.max(earliest, at - turn * spacingMs)
  }
  return least
}

/** A process that works as long as it is let. */
interface WorkerProcess {
  readonly begun: Promise<void>
  /** Has it finish, and tells what it has sent. */
  stop(): Promise<readonly Sent[]>
}

let started: ChildProcess[] = []

afterEach(() => {
  for (const child of started) child.kill('SIGKILL')
  started = []
})

function startWorker(work: LimitedWork): WorkerProcess {
  const child = fork(WORKER, [JSON.stringify(work)], { cwd: ROOT, execArgv: ['--import', 'tsx'] })
  started.push(child)
  const told = <Type extends LimitedWord['type']>(type: Type) =>
    new Promise<Extract<LimitedWord, { readonly type: Type }>>((resolve, reject) => {
      child.on('message', (word: LimitedWord) => {
        if (word.type === type) resolve(word as Extract<LimitedWord, { readonly type: Type }>)
      })
      child.once('exit', (code) => reject(new Error(`A worker has ended with ${code}`)))
    })
  const [begun, sent] = [told('begun'), told('sent')]
  // each may come to nothing while nobody waits for it
  for (const word of [begun, sent]) word.catch(() => undefined)
  return {
    begun: begun.then(() => undefined),
    async stop() {
      child.send('stop')
      return (await sent).log
    },
  }
}

interface LimitedCampaigns {
  readonly tenant: string
  readonly pace: Pace
  /** Whose limit it is. */
  readonly of: 'campaign' | 'tenant'
}

/** What was sent under a limit. */
interface Sendings {
  /** When each message left, by the clock of the machine. */
  readonly instants: readonly number[]
  /** The share of the machine's time that nobody used meanwhile. */
  readonly idle: number
}

/** Lets several processes send under one limit for a while. */
async function sendUnder({ tenant, pace, of }: LimitedCampaigns): Promise<Sendings> {
  const names = of === 'campaign' ? ['one'] : ['one', 'two', 'three']
  const demand = (pace.limit / pace.periodMs) * 1_000 * (SECONDS + 15)
  const each = Math.ceil(demand / (of === 'campaign' ? 1 : 2))
  const { kit, close } = openWorkerKit(test, { tenant })
  await invite(kit, each)
  const own = of === 'campaign' ? { pace: { email: pace } } : {}
  const ids: string[] = []
  for (const name of names) {
    const { id } = await kit.campaigns.create(newsTo(each, { name, ...own }))
    await kit.campaigns.launch(id)
    ids.push(id)
  }
  const { url } = test.server
  const work = { url, schema: test.schema, tenant, tenantPace: of === 'tenant' ? pace : null }
  const workers = Array.from({ length: WORKERS }, () => startWorker(work))
  const begun = workers.map((worker) => worker.begun)
  // one process at a time serves a run: only several campaigns are sent side by side
  if (of === 'tenant') await Promise.race([Promise.all(begun), setTimeout(LONGEST_START_MS)])
  else await Promise.race(begun)
  const idleSince = idleShare()
  await setTimeout(SECONDS * 1_000)
  const idle = idleSince()
  const logs = await Promise.all(workers.map((worker) => worker.stop()))
  // what is left is no work for the next test
  for (const id of ids) await kit.campaigns.cancel(id, 'the measuring is over')
  await close()
  // a busy machine may start the last one when the others have sent all
  if (of === 'tenant') expect(logs.filter((log) => log.length > 0).length).toBeGreaterThan(1)
  const log = logs.flat()
  expect(log.filter(({ campaignId }) => !ids.includes(campaignId))).toEqual([])
  return { instants: log.map(({ at }) => at).sort((left, right) => left - right), idle }
}

/** Begins to measure how much of the processors' time goes unused. */
function idleShare(): () => number {
  const total = () =>
    cpus().reduce(
      (sum, { times }) => ({
        idle: sum.idle + times.idle,
        all: sum.all + Object.values(times).reduce((ms, more) => ms + more, 0),
      }),
      { idle: 0, all: 0 },
    )
  const before = total()
  return () => {
    const { idle, all } = total()
    return all === before.all ? 0 : (idle - before.idle) / (all - before.all)
  }
}

/** The most sends that any window of the period holds. */
function busiest(instants: readonly number[], { periodMs }: Pace): number {
  let from = 0
  let most = 0
  for (const [to, at] of instants.entries()) {
    while (at - (instants[from] ?? at) >= periodMs) from += 1
    most = Math.max(most, to - from + 1)
  }
  return most
}

describe('a limit that several processes share', () => {
  it.for(
    RATES.flatMap((rate) => [
      { of: 'campaign' as const, pace: perMinute(rate * 60) },
      { of: 'tenant' as const, pace: perMinute(rate * 90) },
    ]),
  )(
    'holds in every window and is used, $pace.limit a minute for a $of',
    { timeout: TIME_LIMIT_MS },
    async ({ of, pace }, { skip }) => {
      let mostUsed = 0
      let mostIdle = 0
      for (let tries = 1; mostUsed <= LEAST_USE && tries <= TRIES; tries += 1) {
        const { instants, idle } = await sendUnder({
          tenant: `limited-${of}-${pace.limit}-${tries}`,
          pace,
          of,
        })
        const spanMs = (instants.at(-1) ?? 0) - (instants[0] ?? 0)
        const used = ((instants.length - 1) * pace.periodMs) / (spanMs * pace.limit)
        const [most, roomMs] = [busiest(instants, pace), leastRoomMs(instants, pace)]
        if (SAYS)
          process.stdout.write(
            `${of} ${pace.limit}/min: ${instants.length} in ${(spanMs / 1_000).toFixed(1)} s, used ${(used * 100).toFixed(2)} %, ` +
              `busiest window ${most}, least room ${roomMs.toFixed(2)} ms, idle ${(idle * 100).toFixed(0)} %\n`,
          )
        expect(most).toBeLessThanOrEqual(pace.limit)
        expect(roomMs).toBeGreaterThan(-1)
        mostUsed = Math.max(mostUsed, used)
        mostIdle = Math.max(mostIdle, idle)
      }
      skip(
        mostUsed <= LEAST_USE && mostIdle < LEAST_IDLE,
        'held, but the machine had no time to use the limit',
      )
      expect(mostUsed).toBeGreaterThan(LEAST_USE)
    },
  )
})
