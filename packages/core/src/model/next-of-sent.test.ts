import { describe, expect, it } from 'vitest'
import { sampleDelivery } from '../testing/samples.js'
import { nextOfSent, waitsForFirstTurn } from './next-of-sent.js'
import { RECEIPT_TYPES, type ReceiptState, type ReceiptType } from './receipt.js'

const next = sampleDelivery({ id: 'waiting', channel: 'sms' })
const nextIfReturned = sampleDelivery({ id: 'at-once', channel: 'sms' })
const after = (...types: readonly ReceiptType[]) => {
  const state: ReceiptState = Object.fromEntries(types.map((type) => [type, 1]))
  return nextOfSent(state, { next, nextIfReturned })?.id ?? null
}

describe('what follows a message that was sent', () => {
  it('waits while nobody knows whether it arrives', () => {
    const waiting = RECEIPT_TYPES.filter((type) => after(type) === 'waiting')
    expect(waiting).toEqual(['accepted', 'deferred', 'resubscribed'])
    expect(after()).toBe('waiting')
  })

  it('is due at once when it came back, though it was said to be delivered, or its owner had opted out', () => {
    const atOnce = RECEIPT_TYPES.filter((type) => after(type) === 'at-once')
    expect(atOnce).toEqual(['bounced', 'blocked', 'dropped'])
    expect([after('delivered', 'bounced'), after('dropped', 'unsubscribed')]).toEqual(['at-once', 'at-once'])
  })

  it('is nothing when it arrived, whatever else is said', () => {
    expect(after('delivered', 'accepted')).toBeNull()
    for (const type of ['displayed', 'opened', 'clicked', 'replied', 'dismissed', 'complained'] as const)
      expect(after(type, 'bounced')).toBeNull()
    expect(after('unsubscribed')).toBeNull()
  })

  it('is nothing after the last channel', () => {
    expect(nextOfSent({ bounced: 1 }, { next: null, nextIfReturned: null })).toBeNull()
  })
})

describe('a delivery that waits for its first turn', () => {
  it('is queued, was not tried and not put off', () => {
    expect(waitsForFirstTurn(next)).toBe(true)
    expect(waitsForFirstTurn({ ...next, status: 'claimed' })).toBe(false)
    expect(waitsForFirstTurn({ ...next, tries: 1 })).toBe(false)
    expect(waitsForFirstTurn({ ...next, reason: 'throttled' })).toBe(false)
  })
})
