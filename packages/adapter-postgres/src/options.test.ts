import { isCampaignKitError } from '@campaignkit/core/adapter'
import { createManualClock, sampleScope } from '@campaignkit/core/testing'
import createKnex from 'knex'
import { describe, expect, it } from 'vitest'
import { createPostgresStorage } from './create-postgres-storage.js'
import { createGraphileQueue } from './graphile-queue.js'
import { runMaintenance } from './upkeep/run-maintenance.js'

/** It is never asked anything. */
const knex = createKnex({ client: 'pg' })
const storage = createPostgresStorage({ knex })
const scope = sampleScope('pizzeria')
const clock = createManualClock()
const signal = AbortSignal.abort()

/** Each call with options, as a host without types writes it. */
const CALLS: Readonly<Record<string, (options: never) => unknown>> = {
  createPostgresStorage,
  createGraphileQueue,
  migrationSql: (options) => storage.migrationSql(options),
  maintain: (options) => storage.maintain(options),
  runMaintenance: (options) => runMaintenance(storage, options),
  countMatching: (options) => storage.countMatching(scope, 'ALL', options),
  explainSegment: (options) => storage.explainSegment(scope, 'ALL', options),
}

async function refusal(call: string, options: unknown): Promise<unknown> {
  const made = async () => CALLS[call]?.(options as never)
  const thrown = await made().catch((error: unknown) => error)
  return isCampaignKitError(thrown) ? [thrown.code, thrown.path] : thrown
}

describe('options', () => {
  it.each([
    ['createPostgresStorage', { knex, shema: 'campaigns' }, 'shema'],
    ['createGraphileQueue', { knex, workerShema: 'jobs' }, 'workerShema'],
    ['migrationSql', { behind: '0001-first' }, 'behind'],
    ['maintain', { now: 0, eventsKeptForDay: 400 }, 'eventsKeptForDay'],
    ['runMaintenance', { clock, signal, eventsKeptForDay: 400 }, 'eventsKeptForDay'],
    ['countMatching', { asOf: 0, analyze: true }, 'analyze'],
    ['explainSegment', { asOf: 0, analyse: true }, 'analyse'],
  ])('of %s that nobody knows are refused', async (call, options, path) => {
    expect(await refusal(call, options)).toEqual(['UNKNOWN_FIELD', path])
  })

  it.each(Object.keys(CALLS).filter((call) => call !== 'migrationSql'))(
    'of %s that are not there are refused',
    async (call) => {
      expect(await refusal(call, undefined)).toEqual(['INVALID_INPUT', ''])
      expect(await refusal(call, null)).toEqual(['INVALID_INPUT', ''])
    },
  )

  it.each([
    [undefined],
    [null],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [8.64e15 + 1],
    ['0'],
    [new Date(0)],
  ])('that give %s for the instant from which windows reach back are refused', async (asOf) => {
    for (const call of ['countMatching', 'explainSegment'])
      expect(await refusal(call, { asOf })).toEqual(['INVALID_INPUT', 'asOf'])
  })

  it('that say neither true nor false of a plan to be run are refused', async () => {
    expect(await refusal('explainSegment', { asOf: 0, analyze: 'no' })).toEqual(['INVALID_INPUT', 'analyze'])
  })

  it('that ask for upkeep without a clock or a signal are refused', async () => {
    expect(await refusal('runMaintenance', { signal })).toEqual(['INVALID_INPUT', 'clock'])
    expect(await refusal('runMaintenance', { clock })).toEqual(['INVALID_INPUT', 'signal'])
  })
})
