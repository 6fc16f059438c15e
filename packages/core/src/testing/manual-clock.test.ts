import { describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../base/error.js'
import { DAY_MS } from '../base/time.js'
import { createManualClock, SAMPLE_NOW } from './manual-clock.js'

const codeOf = (thrown: unknown) => (isCampaignKitError(thrown) ? thrown.code : thrown)

describe('a manual clock', () => {
  it('stands still until it is moved', async () => {
    const clock = createManualClock()
    expect(clock.now()).toBe(SAMPLE_NOW)
    await clock.settle()
    expect(clock.now()).toBe(SAMPLE_NOW)
    await clock.advance(5)
    await clock.advance(0)
    expect(clock.now()).toBe(SAMPLE_NOW + 5)
    await clock.advanceTo(SAMPLE_NOW + 9)
    expect(clock.now()).toBe(SAMPLE_NOW + 9)
  })

  it('wakes sleepers in order of instant, then of call, each at its own instant', async () => {
    const clock = createManualClock({ startsAt: 0 })
    const woken: [string, number][] = []
    const sleep = async (name: string, instant: number) => {
      await clock.sleepUntil(instant)
      woken.push([name, clock.now()])
    }
    const sleeps = [sleep('c', 30), sleep('a', 10), sleep('b1', 20), sleep('b2', 20), sleep('later', 99)]
    expect(clock.sleeping).toBe(5)
    await clock.advanceTo(50)
    expect(woken).toEqual([
      ['a', 10],
      ['b1', 20],
      ['b2', 20],
      ['c', 30],
    ])
    expect(clock.sleeping).toBe(1)
    await clock.advance(49)
    await Promise.all(sleeps)
    expect(woken.at(-1)).toEqual(['later', 99])
  })

  it('lets who was woken go on before time does, also to sleep again', async () => {
    const clock = createManualClock({ startsAt: 0 })
    const ticks: number[] = []
    const ticking = async () => {
      for (const at of [10, 20, 30]) {
        await clock.sleepUntil(at)
        for (let turn = 0; turn < 100; turn += 1) await undefined
        ticks.push(clock.now())
      }
    }
    const done = ticking()
    await clock.advanceTo(1_000)
    await done
    expect(ticks).toEqual([10, 20, 30])
  })

  it('does not sleep for what has come already', async () => {
    const clock = createManualClock({ startsAt: 100 })
    await clock.sleepUntil(100)
    await clock.sleepUntil(-5)
    expect(clock.sleeping).toBe(0)
  })

  it('rejects as soon as the signal aborts, and forgets the sleeper', async () => {
    const clock = createManualClock({ startsAt: 0 })
    const controller = new AbortController()
    const other = clock.sleepUntil(10)
    const slept = clock.sleepUntil(10, { signal: controller.signal }).catch(codeOf)
    controller.abort()
    expect(await slept).toBe('ABORTED')
    expect(await clock.sleepUntil(10, { signal: controller.signal }).catch(codeOf)).toBe('ABORTED')
    expect(await clock.sleepUntil(-10, { signal: controller.signal }).catch(codeOf)).toBe('ABORTED')
    expect(clock.sleeping).toBe(1)
    await clock.advance(10)
    await other
  })

  it('ignores a signal that aborts after the sleep', async () => {
    const clock = createManualClock({ startsAt: 0 })
    const controller = new AbortController()
    const slept = clock.sleepUntil(10, { signal: controller.signal })
    await clock.advance(10)
    await slept
    controller.abort()
    expect(clock.sleeping).toBe(0)
  })

  it('refuses to go back, and instants that are none', async () => {
    const clock = createManualClock({ startsAt: 10 })
    for (const instant of [9, Number.NaN, 10.5, Number.POSITIVE_INFINITY]) {
      expect(await clock.advanceTo(instant).catch(codeOf)).toBe('INVALID_INPUT')
    }
    expect(await clock.advance(-1).catch(codeOf)).toBe('INVALID_INPUT')
    expect(await clock.sleepUntil(Number.NaN).catch(codeOf)).toBe('INVALID_INPUT')
    expect(() => createManualClock({ startsAt: 0.5 })).toThrow('startsAt')
  })
})

describe('an automatic clock', () => {
  it('jumps from sleeper to sleeper: thirty days without a push', async () => {
    const clock = createManualClock({ auto: true, startsAt: 0 })
    const seen: number[] = []
    const sleeper = async (everyMs: number) => {
      for (let at = everyMs; at <= 30 * DAY_MS; at += everyMs) {
        await clock.sleepUntil(at)
        seen.push(clock.now())
      }
    }
    await Promise.all([sleeper(DAY_MS), sleeper(7 * DAY_MS)])
    expect(seen).toHaveLength(34)
    expect(seen).toEqual(seen.toSorted((left, right) => left - right))
    expect(clock.now()).toBe(30 * DAY_MS)
  })

  it('gives real input and output its turn before each jump', async () => {
    let turns = 0
    const yieldTurn = () =>
      new Promise<void>((resolve) => {
        turns += 1
        setImmediate(resolve)
      })
    const clock = createManualClock({ auto: true, startsAt: 0, yieldTurn })
    let answered = false
    setImmediate(() => {
      answered = true
    })
    await clock.sleepUntil(1_000)
    expect(answered).toBe(true)
    await clock.sleepUntil(2_000)
    expect(turns).toBeGreaterThanOrEqual(2)
  })

  it('wakes who sleeps again, however long after it was woken', async () => {
    for (let turns = 0; turns < 1_000; turns += 1) {
      const clock = createManualClock({ auto: true, startsAt: 0 })
      await clock.sleepUntil(1)
      for (let turn = 0; turn < turns; turn += 1) await undefined
      const slept = clock.sleepUntil(2).then(() => 'woken')
      const later = new Promise((resolve) => setImmediate(resolve, 'asleep'))
      expect(await Promise.race([slept, later]), `after ${turns} turns`).toBe('woken')
    }
  })

  it('never wakes who sleeps for ever, and still hears the signal', async () => {
    const clock = createManualClock({ auto: true, startsAt: 0 })
    const controller = new AbortController()
    const slept = clock.sleepUntil(Number.POSITIVE_INFINITY, { signal: controller.signal }).catch(codeOf)
    await clock.sleepUntil(5)
    await clock.settle()
    expect(clock.now()).toBe(5)
    controller.abort()
    expect(await slept).toBe('ABORTED')
  })
})
