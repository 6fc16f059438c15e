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
    interaction: null,
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

describe('the squares of amounts', () => {
  const squaresOf = (...amounts: readonly (readonly [string | null, number])[]) =>
    across(
      amounts.map(([customer, amountMinor], at) =>
        eventOf({ key: `e-${at}`, customerId: customer as CustomerId | null, amountMinor, currency: 'EUR' }),
      ),
    ).map(({ amountSquares }) => amountSquares)

  it('are those of what each member brought in all', () => {
    expect(squaresOf(['ada', 300], ['bob', 500], ['ada', 400])).toEqual([700 ** 2 + 500 ** 2])
    expect(squaresOf(['ada', 300], ['ada', -300])).toEqual([0])
  })

  it('leave out events of nobody', () => {
    expect(squaresOf([null, 300], ['bob', 500])).toEqual([500 ** 2])
  })

  it('are the nearest double to the exact sum, in every order', () => {
    const big = 9_007_199_254_740_991
    const expected = Number(BigInt(big) ** 2n + 1n + 9n)
    expect(squaresOf(['ada', big], ['bob', 1], ['eve', 3])).toEqual([expected])
    expect(squaresOf(['eve', 3], ['bob', 1], ['ada', big])).toEqual([expected])
  })
})
