import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DAY_MS } from '../base/time.js'
import { createSystemClock } from './system-clock.js'

const START = Date.UTC(2026, 2, 1, 9)

describe('the system clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: START })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const clock = createSystemClock()
  const noteEnd = (wait: Promise<void>) => {
    const ended = { at: null as number | null }
    const noted = wait.then(() => {
      ended.at = clock.now()
    })
    return { ended, noted }
  }

  it('reads the machine', () => {
    expect(clock.now()).toBe(START)
  })

  it('wakes at the instant and not before it', async () => {
    const { ended } = noteEnd(clock.sleepUntil(START + 1_500))
    await vi.advanceTimersByTimeAsync(1_499)
    expect(ended.at).toBeNull()
    await vi.advanceTimersByTimeAsync(1)
    expect(ended.at).toBe(START + 1_500)
  })

  it('lets what waits for the event loop go first', async () => {
    const order: string[] = []
    setImmediate(() => order.push('other'))
    const turned = clock.turn().then(() => order.push('kit'))
    await vi.advanceTimersByTimeAsync(0)
    await turned
    expect(order).toEqual(['other', 'kit'])
  })

  it('returns at once for an instant that has come', async () => {
    await clock.sleepUntil(START)
    await clock.sleepUntil(START - DAY_MS)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits for longer than one timer can', async () => {
    const { ended } = noteEnd(clock.sleepUntil(START + 40 * DAY_MS))
    await vi.advanceTimersByTimeAsync(39 * DAY_MS)
    expect(ended.at).toBeNull()
    await vi.advanceTimersByTimeAsync(DAY_MS)
    expect(ended.at).toBe(START + 40 * DAY_MS)
  })

  it('goes on waiting when the machine was set back, and when a timer fires early', async () => {
    const { ended } = noteEnd(clock.sleepUntil(START + 1_000))
    vi.setSystemTime(START - 5_000)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(ended.at).toBeNull()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(ended.at).toBe(START + 1_000)
  })

  it('notices within a minute that the machine was set forward', async () => {
    const { ended } = noteEnd(clock.sleepUntil(START + DAY_MS))
    vi.setSystemTime(START + DAY_MS)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(ended.at).toBe(START + DAY_MS + 60_000)
  })

  it('is aborted before and during a wait, and leaves no timer and no listener', async () => {
    const controller = new AbortController()
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    await Promise.all([
      clock.sleepUntil(START + 10, { signal: controller.signal }),
      vi.advanceTimersByTimeAsync(10),
    ])
    expect(removed).toHaveBeenCalledTimes(1)

    const wait = clock.sleepUntil(START + DAY_MS, { signal: controller.signal })
    const reason = new Error('shutting down')
    controller.abort(reason)
    await expect(wait).rejects.toMatchObject({ code: 'ABORTED', cause: reason })
    expect(vi.getTimerCount()).toBe(0)
    await expect(clock.sleepUntil(START, { signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    })
  })
})
