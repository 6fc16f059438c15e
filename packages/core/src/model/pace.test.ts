import { describe, expect, it } from 'vitest'
import { CHANNEL_KINDS } from './channel-kind.js'
import { DEFAULT_PACES, paceSchema, perHour, perMinute, perSecond } from './pace.js'
import { parseInput } from './parse.js'

describe('A pace', () => {
  it('is written by its period', () => {
    expect([perSecond(1), perMinute(2), perHour(3)]).toEqual([
      { limit: 1, periodMs: 1_000 },
      { limit: 2, periodMs: 60_000 },
      { limit: 3, periodMs: 3_600_000 },
    ])
  })

  it('has a default for every channel that the schema takes', () => {
    for (const channel of CHANNEL_KINDS)
      expect(parseInput(paceSchema, DEFAULT_PACES[channel])).toEqual(DEFAULT_PACES[channel])
    expect([DEFAULT_PACES.email, DEFAULT_PACES.sms]).toEqual([perMinute(100), perMinute(10)])
  })

  it.each<[string, object]>([
    ['limit', { limit: 0 }],
    ['limit', { limit: 1.5 }],
    ['limit', { limit: 10_000_001 }],
    ['periodMs', { periodMs: 999 }],
    ['periodMs', { periodMs: 86_400_001 }],
    ['periodMs', { periodMs: Number.NaN }],
  ])('is refused at %s when it does not fit', (path, fields) => {
    expect(() => parseInput(paceSchema, { limit: 1, periodMs: 1_000, ...fields })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})
