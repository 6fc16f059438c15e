import { describe, expect, it } from 'vitest'
import type { Clock } from '../ports/clock.js'
import { createSystemIds } from './system-ids.js'
import { createSystemRandom } from './system-random.js'

const START = Date.UTC(2026, 2, 1, 9)
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

function idsAt(start: number) {
  let time = start
  const clock: Pick<Clock, 'now'> = { now: () => time }
  const ids = createSystemIds({ clock, random: createSystemRandom() })
  return { next: () => ids.next('campaign'), setTime: (instant: number) => (time = instant) }
}

const timeOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

describe('system ids', () => {
  it('are UUIDs of version 7 that begin with the time', () => {
    const id = idsAt(START).next()
    expect(id).toMatch(UUID_V7)
    expect(timeOf(id)).toBe(START)
    expect(idsAt(0).next()).toMatch(/^00000000-0000-7/)
  })

  it('rise strictly within a millisecond, past its 4,096 numbers, and when the clock is set back', () => {
    const { next, setTime } = idsAt(START)
    const made = Array.from({ length: 10_000 }, next)
    setTime(START - 60_000)
    made.push(...Array.from({ length: 100 }, next))
    setTime(START + 1_000)
    made.push(...Array.from({ length: 100 }, next))
    expect(made).toEqual([...made].sort())
    expect(new Set(made).size).toBe(made.length)
    for (const id of made) expect(id).toMatch(UUID_V7)
    expect(timeOf(made.at(-1) ?? '')).toBe(START + 1_000)
  })

  it('differ between two processes of the same instant', () => {
    const left = idsAt(START)
    const right = idsAt(START)
    const made = new Set(Array.from({ length: 1_000 }, () => [left.next(), right.next()]).flat())
    expect(made.size).toBe(2_000)
  })
})
