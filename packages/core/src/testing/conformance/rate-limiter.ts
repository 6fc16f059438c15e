import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../base/time.js'
import { type Pace, perHour, perMinute, perSecond } from '../../model/pace.js'
import type { Permit, RateLimit, RateLimiter } from '../../ports/rate-limiter.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { createSeededRandom } from '../seeded-random.js'
import { type ConformanceCase, conformanceCase, type TwoTenants } from './conformance-case.js'
import { expectEqual, expectThat } from './expectations.js'
import { expectWithin, type Lateness, simulateSends, slotsOf } from './send-simulation.js'

/** What a rate limiter case is run on. Instants of the cases begin at `SAMPLE_NOW` and only grow. */
export interface RateLimiterSubject extends TwoTenants {
  /** Without any reservation. */
  readonly limiter: RateLimiter
}

export type RateLimiterCase = ConformanceCase<RateLimiterSubject>

const limiterCase = (name: string, run: (subject: RateLimiterSubject) => Promise<void>): RateLimiterCase =>
  conformanceCase(`rateLimiter: ${name}`, [], run)

const NOW = SAMPLE_NOW
const LEAST_USE = 0.97

function limitOf(pace: Pace, key = 'campaign:c1:email', sharedByTenants = false): RateLimit {
  return { key, pace, sharedByTenants }
}

const lastSlotOf = (permit: Permit): number => Math.max(...slotsOf(permit))

const PACES: readonly Pace[] = [
  perMinute(100),
  perMinute(10),
  perSecond(10),
  perSecond(1_000),
  perHour(500),
  { limit: 1, periodMs: SECOND_MS },
  { limit: 7, periodMs: 1_300 },
  { limit: 1, periodMs: DAY_MS },
]

function latenesses(limit: number): Readonly<Record<string, Lateness>> {
  const random = createSeededRandom('lateness')
  return {
    'on time': () => 0,
    'as late as allowed': () => 1,
    'late and on time in turn': (at) => at % 2,
    'late first, then on time': (at) => (Math.floor(at / limit) % 2 === 0 ? 1 : 0),
    'late by chance': () => random.uniform(),
  }
}

/** For each pace: several claimers who always want more, on time or late. */
const paceCases: readonly RateLimiterCase[] = PACES.map((pace) => {
  const { limit, periodMs } = pace
  return limiterCase(
    `no ${periodMs} ms hold more than ${limit}, and nearly as many are used`,
    async ({ limiter, ours }) => {
      for (const [described, lateness] of Object.entries(latenesses(limit))) {
        const limits = [limitOf(pace, described)]
        const spanMs = Math.max(MINUTE_MS, 2 * periodMs)
        const claimers = [1, 3, 40].map((count) => ({ limits, count }))
        const sends = await simulateSends({ limiter, scope: ours, claimers, lateness, from: NOW, spanMs })
        expectWithin(
          sends.map(({ at }) => at),
          pace,
          described,
        )
        const measuredMs = Math.max(MINUTE_MS, periodMs)
        const used = sends.filter(({ slot }) => slot < NOW + measuredMs).length
        const least = Math.floor((LEAST_USE * limit * measuredMs) / periodMs)
        expectThat(used >= least, `at least ${least} sends in ${measuredMs} ms, ${described}`, used)
      }
    },
  )
})

