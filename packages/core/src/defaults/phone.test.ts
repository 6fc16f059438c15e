import { describe, expect, it } from 'vitest'
import { createPhone } from './phone.js'

const phone = createPhone()

describe('phone numbers', () => {
  it.each([
    ['+39 333 123 4567', null, '+393331234567'],
    ['+39 333 123 4567', 'DE', '+393331234567'],
    ['333 123 4567', 'IT', '+393331234567'],
    ['06 1234 5678', 'IT', '+390612345678'],
    ['0039 333 1234567', 'IT', '+393331234567'],
    ['0171/123 45 67', 'DE', '+491711234567'],
    ['(0171) 123-4567', 'DE', '+491711234567'],
    ['(415) 555-2671', 'US', '+14155552671'],
    ['011 44 20 7946 0958', 'US', '+442079460958'],
    ['020 7946 0958', 'GB', '+442079460958'],
    ['11 91234-5678', 'BR', '+5511912345678'],
    ['\u00a0+49\u00a0171 1234567 ', null, '+491711234567'],
    ['+٤٩ ١٧١ ١٢٣٤٥٦٧', null, '+491711234567'],
    ['＋４９１７１１２３４５６７', null, '+491711234567'],
  ])('%j in %s is %s', (text, region, e164) => {
    expect(phone.toE164(text, region)).toBe(e164)
  })

  it.each([
    ['', 'IT'],
    ['333 123 4567', null],
    ['hello', 'IT'],
    ['12', 'IT'],
    ['+1', null],
    ['+999 123 456 789', null],
    ['+39 333 123 4567 890 123 456', null],
    ['call +39 333 123 4567 now', null],
    ['+39 333 123 4567 ext. 5', null],
    ['+39 333 123 4567, +39 333 765 4321', null],
  ])('%j in %s is none', (text, region) => {
    expect(phone.toE164(text, region)).toBeNull()
  })

  it('are not looked for in long texts', () => {
    for (const text of ['3'.repeat(100_000), `+39${' '.repeat(100_000)}3331234567`]) {
      expect(phone.toE164(text, 'IT')).toBeNull()
    }
  })

  it.each(['it', 'XX', 'Italy', ''])('refuses the region %j', (region) => {
    expect(() => phone.toE164('+39 333 123 4567', region)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'region' }),
    )
  })
})
