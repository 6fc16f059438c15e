import { describe, expect, it } from 'vitest'
import { UNIFORM_BYTES, uniform } from './uniform.js'

describe('uniform', () => {
  it('gives 0 for zeros and the largest number below 1 for ones', () => {
    expect(uniform(new Uint8Array(UNIFORM_BYTES))).toBe(0)
    expect(uniform(new Uint8Array(UNIFORM_BYTES).fill(255))).toBe(1 - 2 ** -53)
  })

  it('uses 53 bits of the first 7 bytes, big end first', () => {
    expect(uniform(Uint8Array.of(128, 0, 0, 0, 0, 0, 0))).toBe(0.5)
    expect(uniform(Uint8Array.of(7, 0, 0, 0, 0, 0, 1, 255))).toBe(2 ** -53)
  })

  it('refuses fewer bytes than it needs', () => {
    expect(() => uniform(new Uint8Array(UNIFORM_BYTES - 1))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'bytes' }),
    )
  })
})