const sharedCases: readonly RateLimiterCase[] = [
  limiterCase('several limits hold at once', async ({ limiter, ours }) => {
    const [wide, narrow, slow] = [
      limitOf(perMinute(100), 'wide'),
      limitOf(perSecond(3), 'narrow'),
      limitOf(perMinute(20), 'slow'),
    ]
    const claimers = [
      { limits: [wide, narrow], count: 5 },
      { limits: [wide, slow], count: 3 },
      { limits: [narrow], count: 7 },
      { limits: [wide], count: 1 },
    ]
    const lateness = (at: number) => at % 2
    const sends = await simulateSends({
      limiter,
      scope: ours,
      claimers,
      lateness,
      from: NOW,
      spanMs: 3 * MINUTE_MS,
    })
    for (const limit of [wide, narrow, slow]) {
      const bound = sends.filter(({ limits }) => limits.includes(limit)).map(({ at }) => at)
      expectThat(bound.length > 0, `sends under ${limit.key}`, bound.length)
      expectWithin(bound, limit.pace, limit.key)
    }
  }),
  limiterCase(
    'who shares a fast limit finds room between the slots of the slow',
    async ({ limiter, ours }) => {
      const account = limitOf(perMinute(10_000), 'account', true)
      const claimers = ['one', 'two', 'three'].map((key) => ({
        limits: [limitOf(perMinute(100), key), account],
        count: 16,
      }))
      const lateness = (at: number) => at % 2
      const sends = await simulateSends({
        limiter,
        scope: ours,
        claimers,
        lateness,
        from: NOW,
        spanMs: 2 * MINUTE_MS,
      })
      const least = 3 * 2 * 100 * LEAST_USE
      expectThat(sends.length >= least, `at least ${least} sends in two minutes`, sends.length)
    },
  ),
  limiterCase('who reserves at the same moment is given other slots', async ({ limiter, ours }) => {
    const limits = [limitOf(perSecond(10))]
    const request = { limits, count: 7, notBefore: NOW, horizonMs: DAY_MS }
    const permits = await Promise.all(Array.from({ length: 20 }, () => limiter.reserve(ours, request)))
    const slots = permits.flatMap(slotsOf)
    expectEqual(slots.length, 140, 'slots')
    expectWithin(slots, perSecond(10), 'slots of all')
  }),
  limiterCase('a time without sends saves none up', async ({ limiter, ours }) => {
    const limits = [limitOf(perMinute(10))]
    const slots: number[] = []
    for (const offset of [0, DAY_MS, DAY_MS + 1, 2 * DAY_MS]) {
      const permit = await limiter.reserve(ours, {
        limits,
        count: 30,
        notBefore: NOW + offset,
        horizonMs: DAY_MS,
      })
      slots.push(...slotsOf(permit))
    }
    expectWithin(slots, perMinute(10), 'slots')
  }),
  limiterCase(
    'who asks a little late loses no slot, and who asks later saves none up',
    async ({ limiter, ours }) => {
      const limits = [limitOf(perMinute(6_000))]
      const request = { limits, count: 20, horizonMs: DAY_MS }
      await limiter.reserve(ours, { ...request, notBefore: NOW })
      const late = await limiter.reserve(ours, { ...request, notBefore: NOW + 201 + 140 })
      expectEqual(late.firstAt, NOW + 201, 'the first slot of who is late')
      const early = await limiter.reserve(ours, { ...request, notBefore: NOW + 402 })
      expectEqual(early.firstAt, NOW + 402, 'the first slot of who is early')
      const tooLate = await limiter.reserve(ours, { ...request, notBefore: NOW + 603 + 160 })
      expectEqual(tooLate.firstAt, NOW + 603 + 160, 'the first slot of who is too late')
    },
  ),
  limiterCase(
    'other keys and other tenants do not wait, unless the limit is shared',
    async ({ limiter, ours, theirs }) => {
      const pace = perMinute(1)
      const first = async (limit: RateLimit, scope = ours) =>
        (await limiter.reserve(scope, { limits: [limit], count: 1, notBefore: NOW, horizonMs: DAY_MS }))
          .firstAt
      expectEqual(await first(limitOf(pace)), NOW, 'the first slot')
      expectEqual(await first(limitOf(pace, 'other')), NOW, 'the first slot of another key')
      expectEqual(await first(limitOf(pace), theirs), NOW, 'the first slot of another tenant')
      expectThat((await first(limitOf(pace))) >= NOW + pace.periodMs, 'the second slot later', 'sooner')
      expectEqual(await first(limitOf(pace, 'account', true)), NOW, 'the first slot of a shared limit')
      const shared = await first(limitOf(pace, 'account', true), theirs)
      expectThat(
        shared >= NOW + pace.periodMs,
        'the slot of another tenant under a shared limit later',
        shared,
      )
    },
  ),
]

