import { describe, expect, it } from 'vitest'
import { RESERVED_EVENT_TYPES, trackedEventSchema } from './event.js'
import { parseInput } from './parse.js'

const EVENT = { key: 'order 7', type: 'conversion', customerId: 'c-1' }
const read = (fields: object = {}) => parseInput(trackedEventSchema, { ...EVENT, ...fields })

describe('A tracked event', () => {
  it('is read as it is', () => {
    expect(read()).toEqual(EVENT)
    const full = { ...EVENT, at: 5, campaignId: 'k-1', amountMinor: 500, currency: 'EUR' }
    expect(read(full)).toEqual(full)
    expect(read({ type: 'table-booked' }).type).toBe('table-booked')
    expect(read({ type: 'refund', amountMinor: -500, currency: 'EUR' }).amountMinor).toBe(-500)
  })

  it.each(RESERVED_EVENT_TYPES)('is never %s, which the kit records', (type) => {
    expect(() => read({ type })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path: 'type' }))
  })

  it.each<[string, object]>([
    ['key', { key: '' }],
    ['key', { key: 'a\n' }],
    ['type', { type: 'Order Placed' }],
    ['customerId', { customerId: '' }],
    ['at', { at: 'now' }],
    ['campaignId', { campaignId: '' }],
    ['campaignId', { campaignId: 'a\0' }],
    ['campaignId', { campaignId: '\ud800' }],
    ['amountMinor', { amountMinor: 0.5, currency: 'EUR' }],
    ['amountMinor', { amountMinor: -500, currency: 'EUR' }],
    ['currency', { amountMinor: 5 }],
    ['currency', { currency: 'EUR' }],
  ])('is refused at %s when it does not fit', (path, fields) => {
    expect(() => read(fields)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }))
  })
})
