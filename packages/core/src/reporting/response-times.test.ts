import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../base/time.js'
import type { CampaignEvent } from '../model/event.js'
import { sampleAttribution, sampleEvent } from '../testing/samples.js'
import { createResponseTimes } from './response-times.js'

const NOON = Date.UTC(2026, 2, 1, 12)

function event(
  type: string,
  customerId: string | null,
  at: number,
  more: Partial<CampaignEvent> = {},
): CampaignEvent {
  return { ...sampleEvent({ type, customerId, key: `${type}:${customerId}:${at}` }), at, ...more }
}

function timesOf(events: readonly CampaignEvent[], mostMembers?: number) {
  const fold = createResponseTimes(mostMembers === undefined ? {} : { mostMembers })
  for (const each of events) fold.add(each)
  return fold.result()
}

describe('response times', () => {
  it('go from the first message to the first response of each type', () => {
    expect(
      timesOf([
        event('sent', 'a', NOON),
        event('sent', 'a', NOON + HOUR_MS),
        event('opened', 'a', NOON + 2 * HOUR_MS),
        event('opened', 'a', NOON + 9 * HOUR_MS),
        event('sent', 'b', NOON),
        event('opened', 'b', NOON + 4 * HOUR_MS),
        event('redemption', 'b', NOON + 30 * HOUR_MS),
      ]),
    ).toEqual({
      sampledShare: 1,
      times: [
        { type: 'opened', members: 2, medianMs: 2 * HOUR_MS, p90Ms: 4 * HOUR_MS },
        { type: 'redemption', members: 1, medianMs: 30 * HOUR_MS, p90Ms: 30 * HOUR_MS },
      ],
    })
  })

  it('leave out machines, erased customers, other types, and who was never written to', () => {
    expect(
      timesOf([
        event('sent', 'a', NOON),
        event('opened', 'a', NOON + 1, { machine: true }),
        event('opened', null, NOON + 1),
        event('delivered', 'a', NOON + 1),
        event('conversion', 'held-out', NOON + 1),
        event('clicked', 'a', NOON + 1, { attributions: [] }),
      ]),
    ).toEqual({ sampledShare: 1, times: [] })
  })

  it('take a response before its message for one at once', () => {
    expect(timesOf([event('clicked', 'a', NOON - 500), event('sent', 'a', NOON)]).times[0]?.medianMs).toBe(0)
  })

  it('keep the runs of a customer apart', () => {
    const inRun = (runId: string) => ({ attributions: [sampleAttribution({ runId })] })
    const { times } = timesOf([
      event('sent', 'a', NOON, inRun('r1')),
      event('sent', 'a', NOON + 10 * HOUR_MS, inRun('r2')),
      event('clicked', 'a', NOON + 11 * HOUR_MS, inRun('r2')),
    ])
    expect(times).toEqual([{ type: 'clicked', members: 1, medianMs: HOUR_MS, p90Ms: HOUR_MS }])
  })

  it('are the same in every order and with every repetition', () => {
    const events = ['a', 'b', 'c'].flatMap((id, index) => [
      event('sent', id, NOON + index),
      event('opened', id, NOON + (index + 1) * MINUTE_MS),
      event('clicked', id, NOON + (index + 2) * MINUTE_MS),
    ])
    const expected = timesOf(events)
    fc.assert(
      fc.property(fc.shuffledSubarray([...events, ...events], { minLength: 18 }), (shuffled) => {
        expect(timesOf(shuffled)).toEqual(expected)
      }),
      { seed: 4, numRuns: 50 },
    )
  })

  it('follow a random part of a large audience, in bounded memory, and stay near the truth', () => {
    const events = Array.from({ length: 20_000 }, (_, index) => [
      event('sent', `c-${index}`, NOON),
      event('opened', `c-${index}`, NOON + (index % 1_000) * MINUTE_MS),
    ]).flat()
    const { times, sampledShare } = timesOf(events, 4_096)
    expect(sampledShare).toBe(0.125)
    expect(times[0]?.members).toBeGreaterThan(2_048)
    expect(times[0]?.members).toBeLessThanOrEqual(4_096)
    expect(Math.abs(Number(times[0]?.medianMs) / MINUTE_MS - 500)).toBeLessThan(1_500 / Math.sqrt(2_048))
  })

  it('end even when nobody at all may be followed', () => {
    expect(timesOf([event('sent', 'a', NOON), event('opened', 'a', NOON)], 0).times).toEqual([])
  })
})
