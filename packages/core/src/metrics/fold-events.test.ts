import { describe, expect, it } from 'vitest'
import type { CampaignId, CustomerId, RunId } from '../base/ids.js'
import type { Attribution, CampaignEvent } from '../model/event.js'
import { cellKeyOf, cellsOf } from './counter-cell.js'
import { foldEvents } from './fold-events.js'

const PLACE: Attribution = {
  campaignId: 'c' as CampaignId,
  runId: 'r' as RunId,
  arm: 'plain',
  channel: 'email',
  segments: ['VIP'],
}

function eventOf(overrides: Partial<CampaignEvent> = {}): CampaignEvent {
  return {
    key: 'e-1',
    type: 'clicked',
    at: 1,
    recordedAt: 2,
    customerId: 'ada' as CustomerId,
    deliveryId: null,
    attributions: [PLACE],
    amountMinor: 0,
    costMicros: 0,
    currency: null,
    reason: null,
    url: null,
    machine: false,
    ...overrides,
  }
}

const across = (events: readonly CampaignEvent[]) =>
  foldEvents(events).filter(({ channel, segment }) => channel === null && segment === null)

describe('cellsOf', () => {
  const placesOf = (event: CampaignEvent) =>
    [...cellsOf(event).values()].map(({ channel, segment }) => [channel, segment])

  it('counts across channels and segments, in each, and in both', () => {
    expect(placesOf(eventOf())).toEqual([
      [null, null],
      [null, 'VIP'],
      ['email', null],
      ['email', 'VIP'],
    ])
  })

  it('has no cell of a channel for an event that is of none', () => {
    expect(placesOf(eventOf({ attributions: [{ ...PLACE, channel: null, segments: [] }] }))).toEqual([
      [null, null],
    ])
    expect(placesOf(eventOf({ attributions: [] }))).toEqual([])
  })

  it('counts once in a cell to which two attributions or a repeated segment lead', () => {
    const sms = { ...PLACE, channel: 'sms' as const, segments: ['VIP', 'VIP'] }
    expect(placesOf(eventOf({ attributions: [PLACE, sms] }))).toHaveLength(6)
  })

  it('keeps the segment named null apart from all segments', () => {
    const [event, other] = [eventOf({ attributions: [{ ...PLACE, segments: ['null', ''] }] }), eventOf()]
    expect(cellsOf(event).size).toBe(6)
    const keys = [...cellsOf(event).values()].map(cellKeyOf)
    expect(keys).toEqual([...cellsOf(event).keys()])
    expect(keys).toContain([...cellsOf(other).keys()][0])
  })
})

describe('foldEvents', () => {
  it('counts events, machines, members, humans, amounts and costs', () => {
    const events = [
      eventOf({ machine: true, costMicros: 5 }),
      eventOf({ key: 'e-2', amountMinor: 3 }),
      eventOf({ key: 'e-3', customerId: 'eva' as CustomerId, machine: true }),
      eventOf({ key: 'e-4', customerId: null }),
    ]
    expect(across(events)).toEqual([
      expect.objectContaining({
        total: 4,
        machine: 2,
        members: 2,
        humanMembers: 1,
        amountMinor: 3,
        costMicros: 5,
      }),
    ])
  })

  it('counts a key once', () => {
    expect(across([eventOf(), eventOf({ type: 'opened' })])).toEqual([
      expect.objectContaining({ type: 'clicked', total: 1 }),
    ])
  })

  it('keeps currencies, types, arms and runs apart', () => {
    const events = [
      eventOf(),
      eventOf({ key: 'e-2', currency: 'EUR', amountMinor: 1 }),
      eventOf({ key: 'e-3', currency: 'USD', amountMinor: 1 }),
      eventOf({ key: 'e-4', type: 'opened' }),
      eventOf({ key: 'e-5', attributions: [{ ...PLACE, arm: 'emoji' }] }),
      eventOf({ key: 'e-6', attributions: [{ ...PLACE, runId: 'r-2' as RunId }] }),
    ]
    expect(across(events).map(({ total, members }) => [total, members])).toEqual(events.map(() => [1, 1]))
  })
})
