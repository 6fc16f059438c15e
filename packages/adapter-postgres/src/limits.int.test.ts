import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import type { Pace } from '@campaignkit/core'
import { slackMsOf, spacingMsOf } from '@campaignkit/core/adapter'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'
import { invite, newsTo, openWorkerKit, type Sent } from './worker-kit.fixture.js'

/** How long there is demand: LIMIT_SECONDS=60 for the whole minute. */
const SECONDS = Number(process.env.LIMIT_SECONDS ?? 10)
const WORKERS = 3
/** The limit must hold each time; that it is used can only be seen when the machine has time for it. */
const TRIES = 5

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

/** Lets several processes send under one limit for a while, and tells when each message left. */
async function sendUnder(
  tenant: string,
  pace: Pace,
  limits: 'campaign' | 'tenant',
): Promise<readonly number[]> {
  const log: Sent[] = []
  const perSecond = (pace.limit * 1_000) / pace.periodMs
  const count = Math.ceil(perSecond * (SECONDS + 5))
  const tenants = () => ({ pace: limits === 'tenant' ? { email: pace } : {} })
  const kits = Array.from({ length: WORKERS }, () =>
    openWorkerKit(test, { tenant, log, window: 40, kit: { tenants } }),
  )
  const [first] = kits
  if (first === undefined) return []
  await invite(first.kit, count)
  const own = limits === 'campaign' ? { pace: { email: pace } } : {}
  const names = limits === 'campaign' ? ['one'] : ['one', 'two', 'three']
  for (const name of names) {
    const { id } = await first.kit.campaigns.create(newsTo(count, { name, ...own }))
    await first.kit.campaigns.launch(id)
  }
  const stop = new AbortController()
  const working = kits.map(({ root }) => root.worker({ sweepEveryMs: 1_000 }).run({ signal: stop.signal }))
  while (log.length === 0) await setTimeout(10)
  await setTimeout(SECONDS * 1_000)
  stop.abort()
  await Promise.all(working)
  for (const each of kits) await each.close()
  // what is left is no work for the next test
  await test.knex.withSchema(test.schema).from('runs').update({ status: 'ended' })
  return log.map(({ at }) => at).sort((left, right) => left - right)
}

describe('a limit that several processes share', () => {
  it.each([
    ['a campaign', 'campaign', { limit: 1_200, periodMs: 60_000 }],
    ['a tenant with three campaigns', 'tenant', { limit: 1_800, periodMs: 60_000 }],
  ] as const)('holds in every window and is used, of %s', async (_whose, limits, pace) => {
    let mostUsed = 0
    for (let tries = 1; mostUsed <= 0.97 && tries <= TRIES; tries += 1) {
      const instants = await sendUnder(`limited-${limits}-${tries}`, pace, limits)
      expect(leastRoomMs(instants, pace)).toBeGreaterThan(-1)
      const spanMs = (instants.at(-1) ?? 0) - (instants[0] ?? 0)
      mostUsed = Math.max(mostUsed, ((instants.length - 1) * pace.periodMs) / (spanMs * pace.limit))
    }
    expect(mostUsed).toBeGreaterThan(0.97)
  })
})
