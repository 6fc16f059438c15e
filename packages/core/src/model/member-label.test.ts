import { describe, expect, it } from 'vitest'
import { isMemberLabel, namedSegments, RETURNING_LABEL } from './member-label.js'
import { parseInput } from './parse.js'
import { segmentDraftSchema } from './segment.js'

describe('The label of a member', () => {
  it('is told from the segments that people named', () => {
    expect(namedSegments(['VIP', 'stratum:/loyal', RETURNING_LABEL, 'Returning: yes'])).toEqual([
      'VIP',
      'Returning: yes',
    ])
    expect(isMemberLabel(null)).toBe(false)
  })

  it.each([
    'stratum:',
    'stratum:/loyal',
    'stratum:2026-03-29T07:00:00.000Z/',
    'returning:',
    'returning:often',
  ])('is the name of no segment: %s', (name) => {
    const refused = (path: string) => expect.objectContaining({ code: expect.any(String), path })
    expect(() => parseInput(segmentDraftSchema, { name, criteria: 'ALL' })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'name' }),
    )
    expect(() => parseInput(segmentDraftSchema, { name: 'a', criteria: { type: 'segment', name } })).toThrow(
      refused('criteria.name'),
    )
  })
})
