import type { LedgerHold } from '@campaignkit/core/adapter'
import { sampleConsent, sampleJournalEntry, sampleScope } from '@campaignkit/core/testing'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresStorage } from './create-postgres-storage.js'
import { Database } from './database.js'
import { createLedgerStore } from './ledger.js'
import { onStatement } from './on-statement.fixture.js'
import { hostOf } from './pool.js'
import { tablesIn } from './tables.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

const SCOPE = sampleScope('pizzeria')
const LATE = 9e12
const DEADLOCK = '40P01'

let test: TestStorage

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop(), START_MS)

const limitOf = (account: string, limit = 100) => ({ account, limit, windowMs: null })

const holdOf = (id: string, ...parts: readonly (readonly [string, number])[]): LedgerHold => ({
  id,
  parts: parts.map(([account, amount]) => ({ account, amount })),
  expiresAt: LATE,
})

/** Has something begin that waits for an account, does something else meanwhile, and lets the first go on. */
async function whileWaitingFor<Result>(
  account: string,
  begin: () => Promise<Result>,
  meanwhile: () => Promise<unknown>,
): Promise<Result> {
  const { knex, schema } = test
  const transaction = await knex.transaction()
  await transaction.raw(`select from "${schema}".ledger_accounts where account = ? for update`, [account])
  const begun = begin()
  await untilWaiting(knex)
  await meanwhile()
  await transaction.commit()
  return begun
}

async function untilWaiting(knex: Knex): Promise<void> {
  for (;;) {
    const { rows } = await knex.raw(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%ledger_%'`,
    )
    if (rows.length > 0) return
  }
}

describe('a settlement that waits for one of its accounts', () => {
  it('leaves what was told of another account in which the same id is held meanwhile', async () => {
    const { ledger } = test.storage
    await ledger.hold(SCOPE, [limitOf('told')], [holdOf('most', ['told', 90])], 1)
    await ledger.hold(SCOPE, [limitOf('slow')], [holdOf('other', ['slow', 1])], 1)
    await whileWaitingFor(
      'slow',
      () => ledger.settle(SCOPE, [{ id: 'both', parts: [{ account: 'slow', amount: 1 }] }], 2),
      () => ledger.hold(SCOPE, [limitOf('told')], [holdOf('both', ['told', 1])], 3),
    )
    const [told] = await ledger.accounts(SCOPE, ['told'], 4)
    expect(told).toMatchObject({ held: 90, crossed90At: 1 })
    const again = await ledger.hold(SCOPE, [limitOf('told')], [holdOf('more', ['told', 1])], 5)
    expect(again.crossings).toEqual([])
  })
})

describe('accounts that are read', () => {
  it('are shown as they stood at one moment, whatever is freed and held meanwhile', async () => {
    const { ledger } = test.storage
    const over = { ...holdOf('over', ['read', 100]), expiresAt: 10 }
    await ledger.hold(SCOPE, [limitOf('read')], [over], 1)
    let isFirst = true
    const knex = onStatement(test.knex, async (text, run) => {
      const answer = await run(text)
      if (isFirst && text.includes('ledger_')) {
        isFirst = false
        await ledger.hold(SCOPE, [limitOf('read')], [holdOf('new', ['read', 60])], 20)
      }
      return answer
    })
    const read = await createPostgresStorage({ knex, schema: test.schema }).ledger.accounts(
      SCOPE,
      ['read'],
      20,
    )
    expect(read).toMatchObject([{ held: 0 }])
    expect(await ledger.accounts(SCOPE, ['read'], 20)).toMatchObject([{ held: 60 }])
  })
})

