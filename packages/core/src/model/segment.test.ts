import { describe, expect, it } from 'vitest'
import { readCriteria } from './criteria-schema.js'
import { parseInput } from './parse.js'
import { externalRulesOf, segmentDraftSchema, segmentsReferredTo } from './segment.js'

const segment = (name: string) => ({ type: 'segment', name })
const rule = (name: string) => ({ type: 'eligibility', rule: name })

describe('A segment', () => {
  it('is a name and criteria', () => {
    expect(parseInput(segmentDraftSchema, { name: 'VIPs', criteria: 'vip' })).toEqual({
      name: 'VIPs',
      criteria: { type: 'tags', match: 'any', tags: ['vip'] },
    })
  })

  it.each([
    ['name', { name: ' ', criteria: 'ALL' }],
    ['name', { name: 'a\0', criteria: 'ALL' }],
    ['criteria', { name: 'a' }],
    ['criteria.of', { name: 'a', criteria: { type: 'all', of: [] } }],
  ])('is refused at %s when it does not fit', (path, input) => {
    expect(() => parseInput(segmentDraftSchema, input)).toThrow(expect.objectContaining({ path }))
  })

  it('names the segments that criteria refer to, each once, in order', () => {
    const tree = readCriteria({
      type: 'all',
      of: [
        segment('b'),
        { type: 'not', of: { type: 'any', of: [segment('a'), segment('b')] } },
        segment('c'),
      ],
    })
    expect(segmentsReferredTo(tree)).toEqual(['b', 'a', 'c'])
    expect(segmentsReferredTo({ type: 'everyone' })).toEqual([])
  })

  it('names the external rules that criteria ask, each once, in order', () => {
    const tree = readCriteria({
      type: 'all',
      of: [rule('b'), { type: 'all', of: [rule('a'), rule('b')] }, segment('s')],
    })
    expect(externalRulesOf(tree)).toEqual(['b', 'a'])
    expect(externalRulesOf(readCriteria(rule('a')))).toEqual(['a'])
    expect(externalRulesOf({ type: 'any', of: [{ type: 'everyone' }] })).toEqual([])
  })
})
