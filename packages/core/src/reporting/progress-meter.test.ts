import { describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.js'
import { createProgressMeter } from './progress-meter.js'

const NOON = Date.UTC(2026, 2, 1, 12)

describe('the progress meter', () => {
  it('knows nothing at first, then the pace and when all will be settled', () => {
    const meter = createProgressMeter()
    expect(meter.update(NOON, 0, 1_000)).toEqual({ ratePerMinute: null, etaMs: null })
    expect(meter.update(NOON + 30 * SECOND_MS, 50, 1_000)).toEqual({
      ratePerMinute: 100,
      etaMs: 9.5 * MINUTE_MS,
    })
  })

  it('forgets what lies behind its window', () => {
    const meter = createProgressMeter()
    for (let second = 0; second <= 60; second += 1)
      meter.update(NOON + second * SECOND_MS, second * 10, 10_000)
    for (let second = 61; second <= 180; second += 1)
      meter.update(NOON + second * SECOND_MS, 600 + second - 60, 10_000)
    const { ratePerMinute } = meter.update(NOON + 181 * SECOND_MS, 721, 10_000)
    expect(ratePerMinute).toBeGreaterThan(59)
    expect(ratePerMinute).toBeLessThan(62)
  })

  it('still measures a pace slower than its window', () => {
    const meter = createProgressMeter({ windowMs: MINUTE_MS })
    for (let hour = 0; hour < 5; hour += 1) meter.update(NOON + hour * HOUR_MS, hour, 10)
    expect(meter.update(NOON + 5 * HOUR_MS, 5, 10)).toEqual({ ratePerMinute: 1 / 60, etaMs: 5 * HOUR_MS })
  })

  it('takes readings closer together than it can keep, and stays right', () => {
    const meter = createProgressMeter()
    let last = meter.update(NOON, 0, 1e6)
    for (let step = 1; step <= 200_000; step += 1) last = meter.update(NOON + step, step, 1e6)
    expect(Number(last.ratePerMinute)).toBeCloseTo(60_000, 6)
  })

  it('has no end while nothing moves, and is at the end when all is settled', () => {
    const meter = createProgressMeter()
    meter.update(NOON, 5, 10)
    expect(meter.update(NOON + MINUTE_MS, 5, 10)).toEqual({ ratePerMinute: 0, etaMs: null })
    expect(meter.update(NOON + 2 * MINUTE_MS, 10, 10)).toEqual({ ratePerMinute: 5, etaMs: 0 })
    expect(createProgressMeter().update(NOON, 0, 0)).toEqual({ ratePerMinute: null, etaMs: null })
  })

  it('begins anew when fewer are settled than before, and never runs backwards', () => {
    const meter = createProgressMeter()
    meter.update(NOON, 0, 10)
    meter.update(NOON + MINUTE_MS, 6, 10)
    expect(meter.update(NOON + 2 * MINUTE_MS, 4, 10)).toEqual({ ratePerMinute: null, etaMs: null })
    expect(meter.update(NOON, 5, 10)).toEqual({ ratePerMinute: null, etaMs: null })
    expect(meter.update(NOON + 3 * MINUTE_MS, 6, 10).ratePerMinute).toBe(1)
  })
})