describe('a hold under an id that is being settled in another account', () => {
  it('waits for the settlement and leaves it as it is', async () => {
    const { ledger } = test.storage
    await ledger.hold(SCOPE, [limitOf('first')], [holdOf('twice', ['first', 7])], 1)
    const transaction = await test.knex.transaction()
    const settling = createLedgerStore(new Database(hostOf(transaction)), tablesIn(test.schema))
    await settling.settle(SCOPE, [{ id: 'twice', parts: [{ account: 'first', amount: 7 }] }], 2)
    const held = ledger.hold(SCOPE, [limitOf('second')], [holdOf('twice', ['second', 7])], 3)
    await untilWaiting(test.knex)
    await transaction.commit()
    expect((await held).outcomes).toEqual([{ id: 'twice', outcome: 'settled' }])
    await ledger.release(SCOPE, ['twice'])
    expect(await ledger.accounts(SCOPE, ['first'], 4)).toMatchObject([{ held: 0, settled: 7 }])
  })
})

describe('holds, settlements, releases and what has expired', () => {
  it('never wait for each other in a circle, whatever the order of their accounts', {
    timeout: 120_000,
  }, async () => {
    const pools = Array.from({ length: 4 }, () => test.server.connect({ connections: 4 }))
    const failures: unknown[] = []
    for (const pool of pools) pool.on('query-error', ({ code }) => failures.push(code))
    const storages = pools.map((knex) => createPostgresStorage({ knex, schema: test.schema }))
    // by code point capitals come first, in a dictionary they stand among the others
    const accounts = Array.from({ length: 40 }, (_, at) => `${at % 2 === 0 ? 'cap' : 'CAP'}:${at}`)
    const work = async (worker: number) => {
      for (let round = 0; round < 12; round += 1) {
        const { ledger } = storages[(worker + round) % storages.length] ?? test.storage
        const holds = Array.from({ length: 20 }, (_, at) => ({
          ...holdOf(
            `${worker}-${round}-${at}`,
            ['total', 1],
            [accounts[(worker * 7 + round * 11 + at * 13) % accounts.length] ?? '', 1],
          ),
          expiresAt: at % 4 === 0 ? round : LATE,
        }))
        const named = [...new Set(holds.flatMap(({ parts }) => parts.map(({ account }) => account)))]
        const limits = named.toReversed().map((account) => limitOf(account, 1e6))
        await ledger.hold(SCOPE, limits, holds, round - 1)
        await Promise.all([
          ledger.release(
            SCOPE,
            holds.filter((_, at) => at % 4 === 1).map(({ id }) => id),
          ),
          ledger.settle(
            SCOPE,
            holds.filter((_, at) => at % 4 > 1),
            round,
          ),
          ledger.expire(SCOPE, { now: round, limit: 50 }),
          test.storage.maintain({ now: round }),
        ])
      }
    }
    await Promise.all(Array.from({ length: 8 }, (_, worker) => work(worker)))
    expect(failures).not.toContain(DEADLOCK)
    await test.storage.ledger.expire(SCOPE, { now: LATE - 1, limit: 10_000 })
    const standing = await test.storage.ledger.accounts(SCOPE, ['total', ...accounts], 100)
    expect(standing.reduce((sum, { held }) => sum + held, 0)).toBe(0)
    expect(standing.find(({ account }) => account === 'total')?.settled).toBe(8 * 12 * 10)
  })
})

describe('records of consent that come several times at once', () => {
  it('never wait for each other in a circle, whatever their order', { timeout: 120_000 }, async () => {
    const failures: unknown[] = []
    const knex = test.server.connect()
    knex.on('query-error', ({ code }) => failures.push(code))
    const { consents } = createPostgresStorage({ knex, schema: test.schema })
    for (let round = 0; round < 4; round += 1) {
      const records = Array.from({ length: 2_000 }, (_, at) =>
        sampleConsent({ customerId: `c-${round}-${at}` }),
      )
      await Promise.all(
        [records, records.toReversed(), records, records.toReversed()].map((given, caller) =>
          consents.record(SCOPE, given, sampleJournalEntry({ id: `entry-${round}-${caller}` })),
        ),
      )
    }
    expect(failures).not.toContain(DEADLOCK)
  })
})
