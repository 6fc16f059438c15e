import { describe, expect, it } from 'vitest'
import { createManualClock } from '../testing/manual-clock.js'
import { sleepUnlessStopped } from './sleep-unless-stopped.js'

/** A signal of a host, and how many listen to it. */
function countedSignal() {
  const controller = new AbortController()
  const { signal } = controller
  const counts = { listening: 0, most: 0 }
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    counts.listening += 1
    counts.most = Math.max(counts.most, counts.listening)
    add(...given)
  }
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    counts.listening -= 1
    remove(...given)
  }
  return { controller, signal, counts }
}

describe('sleeping until an instant or a stop', () => {
  it('listens to a signal once, however many sleep on it, and not at all when nobody does', async () => {
    const clock = createManualClock()
    const { signal, counts } = countedSignal()
    const slept = Array.from({ length: 50 }, (_, at) =>
      sleepUnlessStopped({ clock }, clock.now() + 10 + at, signal),
    )
    expect(counts.listening).toBe(1)
    await clock.advance(30)
    expect(counts.listening).toBe(1)
    await clock.advance(30)
    expect(await Promise.all(slept)).not.toContain(false)
    expect(counts).toEqual({ listening: 0, most: 1 })
    const again = sleepUnlessStopped({ clock }, clock.now() + 10, signal)
    expect(counts.listening).toBe(1)
    await clock.advance(10)
    expect(await again).toBe(true)
    expect(counts.listening).toBe(0)
  })

  it('ends for all of them when the signal aborts', async () => {
    const clock = createManualClock()
    const { controller, signal, counts } = countedSignal()
    const slept = Array.from({ length: 12 }, () => sleepUnlessStopped({ clock }, clock.now() + 10, signal))
    controller.abort()
    expect(new Set(await Promise.all(slept))).toEqual(new Set([false]))
    expect([counts.listening, clock.sleeping]).toEqual([0, 0])
    expect(await sleepUnlessStopped({ clock }, clock.now() + 10, signal)).toBe(false)
  })

  it('does not sleep for an instant that has come', async () => {
    const clock = { ...createManualClock(), sleepUntil: () => Promise.reject(new Error('asked to sleep')) }
    expect(await sleepUnlessStopped({ clock }, clock.now(), undefined)).toBe(true)
  })

  it('passes the failure of a clock on', async () => {
    const clock = { ...createManualClock(), sleepUntil: () => Promise.reject(new Error('no timers')) }
    const { signal, counts } = countedSignal()
    await expect(sleepUnlessStopped({ clock }, clock.now() + 1, signal)).rejects.toThrow('no timers')
    expect(counts.listening).toBe(0)
  })
})
