import type { Instant } from '../../base/time.js'
import type { Campaign } from '../../model/campaign.js'
import { DEFAULT_PRIORITY } from '../../model/priority.js'
import type { FreezeState, Run } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'
import type { Storage } from '../../ports/storage/storage.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleCampaign, sampleDelivery, sampleRun } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { expectEqual, expectPresent, expectSame } from './expectations.js'
import { claimAndOpen, claimOf, LEASE_MS, otherSettlement, seedCampaign } from './seeds.js'

const dueCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`dueIndex: ${name}`, [], run)

const FROZEN: FreezeState = { phase: 'frozen', at: SAMPLE_NOW, newcomers: 0 }

interface Setting {
  readonly id: string
  readonly status: Campaign['status']
  readonly freeze?: FreezeState
  readonly scheduledFor?: Instant
  readonly endsAt?: Instant
  readonly run?: Run['status']
  readonly priority?: number
}

/** Puts a campaign with one run there; the run bears the id of the campaign. */
async function seed(storage: Storage, scope: Scope, setting: Setting): Promise<Run> {
  const { id, status, freeze, scheduledFor = SAMPLE_NOW, endsAt, priority = DEFAULT_PRIORITY } = setting
  const content = { name: id, priority, ...(endsAt === undefined ? {} : { endsAt }) }
  const run = sampleRun({ id, campaignId: id, scheduledFor })
  await seedCampaign(storage, scope, sampleCampaign({ id, status, content }), [run])
  const moved = { ...run, version: 2, freeze: freeze ?? run.freeze, status: setting.run ?? 'open' }
  await storage.campaigns.updateRun(scope, moved, 1)
  return moved
}

/** Puts a delivery of the run there, due at the instant. */
async function seedDelivery(storage: Storage, scope: Scope, run: Run, dueAt: Instant): Promise<void> {
  const { campaignId, id: runId } = run
  await storage.deliveries.append(scope, [
    sampleDelivery({ id: `d of ${runId} ${dueAt}`, campaignId, runId, dueAt }),
  ])
}

/** Before anything is due, so that nothing takes turns. */
const EARLY: Instant = -1

async function dueIn(storage: Storage, limit = 1_000): Promise<readonly (readonly [string, Instant])[]> {
  return (await storage.dueIndex.due({ limit, now: EARLY })).map(({ runId, dueAt }) => [runId, dueAt])
}

/** Runs in the order in which a worker serves them at the instant of the samples. */
async function turnsIn(storage: Storage): Promise<readonly string[]> {
  return (await storage.dueIndex.due({ limit: 1_000, now: SAMPLE_NOW })).map(({ runId }) => runId)
}

