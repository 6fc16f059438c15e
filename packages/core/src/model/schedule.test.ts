import { describe, expect, it } from 'vitest'
import { parseInput } from './parse.js'
import { scheduleSchema } from './schedule.js'

const once = { type: 'once', at: '2026-12-01T09:00' }
const weekly = { type: 'recurring', every: 'week', at: '09:00' }
const read = (input: unknown) => parseInput(scheduleSchema, input)

describe('A schedule', () => {
  it.each([
    once,
    { ...once, at: '2028-02-29T23:59', zone: 'Europe/Rome' },
    weekly,
    { ...weekly, every: 'month', zone: 'recipient', until: 5 },
    { ...weekly, weekdays: ['sun', 'mon'] },
  ])('%# is read as it is', (input) => {
    expect(read(input)).toEqual(input)
  })

  it.each<[string, string, unknown]>([
    ['INVALID_INPUT', 'type', { type: 'never' }],
    ['INVALID_INPUT', 'at', { ...once, at: '2026-12-01' }],
    ['INVALID_INPUT', 'at', { ...once, at: '2026-12-01T09:00Z' }],
    ['INVALID_INPUT', 'at', { ...once, at: '2026-12-01T24:00' }],
    ['INVALID_INPUT', 'at', { ...once, at: '2026-12-01T09:60' }],
    ['INVALID_INPUT', 'at', { ...once, at: '2026-02-29T09:00' }],
    ['INVALID_INPUT', 'at', { ...once, at: '2026-13-01T09:00' }],
    ['INVALID_INPUT', 'zone', { ...once, zone: '' }],
    ['UNKNOWN_FIELD', 'weekdays', { ...once, weekdays: ['mon'] }],
    ['INVALID_INPUT', 'every', { ...weekly, every: 'hour' }],
    ['INVALID_INPUT', 'at', { ...weekly, at: '9:00' }],
    ['INVALID_INPUT', 'at', { ...weekly, at: '24:00' }],
    ['INVALID_INPUT', 'weekdays', { ...weekly, weekdays: [] }],
    ['INVALID_INPUT', 'weekdays', { ...weekly, weekdays: ['mon', 'mon'] }],
    ['INVALID_INPUT', 'weekdays[0]', { ...weekly, weekdays: ['Monday'] }],
    ['INVALID_INPUT', 'until', { ...weekly, until: 'soon' }],
  ])('is refused with %s at %s', (code, path, input) => {
    expect(() => read(input)).toThrow(expect.objectContaining({ code, path }))
  })
})
