import { describe, expect, it } from 'vitest'
import type { TenantId } from '../base/ids.js'
import { perMinute, perSecond } from '../model/pace.js'
import { type GcraRequest, gcraKeyOf, postponeGcra, reserveGcra } from './gcra.js'
import { slackMsOf, spacingMsOf } from './spacing.js'

const NOW = Date.UTC(2026, 2, 1, 9)
const EMAIL = { key: 'email', pace: perMinute(100) }
const ACCOUNT = { key: 'account', pace: perSecond(10) }

const asked = (request: Partial<GcraRequest> = {}): GcraRequest => ({
  limits: [EMAIL],
  count: 10,
  notBefore: NOW,
  horizonMs: 60_000,
  ...request,
})

describe('spacing', () => {
  it('spreads the limit over the period and the slack', () => {
    expect([slackMsOf(perMinute(100)), spacingMsOf(perMinute(100))]).toEqual([300, 603])
    expect([slackMsOf(perSecond(10_000)), spacingMsOf(perSecond(10_000))]).toEqual([5, 0.1005])
  })

  it('leaves at least a millisecond of slack', () => {
    expect(slackMsOf({ limit: 1, periodMs: 10 })).toBe(1)
  })
})

describe('reserveGcra', () => {
  it('gives the first slots at once and the next ones behind them', () => {
    const first = reserveGcra(new Map(), asked())
    expect(first.permit).toEqual({ firstAt: NOW, intervalMs: 603, count: 10, slackMs: 300 })
    const second = reserveGcra(first.state, asked({ count: 1 }))
    expect(second.permit.firstAt).toBe(NOW + 6_030)
  })

  it('gives nothing for the time in which nobody asked', () => {
    const { state } = reserveGcra(new Map(), asked({ count: 1 }))
    const late = reserveGcra(state, asked({ notBefore: NOW + 3_600_000, count: 2 }))
    expect(late.permit).toMatchObject({ firstAt: NOW + 3_600_000, intervalMs: 603 })
  })

  it('gives who comes a little late the slots that have passed, and less slack with them', () => {
    const limits = [{ key: 'k', pace: perMinute(6_000) }]
    const { state } = reserveGcra(new Map(), asked({ limits, count: 20 }))
    const free = NOW + 201
    const late = reserveGcra(state, asked({ limits, count: 30, notBefore: free + 149 }))
    expect(late.permit).toEqual({ firstAt: free, intervalMs: 10.05, count: 30, slackMs: 300 })
    expect(late.state.get('k')).toBeCloseTo(free + 301.5, 1)
    const tooLate = reserveGcra(state, asked({ limits, count: 30, notBefore: free + 150 }))
    expect(tooLate.permit.firstAt).toBe(free + 150)
  })

  it('is late by no more than half of the smallest slack, with what slow slots take of it', () => {
    const account = { key: 'account', pace: perMinute(110) }
    const { state } = reserveGcra(new Map(), asked({ limits: [account], count: 1 }))
    const free = state.get('account') ?? 0
    const { permit } = reserveGcra(
      state,
      asked({ limits: [EMAIL, account], notBefore: Math.ceil(free) + 100 }),
    )
    expect(permit).toMatchObject({ firstAt: Math.ceil(free), count: 1 })
    const fast = reserveGcra(state, asked({ limits: [account, ACCOUNT], notBefore: Math.ceil(free) + 100 }))
    expect(fast.permit.firstAt).toBe(Math.ceil(free) + 100)
  })

  it('keeps the pace of the slowest of several limits and moves each by its own', () => {
    const busy = reserveGcra(new Map(), asked({ limits: [ACCOUNT], count: 100 })).state
    const { permit, state } = reserveGcra(busy, asked({ limits: [EMAIL, ACCOUNT], count: 1 }))
    expect(permit).toEqual({ firstAt: NOW + 10_050, intervalMs: 603, count: 1, slackMs: 5 })
    expect([...state]).toEqual([
      ['email', NOW + 10_050 + 603],
      ['account', NOW + 10_050 + 100.5],
    ])
  })

  it('leaves room between slow slots for others who share a fast limit', () => {
    const limits = [EMAIL, { key: 'account', pace: perMinute(1_000) }]
    const slow = reserveGcra(new Map(), asked({ limits }))
    expect(slow.permit.count).toBe(1)
    const other = reserveGcra(slow.state, asked({ limits: limits.slice(1), count: 1 }))
    expect(other.permit.firstAt).toBe(NOW + 61)
  })

  it('ends a permit when half the slack of a fast limit has gone into its slow slots', () => {
    const limits = [EMAIL, { key: 'account', pace: perMinute(110) }]
    const { permit, state } = reserveGcra(new Map(), asked({ limits }))
    const eachMs = 603 - 60_300 / 110
    expect(permit).toEqual({ firstAt: NOW, intervalMs: 603, count: 3, slackMs: Math.floor(300 - 2 * eachMs) })
    expect(state.get('account')).toBeCloseTo(NOW + (3 * 60_300) / 110, 1)
  })

  it('holds the slower pace of a limit that is named twice', () => {
    const twice = [EMAIL, { ...EMAIL, pace: perSecond(10) }]
    expect(reserveGcra(new Map(), asked({ limits: twice, count: 1 })).state.get('email')).toBe(NOW + 603)
  })

  it('rounds the first slot up to a whole millisecond and takes that from the slack', () => {
    const limits = [ACCOUNT]
    const { state } = reserveGcra(new Map(), asked({ limits, count: 1 }))
    expect(state.get('account')).toBe(NOW + 100.5)
    const { permit } = reserveGcra(state, asked({ limits, count: 1 }))
    expect(permit).toMatchObject({ firstAt: NOW + 101, slackMs: 4 })
  })

  it('keeps the fraction of a slot when it is asked again in the same millisecond', () => {
    const limits = [{ key: 'k', pace: perSecond(1_250) }]
    let state = reserveGcra(new Map(), asked({ limits, count: 1 })).state
    const instants = Array.from({ length: 5 }, (_, at) => {
      const { permit, state: moved } = reserveGcra(
        state,
        asked({ limits, count: 1, notBefore: NOW + 1 + at }),
      )
      state = moved
      return permit.firstAt - NOW
    })
    expect(instants).toEqual([1, 2, 3, 4, 5])
    expect(state.get('k')).toBeLessThan(NOW + 4.9)
  })

  it('gives many slots a millisecond when the pace is fast', () => {
    const { permit } = reserveGcra(
      new Map(),
      asked({ limits: [{ key: 'k', pace: perSecond(10_000) }], count: 1_000 }),
    )
    expect(permit).toEqual({ firstAt: NOW, intervalMs: 0.1005, count: 1_000, slackMs: 5 })
  })

  it('leaves out slots behind the horizon', () => {
    expect(reserveGcra(new Map(), asked({ horizonMs: 2 * 603 })).permit.count).toBe(3)
    expect(reserveGcra(new Map(), asked({ horizonMs: 2 * 603 - 1 })).permit.count).toBe(2)
    expect(reserveGcra(new Map(), asked({ horizonMs: 0 })).permit.count).toBe(1)
    expect(reserveGcra(new Map(), asked({ horizonMs: Number.POSITIVE_INFINITY })).permit.count).toBe(10)
  })

  it('reserves nothing when the first slot lies behind the horizon, and says when it is', () => {
    const { state } = reserveGcra(new Map(), asked())
    const { permit, state: moved } = reserveGcra(state, asked({ horizonMs: 6_029 }))
    expect(permit).toMatchObject({ firstAt: NOW + 6_030, count: 0 })
    expect(moved.size).toBe(0)
    expect(reserveGcra(state, asked({ horizonMs: 6_030 })).permit.count).toBe(1)
  })

  it('gives all at once when there is no limit', () => {
    const { permit, state } = reserveGcra(new Map(), asked({ limits: [], count: 1_000, horizonMs: 0 }))
    expect(permit).toMatchObject({ firstAt: NOW, intervalMs: 0, count: 1_000 })
    expect(permit.slackMs).toBeGreaterThan(10 ** 12)
    expect(state.size).toBe(0)
  })

  it.each([
    ['count', { count: 0 }],
    ['count', { count: 1_001 }],
    ['count', { count: 1.5 }],
    ['notBefore', { notBefore: Number.NaN }],
    ['notBefore', { notBefore: NOW + 0.5 }],
    ['horizonMs', { horizonMs: -1 }],
    ['horizonMs', { horizonMs: Number.NaN }],
  ])('refuses a bad %s', (path, request) => {
    expect(() => reserveGcra(new Map(), asked(request))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})

describe('postponeGcra', () => {
  it('moves a free instant back, never forward', () => {
    expect(postponeGcra(undefined, NOW)).toBe(NOW)
    expect(postponeGcra(NOW - 1, NOW)).toBe(NOW)
    expect(postponeGcra(NOW + 0.5, NOW)).toBe(NOW + 0.5)
  })
})

describe('gcraKeyOf', () => {
  it('tells tenants apart unless the limit is one for all of them', () => {
    const own = { key: 'k', pace: perSecond(1), sharedByTenants: false }
    const shared = { ...own, sharedByTenants: true }
    const [a, b] = ['a', 'b'] as TenantId[]
    const keys = [gcraKeyOf(a!, own), gcraKeyOf(b!, own), gcraKeyOf(a!, shared)]
    expect(new Set(keys).size).toBe(3)
    expect(gcraKeyOf(b!, shared)).toBe(gcraKeyOf(a!, shared))
    expect(gcraKeyOf('a","k' as TenantId, own)).not.toBe(gcraKeyOf(a!, { ...own, key: 'k","k' }))
  })
})
