import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../base/time.js'
import type { Pace } from '../model/pace.js'
import type { Permit } from '../ports/rate-limiter.js'
import { postponeGcra, reserveGcra } from './gcra.js'

const LONG = process.env.CAMPAIGNKIT_LONG === '1'
const NOW = Date.UTC(2026, 2, 1, 9)
const KEYS = ['campaign', 'channel', 'account'] as const

interface Send {
  readonly at: number
  readonly key: string
  readonly pace: Pace
}

/** When a worker sends: each slot at some whole millisecond that the permit allows. */
function sendsOf({ firstAt, intervalMs, count, slackMs }: Permit, lateness: readonly number[]): number[] {
  return Array.from({ length: count }, (_, at) => {
    const slot = firstAt + at * intervalMs
    const earliest = Math.ceil(slot)
    const span = Math.floor(slot + slackMs) - earliest
    return earliest + Math.round(span * (lateness[at % lateness.length] ?? 0))
  })
}

/** The most sends that any window of the period holds. */
function busiest(sends: readonly number[], periodMs: number): number {
  const sorted = [...sends].sort((left, right) => left - right)
  let most = 0
  let from = 0
  for (const [to, at] of sorted.entries()) {
    while (at - (sorted[from] ?? at) >= periodMs) from += 1
    most = Math.max(most, to - from + 1)
  }
  return most
}

const paceArb = fc.oneof(
  fc.record({
    limit: fc.integer({ min: 1, max: 400 }),
    periodMs: fc.integer({ min: SECOND_MS, max: MINUTE_MS }),
  }),
  fc.record({ limit: fc.integer({ min: 1, max: 12_000 }), periodMs: fc.constant(SECOND_MS) }),
)

const stepArb = fc.record({
  waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })),
  count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 1_000 })),
  horizonMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })),
  keys: fc.subarray([0, 1, 2], { minLength: 1 }),
  variant: fc.integer({ min: 0, max: 1 }),
  postponeMs: fc.option(fc.integer({ min: -2_000, max: 5_000 }), { freq: 5 }),
  lateness: fc.array(fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 1,
    maxLength: 7,
  }),
})
type Step = typeof stepArb extends fc.Arbitrary<infer Value> ? Value : never

/** Runs steps against the limiter, each key having a pace of its own for each variant, and gives what was sent. */
function simulate(paces: readonly (readonly Pace[])[], steps: readonly Step[]): Send[] {
  const state = new Map<string, number>()
  const sends: Send[] = []
  let now = NOW
  for (const { waitMs, count, horizonMs, keys, variant, postponeMs, lateness } of steps) {
    now += waitMs
    const limits = keys.flatMap((at) => {
      const [key, pace] = [KEYS[at], paces[at]?.[variant]]
      return key === undefined || pace === undefined ? [] : [{ key, pace }]
    })
    if (postponeMs !== null) {
      for (const { key } of limits) state.set(key, postponeGcra(state.get(key), now + postponeMs))
    }
    const { permit, state: moved } = reserveGcra(state, { limits, count, notBefore: now, horizonMs })
    for (const [key, free] of moved) state.set(key, free)
    const instants = sendsOf(permit, lateness)
    for (const { key, pace } of limits) sends.push(...instants.map((at) => ({ at, key, pace })))
    if (postponeMs !== null && permit.count > 0)
      expect(permit.firstAt).toBeGreaterThanOrEqual(now + postponeMs)
  }
  return sends
}

const PARAMETERS = { seed: 7, numRuns: LONG ? 3_000 : 150 }

describe('a limit', () => {
  it('is never exceeded in any window, however late sends leave within their slack', () => {
    fc.assert(
      fc.property(
        fc.tuple(paceArb, paceArb, paceArb),
        fc.array(stepArb, { minLength: 1, maxLength: 30 }),
        (paces, steps) => {
          const sends = simulate(
            paces.map((pace) => [pace, pace]),
            steps,
          )
          for (const [at, pace] of paces.entries()) {
            const own = sends.filter(({ key }) => key === KEYS[at]).map((send) => send.at)
            expect(busiest(own, pace.periodMs)).toBeLessThanOrEqual(pace.limit)
          }
        },
      ),
      PARAMETERS,
    )
  })

  it('that changes is kept by the sends that are reserved under it, and all keep the largest', () => {
    const changing = fc
      .record({
        limits: fc.tuple(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 2_000 })),
        pace: paceArb,
      })
      .map(({ limits, pace }) => limits.map((limit) => ({ limit, periodMs: pace.periodMs })))
    fc.assert(
      fc.property(changing, fc.array(stepArb, { minLength: 1, maxLength: 30 }), (paces, steps) => {
        const sends = simulate([paces, paces, paces], steps)
        for (const key of KEYS) {
          const own = sends.filter((send) => send.key === key)
          const largest = Math.max(...paces.map(({ limit }) => limit))
          const [{ periodMs } = { periodMs: 1 }] = paces
          expect(
            busiest(
              own.map(({ at }) => at),
              periodMs,
            ),
          ).toBeLessThanOrEqual(largest)
          for (const pace of paces) {
            const under = own.filter((send) => send.pace === pace).map(({ at }) => at)
            expect(busiest(under, periodMs)).toBeLessThanOrEqual(pace.limit)
          }
        }
      }),
      PARAMETERS,
    )
  })

  it('is used to at least 97 % by a worker that reserves ahead of what it sends', () => {
    const demand = fc.record({
      pace: fc.oneof(
        fc.record({ limit: fc.integer({ min: 100, max: 10_000 }), periodMs: fc.constant(MINUTE_MS) }),
        fc.record({ limit: fc.integer({ min: 1, max: 10_000 }), periodMs: fc.constant(SECOND_MS) }),
      ),
      count: fc.integer({ min: 1, max: 1_000 }),
      offsetMs: fc.integer({ min: 0, max: 10_000 }),
    })
    fc.assert(
      fc.property(demand, ({ pace, count, offsetMs }) => {
        const begins = NOW + offsetMs
        const ends = begins + MINUTE_MS
        let state: ReadonlyMap<string, number> = new Map()
        let sent = 0
        for (let now = begins; now < ends; ) {
          const { permit, state: moved } = reserveGcra(state, {
            limits: [{ key: 'k', pace }],
            count,
            notBefore: now,
            horizonMs: 10_000,
          })
          if (moved.size > 0) state = moved
          const instants = sendsOf(permit, [0])
          sent += instants.filter((at) => at < ends).length
          now = permit.firstAt
        }
        expect(sent / ((MINUTE_MS * pace.limit) / pace.periodMs)).toBeGreaterThanOrEqual(0.97)
      }),
      {
        seed: 11,
        numRuns: LONG ? 200 : 20,
        examples: [[{ pace: { limit: 10_000, periodMs: SECOND_MS }, count: 1, offsetMs: 0 }]],
      },
    )
  })
})
