import { DAY_MS, MINUTE_MS } from '../../base/time.js'
import type { LedgerHold, LedgerLimit } from '../../model/ledger.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { expectEqual, expectFailure, expectPresent, expectThat, unreadable } from './expectations.js'

const ledgerCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`ledger: ${name}`, [], run)
const NOW = SAMPLE_NOW
const EXPIRES = NOW + 10 * MINUTE_MS

const limitOf = (account: string, limit: number | null, windowMs: number | null = null): LedgerLimit => ({
  account,
  limit,
  windowMs,
})
const holdOf = (id: string, amounts: Readonly<Record<string, number>>, expiresAt = EXPIRES): LedgerHold => ({
  id,
  parts: Object.entries(amounts).map(([account, amount]) => ({ account, amount })),
  expiresAt,
})
const settlementOf = (id: string, amounts: Readonly<Record<string, number>>) => {
  const { parts } = holdOf(id, amounts)
  return { id, parts }
}

async function standing({ storage, ours }: StorageSubject, account: string, now = NOW) {
  const accounts = await storage.ledger.accounts(ours, [account], now)
  const { held, settled } = expectPresent(accounts[0], `the account ${account}`)
  return { held, settled }
}

const holdCases: readonly StorageCase[] = [
  ledgerCase('hold sets aside up to the limit, in order, and refuses what is above it', async (subject) => {
    const { storage, ours } = subject
    const holds = [
      holdOf('a', { budget: 60 }),
      holdOf('b', { budget: 50 }),
      holdOf('c', { budget: 40 }),
      holdOf('d', { budget: 0 }),
      holdOf('e', { budget: 1 }),
    ]
    const { outcomes } = await storage.ledger.hold(ours, [limitOf('budget', 100)], holds, NOW)
    expectEqual(
      outcomes,
      [
        { id: 'a', outcome: 'held' },
        { id: 'b', outcome: 'refused', account: 'budget' },
        { id: 'c', outcome: 'held' },
        { id: 'd', outcome: 'held' },
        { id: 'e', outcome: 'refused', account: 'budget' },
      ],
      'outcomes',
    )
    expectEqual(await standing(subject, 'budget'), { held: 100, settled: 0 }, 'the account')
    expectEqual(await storage.ledger.accounts(ours, ['none'], NOW), [], 'an account that nobody asked')
  }),
  ledgerCase('a hold is in all of its accounts or in none', async (subject) => {
    const { storage, ours } = subject
    const limits = [limitOf('budget', 100), limitOf('cap of Ada', 1)]
    const ask = (id: string) => holdOf(id, { budget: 10, 'cap of Ada': 1 })
    const { outcomes } = await storage.ledger.hold(ours, limits, [ask('a'), ask('b')], NOW)
    expectEqual(outcomes[1], { id: 'b', outcome: 'refused', account: 'cap of Ada' }, 'the second')
    expectEqual(await standing(subject, 'budget'), { held: 10, settled: 0 }, 'the budget')
  }),
  ledgerCase('a hold asked for again is the same hold, until the later instant', async (subject) => {
    const { storage, ours } = subject
    const limits = [limitOf('budget', 100)]
    await storage.ledger.hold(ours, limits, [holdOf('a', { budget: 60 })], NOW)
    const again = [holdOf('a', { budget: 60 }, EXPIRES + 1), holdOf('a', { budget: 60 }, EXPIRES - 1)]
    const { outcomes } = await storage.ledger.hold(ours, limits, again, NOW)
    expectEqual(outcomes, Array(2).fill({ id: 'a', outcome: 'held' }), 'outcomes')
    expectEqual(await standing(subject, 'budget', EXPIRES), { held: 60, settled: 0 }, 'at the first instant')
    expectEqual(await standing(subject, 'budget', EXPIRES + 1), { held: 0, settled: 0 }, 'at the later one')
    await storage.ledger.settle(ours, [settlementOf('a', { budget: 60 })], NOW)
    const late = await storage.ledger.hold(ours, limits, [holdOf('a', { budget: 60 })], NOW)
    expectEqual(late.outcomes, [{ id: 'a', outcome: 'settled' }], 'once it is settled')
    expectEqual(await standing(subject, 'budget'), { held: 0, settled: 60 }, 'the account')
  }),
  ledgerCase('many who hold at once never go above the limit', async (subject) => {
    const { storage, ours } = subject
    const limits = [limitOf('budget', 1_000), limitOf('pool', 17)]
    const calls = Array.from({ length: 30 }, (_, at) =>
      storage.ledger.hold(
        ours,
        at % 2 === 0 ? limits : limits.toReversed(),
        [holdOf(`a${at}`, { budget: 10, pool: 1 }), holdOf(`b${at}`, { pool: 1, budget: 10 })],
        NOW,
      ),
    )
    const outcomes = (await Promise.all(calls)).flatMap((answer) => answer.outcomes)
    expectEqual(outcomes.filter(({ outcome }) => outcome === 'held').length, 17, 'holds')
    expectEqual(await standing(subject, 'budget'), { held: 170, settled: 0 }, 'the budget')
    expectEqual(await standing(subject, 'pool'), { held: 17, settled: 0 }, 'the pool')
  }),
  ledgerCase('an account that a call limits twice has the last of both limits', async (subject) => {
    const { storage, ours } = subject
    const limits = [limitOf('budget', 100), limitOf('budget', 20)]
    const { outcomes } = await storage.ledger.hold(
      ours,
      limits,
      [holdOf('a', { budget: 20 }), holdOf('b', { budget: 1 })],
      NOW,
    )
    expectEqual(
      outcomes.map(({ outcome }) => outcome),
      ['held', 'refused'],
      'outcomes',
    )
    expectEqual(await standing(subject, 'budget'), { held: 20, settled: 0 }, 'the account')
  }),
  ledgerCase('hold is all or none', async ({ storage, ours }) => {
    await expectFailure(() =>
      storage.ledger.hold(
        ours,
        [limitOf('budget', 10)],
        [holdOf('a', { budget: 1 }), unreadable(holdOf('b', { budget: 1 }))],
        NOW,
      ),
    )
    expectEqual(await storage.ledger.accounts(ours, ['budget'], NOW), [], 'the account after a failed call')
  }),
]