const permitCases: readonly RateLimiterCase[] = [
  limiterCase(
    'a permit is for as many as were asked for at most, and not before its time',
    async ({ limiter, ours }) => {
      for (const count of [1, 2, 1_000]) {
        const limits = [limitOf(perSecond(50), `count ${count}`)]
        const permit = await limiter.reserve(ours, { limits, count, notBefore: NOW + 5, horizonMs: DAY_MS })
        expectThat(permit.firstAt >= NOW + 5, 'no slot before its time', permit)
        expectThat(
          permit.count >= 1 && permit.count <= count && Number.isInteger(permit.count),
          `1 to ${count}`,
          permit,
        )
        expectThat(permit.intervalMs >= 0 && permit.slackMs >= 0, 'no negative times', permit)
      }
    },
  ),
  limiterCase('slots beyond the horizon are left out and not used up', async ({ limiter, ours }) => {
    const limits = [limitOf(perSecond(1))]
    const request = { limits, count: 100, notBefore: NOW, horizonMs: 5_000 }
    const permit = await limiter.reserve(ours, request)
    expectThat(permit.count >= 1 && permit.count <= 6, '1 to 6 slots', permit)
    const last = lastSlotOf(permit)
    expectThat(last <= NOW + 5_000, 'no slot behind the horizon', last)
    const next = await limiter.reserve(ours, { ...request, notBefore: NOW + 5_000 })
    expectThat(next.firstAt <= last + 2 * SECOND_MS, 'the next slot right after the last', next)
  }),
  limiterCase(
    'when the horizon leaves none, nothing is reserved and the permit says when',
    async ({ limiter, ours }) => {
      const limits = [limitOf(perMinute(1))]
      const request = { limits, count: 5, notBefore: NOW, horizonMs: SECOND_MS }
      expectEqual((await limiter.reserve(ours, request)).count, 1, 'slots at first')
      const [one, two] = [await limiter.reserve(ours, request), await limiter.reserve(ours, request)]
      expectEqual([one.count, two.count], [0, 0], 'slots then')
      expectEqual(one.firstAt, two.firstAt, 'when the first slot would be')
      const late = await limiter.reserve(ours, { ...request, notBefore: one.firstAt })
      expectEqual([late.count, late.firstAt], [1, one.firstAt], 'the slot at that instant')
    },
  ),
  limiterCase('without a limit all are given at once', async ({ limiter, ours }) => {
    const permit = await limiter.reserve(ours, {
      limits: [],
      count: 1_000,
      notBefore: NOW,
      horizonMs: SECOND_MS,
    })
    expectEqual([permit.firstAt, permit.count], [NOW, 1_000], 'the permit')
    expectThat(lastSlotOf(permit) <= NOW + SECOND_MS, 'slots within the horizon', permit)
  }),
]

const postponeCases: readonly RateLimiterCase[] = [
  limiterCase(
    'postpone gives no slot before the instant, and never brings it forward',
    async ({ limiter, ours, theirs }) => {
      const limit = limitOf(perSecond(10))
      const request = { limits: [limit], count: 1, notBefore: NOW, horizonMs: DAY_MS }
      await limiter.postpone(ours, limit, NOW + 9_000)
      await limiter.postpone(ours, limit, NOW + 4_000)
      await limiter.postpone(ours, limit, 0)
      const { firstAt } = await limiter.reserve(ours, request)
      expectThat(firstAt >= NOW + 9_000, 'no slot before the later instant', firstAt)
      expectThat(firstAt <= NOW + 10_000, 'the slot soon after it', firstAt)
      const other = await limiter.reserve(ours, { ...request, limits: [limitOf(perSecond(10), 'other')] })
      expectEqual(other.firstAt, NOW, 'the first slot of another key')
      const foreign = await limiter.reserve(theirs, request)
      expectEqual(foreign.firstAt, NOW, 'the first slot of another tenant')
      const both = await limiter.reserve(ours, {
        ...request,
        limits: [limitOf(perSecond(10), 'other'), limit],
      })
      expectThat(both.firstAt >= NOW + 9_000, 'no slot of both before the instant', both)
    },
  ),
  limiterCase(
    'postponing a limit that has slots given out moves what is given next',
    async ({ limiter, ours, theirs }) => {
      const limit = limitOf(perSecond(10), 'account', true)
      const request = { limits: [limit], count: 20, notBefore: NOW, horizonMs: DAY_MS }
      await limiter.reserve(ours, request)
      await limiter.postpone(theirs, limit, NOW + MINUTE_MS)
      const { firstAt } = await limiter.reserve(ours, request)
      expectThat(firstAt >= NOW + MINUTE_MS, 'no slot before the instant', firstAt)
    },
  ),
]

/** What a RateLimiter means. */
export const rateLimiterConformance: readonly RateLimiterCase[] = [
  ...paceCases,
  ...sharedCases,
  ...permitCases,
  ...postponeCases,
]
