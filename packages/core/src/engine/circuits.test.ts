import { describe, expect, it } from 'vitest'
import type { SendResult } from '../ports/channel.js'
import { createCircuits } from './circuits.js'

const LOST: SendResult = { outcome: 'unknown', code: 'http-reset', outage: true }
const TAKEN: SendResult = { outcome: 'accepted', providerMessageId: null }
const VAGUE: SendResult = { outcome: 'unknown', code: 'no-result' }
const PROBE_MS = 1_000

/** Whether an account is left alone after calls that came to this. */
function isLeftAlone(calls: readonly (readonly SendResult[])[]): boolean {
  const circuits = createCircuits()
  const opened = calls.map((results) => circuits.note('a', results, 0))
  expect(circuits.enter('another', 0, PROBE_MS)).toBe(0)
  expect(opened.filter(Boolean)).toHaveLength(circuits.enter('a', 0, PROBE_MS) > 0 ? 1 : 0)
  return circuits.enter('a', 0, PROBE_MS) > 0
}

describe('the circuits of a process', () => {
  it('count calls, not messages, and each account apart', () => {
    expect(isLeftAlone(Array(4).fill([LOST, LOST, LOST]))).toBe(false)
    expect(isLeftAlone(Array(6).fill([LOST, LOST, LOST]))).toBe(true)
  })

  it('take one answer for a sign that the provider is there', () => {
    expect(isLeftAlone(Array(9).fill([LOST, TAKEN]))).toBe(false)
    expect(isLeftAlone([...Array(4).fill([LOST]), [TAKEN], ...Array(4).fill([LOST])])).toBe(false)
  })

  it('learn nothing from a call of which nobody knows anything', () => {
    expect(isLeftAlone([...Array(4).fill([LOST]), [VAGUE], [LOST]])).toBe(true)
    expect(isLeftAlone(Array(9).fill([VAGUE]))).toBe(false)
  })
})
