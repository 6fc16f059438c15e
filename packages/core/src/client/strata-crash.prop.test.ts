import { createMemoryStorage } from '@campaignkit/adapter-memory'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { assignWithinStrata } from '../assignment/strata.js'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import type { Member } from '../model/member.js'
import { stratumOf } from '../model/stratum.js'
import { createCrashingStorage, createCrashPoint } from '../testing/crash.js'
import { createManualClock } from '../testing/manual-clock.js'
import { createPizzeria, lapsedCustomer, winBack } from './pizzeria.fixture.js'
import { armsOf, LOYAL, membersOf, permit, VARIANTS, ZONES } from './strata.fixture.js'

const page = vi.hoisted(() => ({ size: 500 }))
vi.mock('../engine/scan-customers.js', async (original) => ({
  ...(await original<typeof import('../engine/scan-customers.js')>()),
  get FREEZE_PAGE() {
    return page.size
  },
}))
afterEach(() => {
  page.size = 500
})

const RUNS = process.env.CAMPAIGNKIT_LONG === '1' ? 60 : 2
const START = Date.UTC(2026, 2, 1)
const NEVER = Number.MAX_SAFE_INTEGER

interface Person {
  readonly zone: number
  readonly loyal: boolean
  readonly allows: boolean
}

const person: fc.Arbitrary<Person> = fc.record({
  zone: fc.nat(2),
  loyal: fc.boolean(),
  allows: fc.integer({ min: 0, max: 4 }).map((number) => number > 0),
})

const scenario = fc.record({
  people: fc.array(person, { minLength: 4, maxLength: 14 }),
  pageSize: fc.integer({ min: 2, max: 5 }),
  zone: fc.constantFrom('recipient', 'UTC'),
  holdout: fc.constantFrom(0, 0.2),
  remainder: fc.constantFrom(0, 0.25),
})

type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never

interface Death {
  readonly at: number
  readonly when: 'before' | 'after'
}

/** Freezes in a process that dies at its n-th call, and then in a fresh one over what is left. */
async function frozen(
  { people, zone, holdout, remainder }: Scenario,
  runs: number,
  death: Death,
): Promise<{ readonly calls: number; readonly members: readonly Member[]; readonly salt: string }> {
  const storage = createMemoryStorage()
  const kit = { clock: createManualClock({ auto: true, startsAt: START }) }
  const first = createPizzeria({ storage, kit, seed: 'first' })
  const add = async (from: number, to: number) => {
    const some = people.slice(from, to).map((each, index) => ({ ...each, id: `c-${from + index}`, index }))
    await first.kit.customers.upsert(
      some.map(({ id, index, ...each }) =>
        lapsedCustomer(from + index, {
          id,
          timeZone: ZONES[each.zone] ?? '',
          tags: ['pizza-lover', ...(each.loyal ? ['loyal'] : [])],
        }),
      ),
    )
    await permit(
      first,
      some.filter(({ allows }) => allows).map(({ id }) => id),
    )
  }
  const schedule: CampaignInput['schedule'] = { type: 'recurring', every: 'day', at: '12:00', zone }
  const experiment = { variants: VARIANTS, holdout, remainder, strata: [LOYAL], minContacts: 1 }
  const { id, salt } = await first.kit.campaigns.create(winBack({ schedule, experiment }))
  await add(0, runs === 1 ? people.length : Math.ceil(people.length / 2))
  await first.kit.campaigns.launch(id)
  if (runs === 2) {
    await first.root.worker().drain({ until: START + DAY_MS })
    await add(Math.ceil(people.length / 2), people.length)
  }

  const work = { until: START + runs * DAY_MS }
  const crash = createCrashPoint(death)
  const dying = createPizzeria({ storage: createCrashingStorage(storage, crash), kit, seed: 'dying' })
  let calls = 0
  dying.root.on('run.frozen', () => {
    calls = crash.calls
  })
  await dying.root
    .worker()
    .drain(work)
    .catch(() => undefined)
  await kit.clock.advance(HOUR_MS)
  const after = createPizzeria({ storage, kit, seed: 'after' })
  await after.root.worker().drain(work)
  return { calls, members: await membersOf(after, id, runs - 1), salt }
}

const reached = (members: readonly Member[]) => members.filter(({ exclusion }) => exclusion === null)

describe('a freezing with strata that is killed at any of its calls', { timeout: 120_000 }, () => {
  it.each([1, 2])('ends as if nothing had happened, in run %i of a campaign', async (runs) => {
    await fc.assert(
      fc.asyncProperty(scenario, async (random) => {
        page.size = 500
        const whole = reached((await frozen(random, runs, { at: NEVER, when: 'before' })).members)
        page.size = random.pageSize
        const { calls, members, salt } = await frozen(random, runs, { at: NEVER, when: 'before' })
        expect(reached(members)).toEqual(whole)
        if (runs === 1) {
          const placed = whole.map(({ customerId, segments }) => ({
            customerId,
            stratum: stratumOf(segments),
          }))
          const { holdout, remainder } = random
          const experiment = {
            variants: VARIANTS.map((each) => ({ ...each, weight: 1 })),
            holdout,
            remainder,
          }
          const options = { tenant: 'pizzeria', salt, experiment: experiment as never }
          expect(armsOf(whole)).toEqual(armsOf(assignWithinStrata(options, placed)))
        }
        for (let at = 1; at <= calls; at += 1) {
          for (const when of ['before', 'after'] as const) {
            const again = await frozen(random, runs, { at, when })
            expect(reached(again.members), `${when} call ${at} of ${calls}`).toEqual(whole)
          }
        }
      }),
      { numRuns: RUNS, seed: 2_026, endOnFailure: true },
    )
  })
})
