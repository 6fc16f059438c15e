import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CustomerId } from '../base/ids.js'
import { type ConsentRecord, consentSchema, decideConsent, standing } from './consent.js'
import { parseInput } from './parse.js'

const INPUT = {
  customerId: 'c-1',
  channel: 'email',
  topic: 'offers',
  decision: 'granted',
  basis: 'form',
  obtainedAt: 5,
}

function record(
  decision: ConsentRecord['decision'],
  obtainedAt: number,
  fields: Partial<ConsentRecord> = {},
): ConsentRecord {
  return {
    customerId: 'c-1' as CustomerId,
    channel: 'email',
    topic: 'offers',
    decision,
    basis: 'form',
    obtainedAt,
    ...fields,
  }
}

describe('A consent record', () => {
  it('is read as it is', () => {
    expect(parseInput(consentSchema, INPUT)).toEqual(INPUT)
    expect(parseInput(consentSchema, { ...INPUT, topic: '*', evidence: 'scan 7' })).toMatchObject({
      topic: '*',
      evidence: 'scan 7',
    })
  })

  it.each<[string, object]>([
    ['customerId', { customerId: '' }],
    ['channel', { channel: 'fax' }],
    ['topic', { topic: 'Special Offers' }],
    ['topic', { topic: '' }],
    ['decision', { decision: 'maybe' }],
    ['basis', { basis: ' ' }],
    ['obtainedAt', { obtainedAt: 'yesterday' }],
    ['evidence', { evidence: undefined }],
  ])('is refused at %s when it does not fit', (path, fields) => {
    expect(() => parseInput(consentSchema, { ...INPUT, ...fields })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})

describe('Deciding consent', () => {
  it('says nothing when nobody ever said anything about the channel and topic', () => {
    const others = [record('granted', 1, { channel: 'sms' }), record('granted', 1, { topic: 'news' })]
    expect(decideConsent([], 'email', 'offers')).toBeNull()
    expect(decideConsent(others, 'email', 'offers')).toBeNull()
  })

  it('lets the last word stand', () => {
    expect(decideConsent([record('granted', 1), record('denied', 2)], 'email', 'offers')).toBe('denied')
    expect(decideConsent([record('granted', 3), record('denied', 2)], 'email', 'offers')).toBe('granted')
  })

  it('denies on ties', () => {
    expect(decideConsent([record('granted', 1), record('denied', 1)], 'email', 'offers')).toBe('denied')
    expect(standing(record('denied', 1), record('granted', 1)).decision).toBe('denied')
  })

  it('takes what was said of everything for the topic too', () => {
    expect(
      decideConsent([record('granted', 1), record('denied', 2, { topic: '*' })], 'email', 'offers'),
    ).toBe('denied')
    expect(
      decideConsent([record('denied', 1, { topic: '*' }), record('granted', 2)], 'email', 'offers'),
    ).toBe('granted')
  })

  it('does not depend on order or repetition', () => {
    const records = fc.array(
      fc
        .tuple(
          fc.constantFrom('granted' as const, 'denied' as const),
          fc.nat({ max: 3 }),
          fc.constantFrom('offers', '*', 'news'),
        )
        .map(([decision, at, topic]) => record(decision, at, { topic })),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(records, fc.integer({ min: 0, max: 8 }), (all, turn) => {
        const decided = decideConsent(all, 'email', 'offers')
        expect(decideConsent([...all.slice(turn), ...all.slice(0, turn)].reverse(), 'email', 'offers')).toBe(
          decided,
        )
        expect(decideConsent([...all, ...all], 'email', 'offers')).toBe(decided)
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})