const endCases: readonly StorageCase[] = [
  ledgerCase(
    'settle replaces a hold once, frees the rest, and puts a dearer one on record',
    async (subject) => {
      const { storage, ours } = subject
      const limits = [limitOf('budget', 100), limitOf('tenant', 1_000)]
      const holds = ['a', 'b'].map((id) => holdOf(id, { budget: 50, tenant: 50 }))
      await storage.ledger.hold(ours, limits, holds, NOW)
      const cheap = await storage.ledger.settle(ours, [settlementOf('a', { budget: 20 })], NOW)
      expectEqual(cheap.overdrafts, [], 'overdrafts of a cheaper one')
      expectEqual(await standing(subject, 'budget'), { held: 50, settled: 20 }, 'the budget')
      expectEqual(
        await standing(subject, 'tenant'),
        { held: 50, settled: 0 },
        'the account that was not settled',
      )
      await storage.ledger.settle(ours, [settlementOf('a', { budget: 99 })], NOW)
      expectEqual(
        await standing(subject, 'budget'),
        { held: 50, settled: 20 },
        'the budget after a repetition',
      )
      const dear = await storage.ledger.settle(ours, [settlementOf('b', { budget: 90, tenant: 90 })], NOW)
      expectEqual(dear.overdrafts, [{ account: 'budget', limit: 100, used: 110 }], 'overdrafts')
      expectEqual(await standing(subject, 'budget'), { held: 0, settled: 110 }, 'the overdrawn budget')
      const { outcomes } = await storage.ledger.hold(ours, limits, [holdOf('c', { budget: 1 })], NOW)
      expectEqual(outcomes[0]?.outcome, 'refused', 'the next hold')
    },
  ),
  ledgerCase('release frees what is held and leaves what is settled', async (subject) => {
    const { storage, ours } = subject
    const limits = [limitOf('budget', 100)]
    await storage.ledger.hold(ours, limits, [holdOf('a', { budget: 60 }), holdOf('b', { budget: 40 })], NOW)
    await storage.ledger.settle(ours, [settlementOf('b', { budget: 40 })], NOW)
    await storage.ledger.release(ours, ['a', 'b', 'unknown'])
    expectEqual(await standing(subject, 'budget'), { held: 0, settled: 40 }, 'the account')
    const { outcomes } = await storage.ledger.hold(ours, limits, [holdOf('a', { budget: 60 })], NOW)
    expectEqual(outcomes, [{ id: 'a', outcome: 'held' }], 'the same hold after its release')
  }),
  ledgerCase('what expired is free, and is settled all the same when it was sent', async (subject) => {
    const { storage, ours } = subject
    const limits = [limitOf('budget', 100)]
    const hold = (id: string, now: number) =>
      storage.ledger.hold(ours, limits, [holdOf(id, { budget: 100 }, now + MINUTE_MS)], now)
    await hold('a', NOW)
    expectEqual((await hold('b', NOW + MINUTE_MS - 1)).outcomes[0]?.outcome, 'refused', 'before the end')
    expectEqual((await hold('b', NOW + MINUTE_MS)).outcomes[0]?.outcome, 'held', 'at the end')
    const late = await storage.ledger.settle(ours, [settlementOf('a', { budget: 100 })], NOW + MINUTE_MS)
    expectEqual(late.overdrafts, [{ account: 'budget', limit: 100, used: 200 }], 'overdrafts')
    expectEqual(
      await standing(subject, 'budget', NOW + MINUTE_MS),
      { held: 100, settled: 100 },
      'the account',
    )
    const never = await storage.ledger.settle(ours, [settlementOf('c', { other: 3 })], NOW)
    expectEqual(never, { crossings: [], overdrafts: [] }, 'what was never held')
    expectEqual(await standing(subject, 'other'), { held: 0, settled: 3 }, 'its account')
  }),
  ledgerCase('expire frees what is over, so much at a time', async (subject) => {
    const { storage, ours } = subject
    const holds = ['a', 'b', 'c'].map((id) => holdOf(id, { budget: 10 }))
    await storage.ledger.hold(ours, [limitOf('budget', 100)], holds, NOW)
    const expire = (now: number, limit: number) => storage.ledger.expire(ours, { now, limit })
    expectEqual(await expire(EXPIRES - 1, 100), 0, 'before the end')
    expectEqual(await expire(EXPIRES, 2), 2, 'two at a time')
    expectEqual(await expire(EXPIRES, 2), 1, 'the last one')
    expectEqual(await standing(subject, 'budget', NOW), { held: 0, settled: 0 }, 'the account')
  }),
  ledgerCase('a window forgets what was settled longer ago', async (subject) => {
    const { storage, ours } = subject
    const limits = [limitOf('cap of Ada', 2, DAY_MS)]
    const send = async (id: string, now: number) => {
      const hold = holdOf(id, { 'cap of Ada': 1 }, now + MINUTE_MS)
      const { outcomes } = await storage.ledger.hold(ours, limits, [hold], now)
      if (outcomes[0]?.outcome === 'held')
        await storage.ledger.settle(ours, [settlementOf(id, { 'cap of Ada': 1 })], now)
      return outcomes[0]?.outcome
    }
    expectEqual(await send('a', NOW), 'held', 'the first')
    expectEqual(await send('b', NOW + 1), 'held', 'the second')
    expectEqual(await send('c', NOW + DAY_MS - 1), 'refused', 'the third within the day')
    expectEqual(await send('d', NOW + DAY_MS), 'held', 'the third a day after the first')
    expectEqual(await send('e', NOW + DAY_MS), 'refused', 'the fourth')
    expectEqual(await standing(subject, 'cap of Ada', NOW + DAY_MS), { held: 0, settled: 2 }, 'the account')
    expectEqual(await storage.ledger.hold(ours, limits, [], NOW), { outcomes: [], crossings: [] }, 'no holds')
  }),
  ledgerCase('prune forgets settled entries that count no more; totals stay', async (subject) => {
    const { storage, ours } = subject
    const limits = [limitOf('budget', 100), limitOf('cap of Ada', 5, DAY_MS)]
    const holds = ['a', 'b'].map((id) => holdOf(id, { budget: 10, 'cap of Ada': 1 }))
    await storage.ledger.hold(ours, limits, [...holds, holdOf('held', { budget: 5 })], NOW)
    await storage.ledger.settle(
      ours,
      holds.map(({ id, parts }) => ({ id, parts })),
      NOW,
    )
    const prune = (before: number, now: number, limit = 100) =>
      storage.ledger.prune(ours, { before, now, limit })
    expectEqual(await prune(NOW, NOW + 1), 0, 'nothing is older')
    expectEqual(await prune(NOW + 1, NOW + DAY_MS - 1), 2, 'those without a window')
    expectEqual(await prune(NOW + 1, NOW + DAY_MS, 1), 1, 'one of those whose window is over')
    expectEqual(await prune(NOW + 1, NOW + DAY_MS), 1, 'the other')
    expectEqual(await standing(subject, 'budget'), { held: 5, settled: 20 }, 'the budget')
  }),
]

