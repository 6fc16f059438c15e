import { describe, expect, it } from 'vitest'
import { isClosed, isSlow, makeUpList } from './people.js'

const DAY = Date.UTC(2026, 2, 1)

describe('a made-up list', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(makeUpList(1, 50, DAY)).toEqual(makeUpList(1, 50, DAY))
    expect(makeUpList(2, 50, DAY).csv).not.toBe(makeUpList(1, 50, DAY).csv)
  })

  it('holds what real lists hold: missing and shared addresses, closed mailboxes, slow servers, broken lines', () => {
    const { csv, refusedSince, deadAddresses } = makeUpList(1, 2_000, DAY)
    const lines = csv.trimEnd().split('\n')
    expect(lines).toHaveLength(1 + 2_000 + 3)
    const addresses = lines.flatMap((line) => /,([^,]*@[^,]+),/.exec(line)?.[1]?.toLowerCase() ?? [])
    expect(addresses.length).toBeLessThan(2_000)
    expect(new Set(addresses).size).toBeLessThan(addresses.length)
    expect(addresses.filter(isClosed).length).toBeGreaterThan(0)
    expect(addresses.filter(isSlow).length).toBeGreaterThan(0)
    expect(csv).toContain('"Smith, Jr."')
    expect(refusedSince.length).toBeGreaterThan(0)
    expect(deadAddresses.length).toBeGreaterThan(0)
  })
})