/** What a DueIndex means. */
export const dueIndexCases: readonly StorageCase[] = [
  dueCase('a run that is not frozen is due when it is scheduled', async ({ storage, ours }) => {
    await seed(storage, ours, { id: 'a', status: 'scheduled', scheduledFor: SAMPLE_NOW + 9 })
    await seed(storage, ours, { id: 'b', status: 'preparing', scheduledFor: SAMPLE_NOW - 9 })
    await seed(storage, ours, {
      id: 'c',
      status: 'active',
      scheduledFor: SAMPLE_NOW,
      freeze: { phase: 'ranking', slices: [], placed: 0, newcomers: 0 },
    })
    expectEqual(
      await dueIn(storage),
      [
        ['b', SAMPLE_NOW - 9],
        ['c', SAMPLE_NOW],
        ['a', SAMPLE_NOW + 9],
      ],
      'runs that are due',
    )
  }),
  dueCase(
    'a frozen run is due with its earliest delivery or lease, or at once when all is settled',
    async ({ storage, ours }) => {
      const waiting = await seed(storage, ours, { id: 'waiting', status: 'active', freeze: FROZEN })
      await seedDelivery(storage, ours, waiting, SAMPLE_NOW + 7)
      await seedDelivery(storage, ours, waiting, SAMPLE_NOW + 5)
      const leased = await seed(storage, ours, { id: 'leased', status: 'active', freeze: FROZEN })
      await seedDelivery(storage, ours, leased, SAMPLE_NOW)
      await storage.deliveries.claim(ours, leased.id, claimOf())
      await seed(storage, ours, { id: 'settled', status: 'active', freeze: FROZEN })
      const expected = [
        ['settled', 0],
        ['waiting', SAMPLE_NOW + 5],
        ['leased', SAMPLE_NOW + LEASE_MS],
      ]
      expectEqual(await dueIn(storage), expected, 'runs that are due')
      await storage.deliveries.endQueued(ours, waiting.campaignId, {
        status: 'skipped',
        reason: 'budget',
        now: SAMPLE_NOW,
        limit: 9,
      })
      expectSame(
        await dueIn(storage),
        [
          ['settled', 0],
          ['waiting', 0],
          ['leased', SAMPLE_NOW + LEASE_MS],
        ],
        'then',
      )
    },
  ),
  dueCase('no run is due later than its campaign ends', async ({ storage, ours }) => {
    const endsAt = SAMPLE_NOW + 100
    await seed(storage, ours, { id: 'unfrozen', status: 'scheduled', scheduledFor: SAMPLE_NOW + 200, endsAt })
    const frozen = await seed(storage, ours, {
      id: 'frozen',
      status: 'active',
      freeze: FROZEN,
      endsAt: endsAt + 1,
    })
    await seedDelivery(storage, ours, frozen, SAMPLE_NOW + 300)
    expectEqual(
      await dueIn(storage),
      [
        ['unfrozen', endsAt],
        ['frozen', endsAt + 1],
      ],
      'runs that are due',
    )
  }),
  dueCase('a paused campaign is due at its end, if it has one', async ({ storage, ours }) => {
    const paused = await seed(storage, ours, { id: 'endless', status: 'paused', freeze: FROZEN })
    await seedDelivery(storage, ours, paused, SAMPLE_NOW)
    const ending = await seed(storage, ours, {
      id: 'ending',
      status: 'paused',
      freeze: FROZEN,
      endsAt: SAMPLE_NOW + 50,
    })
    await seedDelivery(storage, ours, ending, SAMPLE_NOW)
    expectEqual(await dueIn(storage), [['ending', SAMPLE_NOW + 50]], 'runs that are due')
  }),
  dueCase(
    'an ended campaign is due at once while anything but attempts is left',
    async ({ storage, ours }) => {
      for (const status of ['completed', 'failed', 'cancelled'] as const) {
        const queued = await seed(storage, ours, { id: `${status} queued`, status, freeze: FROZEN })
        await seedDelivery(storage, ours, queued, SAMPLE_NOW + 5)
        await seed(storage, ours, { id: `${status} settled`, status, freeze: FROZEN })
      }
      const attempting = await seed(storage, ours, { id: 'attempting', status: 'cancelled', freeze: FROZEN })
      await seedDelivery(storage, ours, attempting, SAMPLE_NOW)
      const [hold] = await claimAndOpen(storage, ours, claimOf(), attempting)
      const atOnce = ['completed', 'failed', 'cancelled'].flatMap((status) => [
        [`${status} queued`, 0],
        [`${status} settled`, 0],
      ])
      expectSame(
        await dueIn(storage),
        [...atOnce, ['attempting', SAMPLE_NOW + LEASE_MS]],
        'runs that are due',
      )
      const dueAt = SAMPLE_NOW + 9 * LEASE_MS
      const doubt = otherSettlement(expectPresent(hold, 'a hold'), 'inDoubt', { dueAt })
      await storage.deliveries.settle(ours, [doubt], SAMPLE_NOW)
      expectSame(await dueIn(storage), [...atOnce, ['attempting', dueAt]], 'runs that are due, one in doubt')
    },
  ),
  dueCase('drafts and ended runs are never due', async ({ storage, ours }) => {
    await seed(storage, ours, { id: 'draft', status: 'draft' })
    await seed(storage, ours, { id: 'over', status: 'active', freeze: FROZEN, run: 'ended' })
    await seed(storage, ours, { id: 'never begun', status: 'scheduled', run: 'ended' })
    expectEqual(await dueIn(storage), [], 'runs that are due')
  }),
  dueCase(
    'every tenant is asked, the earliest runs first, no more than wanted',
    async ({ storage, ours, theirs }) => {
      await seed(storage, ours, { id: 'run-1', status: 'active', scheduledFor: SAMPLE_NOW + 2 })
      await seed(storage, theirs, { id: 'run-1', status: 'active', scheduledFor: SAMPLE_NOW + 1 })
      await seed(storage, ours, { id: 'run-2', status: 'active', scheduledFor: SAMPLE_NOW + 3 })
      const due = await storage.dueIndex.due({ limit: 2, now: EARLY })
      const expected = [theirs, ours].map(({ tenant }, at) => {
        const scheduledFor = SAMPLE_NOW + 1 + at
        return { tenant, runId: asId('run-1'), dueAt: scheduledFor, scheduledFor, priority: DEFAULT_PRIORITY }
      })
      expectEqual(due, expected, 'the earliest two')
      expectEqual((await dueIn(storage)).length, 3, 'runs of all tenants')
    },
  ),
  dueCase('of runs that are due the higher priority comes first', async ({ storage, ours }) => {
    for (const [at, priority] of [3, 9, 5].entries())
      await seed(storage, ours, {
        id: `of ${priority}`,
        status: 'active',
        priority,
        scheduledFor: SAMPLE_NOW - 9 + at,
      })
    await seed(storage, ours, { id: 'later', status: 'active', priority: 9, scheduledFor: SAMPLE_NOW + 2 })
    await seed(storage, ours, { id: 'soon', status: 'active', priority: 1, scheduledFor: SAMPLE_NOW + 1 })
    const expected = ['of 9', 'of 5', 'of 3', 'soon', 'later']
    expectEqual(await turnsIn(storage), expected, 'runs, those that are due in turn')
    const first = await storage.dueIndex.due({ limit: 1, now: SAMPLE_NOW })
    expectEqual(
      first.map(({ runId, priority }) => [runId, priority]),
      [['of 9', 9]],
      'the first of them',
    )
  }),
  dueCase('runs of one priority take turns, those that had none first', async ({ storage, ours, theirs }) => {
    for (const [at, id] of ['a', 'b', 'c'].entries())
      await seed(storage, ours, { id, status: 'active', scheduledFor: SAMPLE_NOW - 9 + at })
    await seed(storage, theirs, { id: 'a', status: 'active', scheduledFor: SAMPLE_NOW - 1 })
    expectEqual(await turnsIn(storage), ['a', 'b', 'c', 'a'], 'before any turn')
    await storage.dueIndex.noteTurn(ours, asId('c'))
    await storage.dueIndex.noteTurn(ours, asId('a'))
    expectEqual(await turnsIn(storage), ['b', 'a', 'c', 'a'], 'after two of them had a turn')
    await storage.dueIndex.noteTurn(ours, asId('b'))
    await storage.dueIndex.noteTurn(theirs, asId('a'))
    expectEqual(await turnsIn(storage), ['c', 'a', 'b', 'a'], 'after all of them had one')
    const tenants = (await storage.dueIndex.due({ limit: 9, now: SAMPLE_NOW })).map(({ tenant }) => tenant)
    expectEqual(
      tenants,
      [ours, ours, ours, theirs].map(({ tenant }) => tenant),
      'whose they are',
    )
  }),
  dueCase('however many are due, each has its turn', async ({ storage, ours }) => {
    const ids = Array.from({ length: 7 }, (_, at) => `run of ${at}`)
    for (const id of ids) await seed(storage, ours, { id, status: 'active', scheduledFor: SAMPLE_NOW })
    const served: string[] = []
    for (const _ of ids) {
      const [next] = await storage.dueIndex.due({ limit: 1, now: SAMPLE_NOW })
      const { runId } = expectPresent(next, 'a run that is due')
      await storage.dueIndex.noteTurn(ours, runId)
      served.push(runId)
    }
    expectSame(served, ids, 'runs that had a turn')
  }),
]