const pruneCases: readonly StorageCase[] = [
  conformanceCase('ledger.prune: another tenant with equal ids is untouched', [], async (subject) => {
    const { storage, ours, theirs } = subject
    const settlements = [settlementOf('a', { budget: 1 })]
    for (const scope of [ours, theirs]) await storage.ledger.settle(scope, settlements, NOW)
    const request = { before: NOW + 1, now: NOW + 1, limit: 10 }
    expectEqual(await storage.ledger.prune(ours, request), 1, 'ours')
    expectEqual(await storage.ledger.prune(theirs, request), 1, 'theirs')
  }),
]

const crossingCases: readonly StorageCase[] = [
  ledgerCase('90 % and all of a limit are told once, whoever reaches them', async (subject) => {
    const { storage, ours } = subject
    const limits = [limitOf('budget', 100)]
    const hold = async (id: string, amount: number, of = limits) =>
      (await storage.ledger.hold(ours, of, [holdOf(id, { budget: amount })], NOW)).crossings
    expectEqual(await hold('a', 89), [], 'below')
    const first = [{ account: 'budget', share: 0.9, limit: 100, used: 90 }]
    expectEqual(await hold('b', 1), first, 'at 90 %')
    await storage.ledger.release(ours, ['b'])
    expectEqual(await hold('c', 1), [], 'at 90 % once more')
    const full = await storage.ledger.settle(ours, [settlementOf('c', { budget: 11 })], NOW + 1)
    expectEqual(full.crossings, [{ account: 'budget', share: 1, limit: 100, used: 100 }], 'at the limit')
    const [account] = await storage.ledger.accounts(ours, ['budget'], NOW)
    const { crossed90At, crossed100At } = expectPresent(account, 'the account')
    expectEqual({ crossed90At, crossed100At }, { crossed90At: NOW, crossed100At: NOW + 1 }, 'when')
    expectEqual(await hold('d', 79, [limitOf('budget', 200)]), [], 'below 90 % of a larger limit')
    const larger = [{ account: 'budget', share: 0.9, limit: 200, used: 180 }]
    expectEqual(await hold('e', 1, [limitOf('budget', 200)]), larger, 'at 90 % of it')
  }),
  ledgerCase(
    'a share of the largest limit is told at its unit, and not one before',
    async ({ storage, ours }) => {
      const limits = [limitOf('budget', Number.MAX_SAFE_INTEGER)]
      const hold = async (id: string, amount: number) =>
        (await storage.ledger.hold(ours, limits, [holdOf(id, { budget: amount })], NOW)).crossings
      expectEqual(await hold('a', 8_106_479_329_266_891), [], 'a unit below 90 %')
      const shares = (await hold('b', 1)).map(({ share }) => share)
      expectEqual(shares, [0.9], 'at 90 %')
      expectEqual(await hold('c', 900_719_925_474_098), [], 'a unit below the limit')
      expectEqual((await hold('d', 1)).length, 1, 'at the limit')
    },
  ),
  ledgerCase('many who reach a share at once are told once', async ({ storage, ours }) => {
    const calls = Array.from({ length: 20 }, (_, at) =>
      storage.ledger.hold(ours, [limitOf('budget', 20)], [holdOf(`${at}`, { budget: 1 })], NOW),
    )
    const shares = (await Promise.all(calls)).flatMap(({ crossings }) => crossings.map(({ share }) => share))
    expectThat(
      shares.length === 2 && shares.includes(0.9) && shares.includes(1),
      '0.9 and 1, once each',
      shares,
    )
  }),
]

/** What holds and settlements mean in a LedgerStore. */
export const ledgerCases: readonly StorageCase[] = [
  ...holdCases,
  ...endCases,
  ...pruneCases,
  ...crossingCases,
]
