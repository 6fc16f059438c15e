import { describe, expect, it } from 'vitest'
import { retryAfterMs } from './retry-after.js'

const NOW = Date.UTC(2026, 0, 1, 12)

describe('what Retry-After asks for', () => {
  it.each([
    ['30', 30_000],
    [' 0 ', 0],
    ['1.2345', 1_235],
    ['Thu, 01 Jan 2026 12:01:00 GMT', 60_000],
    ['Thu, 01 Jan 2026 11:59:00 GMT', -60_000],
  ])('is seconds or a date: %s', (field, ms) => {
    expect(retryAfterMs(field, NOW)).toBe(ms)
  })

  it.each([null, '', 'soon', '-5', '1e9', '2026-01-01', 'Thu, 99 Foo 2026 12:01:00 GMT'])(
    'is nothing where nothing is said: %s',
    (field) => {
      expect(retryAfterMs(field, NOW)).toBeNull()
    },
  )
})
