import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../base/canonical-json.js'
import type { CampaignId, CustomerId, RunId } from '../base/ids.js'
import type { CampaignEvent } from '../model/event.js'
import { foldEvents } from './fold-events.js'

const LONG = process.env.CAMPAIGNKIT_LONG === '1'

const eventArb = fc.record({
  key: fc.string({ minLength: 1, maxLength: 4 }),
  type: fc.constantFrom('clicked', 'conversion'),
  at: fc.nat(),
  recordedAt: fc.nat(),
  customerId: fc.option(fc.constantFrom('a' as CustomerId, 'b' as CustomerId, 'ö' as CustomerId)),
  deliveryId: fc.constant(null),
  attributions: fc.array(
    fc.record({
      campaignId: fc.constantFrom('c-1' as CampaignId, 'c-2' as CampaignId),
      runId: fc.constantFrom('r-1' as RunId, 'r-2' as RunId),
      arm: fc.constantFrom('plain', 'emoji'),
      channel: fc.constantFrom('email' as const, 'sms' as const, null),
      segments: fc.array(fc.constantFrom('VIP', 'null', '","'), { maxLength: 2 }),
    }),
    { maxLength: 3 },
  ),
  amountMinor: fc.integer({ min: -99, max: 99 }),
  costMicros: fc.nat(99),
  currency: fc.constantFrom('EUR', 'USD', null),
  reason: fc.constant(null),
  url: fc.constant(null),
  machine: fc.boolean(),
  interaction: fc.constant(null),
})

const asSet = (events: readonly CampaignEvent[]) => foldEvents(events).map(canonicalJson).sort()

describe('foldEvents', () => {
  it('comes to the same counts in every order and with every repetition', () => {
    const cases = fc
      .uniqueArray(eventArb, { selector: ({ key }) => key, maxLength: 25 })
      .chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray(events, { minLength: events.length }),
          fc.subarray(events),
        ),
      )
    fc.assert(
      fc.property(cases, ([events, shuffled, again]) => {
        expect(asSet([...shuffled, ...again])).toEqual(asSet(events))
      }),
      { seed: 3, numRuns: LONG ? 5_000 : 200 },
    )
  })

  it('never counts more members than events, nor more humans than members', () => {
    fc.assert(
      fc.property(fc.array(eventArb, { maxLength: 25 }), (events) => {
        for (const { total, members, humanMembers, machine } of foldEvents(events)) {
          expect(members).toBeLessThanOrEqual(total)
          expect(humanMembers).toBeLessThanOrEqual(Math.min(members, total - machine))
        }
      }),
      { seed: 3, numRuns: LONG ? 5_000 : 200 },
    )
  })
})
