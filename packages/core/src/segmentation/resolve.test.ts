import { describe, expect, it } from 'vitest'
import { type CampaignKitError, isCampaignKitError } from '../base/error.js'
import type { Criteria } from '../model/criteria.js'
import { all, any, eligible, everyone, minOrders, not, segment, tag } from './builders.js'
import { resolveSegments } from './resolve.js'
import { splitEligibility } from './split-eligibility.js'

const rules = (segments: Record<string, Criteria>) => new Map(Object.entries(segments))

function refusal(criteria: Criteria, segments: Record<string, Criteria>, path?: string): CampaignKitError {
  try {
    resolveSegments(criteria, rules(segments), path)
  } catch (thrown) {
    if (isCampaignKitError(thrown)) return thrown
  }
  throw new Error('was not refused')
}

describe('Resolving named segments', () => {
  it('puts the rule where the name was, also within rules', () => {
    const resolved = resolveSegments(
      all(not(segment('lapsed')), any(segment('vips'), minOrders(3))),
      rules({
        lapsed: any(tag('lapsed'), segment('vips')),
        vips: tag('vip'),
      }),
    )
    expect(resolved).toEqual(all(not(any(tag('lapsed'), tag('vip'))), any(tag('vip'), minOrders(3))))
  })

  it('leaves criteria without names as they are', () => {
    const criteria = all(everyone(), not(tag('a')))
    expect(resolveSegments(criteria, new Map())).toEqual(criteria)
  })

  it('refuses a name that does not exist, at its path', () => {
    expect(refusal(all(tag('a'), not(segment('gone'))), {}, 'audience')).toMatchObject({
      code: 'SEGMENT_NOT_FOUND',
      path: 'audience.of[1].of',
      message: 'No segment is named "gone"',
      details: { name: 'gone', via: [] },
    })
  })

  it('names the way to a name that does not exist inside another segment', () => {
    const error = refusal(all(tag('a'), segment('one')), {
      one: any(tag('b'), segment('two')),
      two: not(segment('gone')),
    })
    expect(error).toMatchObject({
      code: 'SEGMENT_NOT_FOUND',
      path: 'of[1]',
      details: { name: 'gone', via: ['one', 'two'] },
    })
  })

  it('does not take what objects inherit for a segment', () => {
    expect(refusal(segment('__proto__'), {})).toMatchObject({ code: 'SEGMENT_NOT_FOUND', path: '' })
  })

  it('names the circle and only the circle', () => {
    const error = refusal(any(tag('a'), segment('a')), {
      a: segment('b'),
      b: not(segment('c')),
      c: all(segment('b')),
    })
    expect(error).toMatchObject({
      code: 'SEGMENT_CYCLE',
      path: 'of[1]',
      message: 'Named segments refer to each other in a circle: "b" > "c" > "b"',
      details: { circle: ['b', 'c', 'b'] },
    })
    expect(refusal(segment('a'), { a: segment('a') }).details).toMatchObject({ circle: ['a', 'a'] })
  })

  it('refuses doubling references quickly instead of growing without end', () => {
    const doubling: Record<string, Criteria> = { s0: tag('a') }
    for (let level = 1; level <= 40; level += 1) {
      doubling[`s${level}`] = any(segment(`s${level - 1}`), segment(`s${level - 1}`))
    }
    expect(refusal(segment('s40'), doubling).code).toBe('CRITERIA_TOO_DEEP')
    expect(resolveSegments(segment('s10'), rules(doubling)).type).toBe('any')
  })

  it('counts nodes over all that is resolved', () => {
    const wide = { wide: any(...Array.from({ length: 999 }, () => tag('a'))) }
    const ten = Array.from({ length: 10 }, () => segment('wide'))
    expect(refusal(any(...ten), wide, 'audience')).toMatchObject({
      code: 'CRITERIA_TOO_DEEP',
      path: 'audience',
    })
    expect(resolveSegments(any(...ten.slice(1)), rules(wide)).type).toBe('any')
  })

  it('refuses what becomes too deep, wherever the known rule is used again', () => {
    const tower = (levels: number, top: Criteria) => {
      let tree = top
      for (let level = 0; level < levels; level += 1) tree = not(tree)
      return tree
    }
    const segments = { tower: tower(40, tag('a')), above: tower(30, segment('tower')) }
    expect(refusal(segment('above'), segments).code).toBe('CRITERIA_TOO_DEEP')
    expect(refusal(all(segment('tower'), tower(30, segment('tower'))), segments)).toMatchObject({
      code: 'CRITERIA_TOO_DEEP',
      path: `of[1]${'.of'.repeat(30)}`,
    })
    expect(resolveSegments(tower(23, segment('tower')), rules(segments)).type).toBe('not')
  })

  it('refuses a long chain of names without running out of stack', () => {
    const chain: Record<string, Criteria> = { s0: tag('a') }
    for (let link = 1; link <= 100_000; link += 1)
      chain[`s${link}`] = { type: 'segment', name: `s${link - 1}` }
    expect(refusal(segment('s100000'), chain).code).toBe('CRITERIA_TOO_DEEP')
    expect(resolveSegments(segment('s63'), rules(chain))).toEqual(tag('a'))
  })

  it('lets a segment that asks an external rule stand among the conjuncts only', () => {
    const segments = { buyers: all(tag('a'), eligible('can-buy')), more: all(segment('buyers'), tag('b')) }
    expect(resolveSegments(all(tag('c'), segment('more')), rules(segments))).toEqual(
      all(tag('c'), all(all(tag('a'), eligible('can-buy')), tag('b'))),
    )
    expect(refusal(all(tag('c'), not(segment('more'))), segments, 'audience')).toMatchObject({
      code: 'ELIGIBILITY_MISPLACED',
      path: 'audience.of[1].of',
    })
    expect(refusal(any(tag('c'), segment('buyers')), segments)).toMatchObject({
      code: 'ELIGIBILITY_MISPLACED',
      path: 'of[1]',
    })
  })
})

describe('Splitting off external rules', () => {
  it('takes them out of the conjuncts at the root, each once', () => {
    const criteria = all(eligible('a'), tag('x'), all(eligible('b'), all(eligible('a')), not(tag('y'))))
    expect(splitEligibility(criteria)).toEqual({
      criteria: all(tag('x'), all(not(tag('y')))),
      rules: ['a', 'b'],
    })
  })

  it('leaves everyone when nothing else is asked', () => {
    expect(splitEligibility(eligible('a'))).toEqual({ criteria: everyone(), rules: ['a'] })
    expect(splitEligibility(all(eligible('a'), eligible('b')))).toEqual({
      criteria: everyone(),
      rules: ['a', 'b'],
    })
  })

  it('leaves criteria without them as they are', () => {
    const criteria = any(tag('x'), not(tag('y')))
    expect(splitEligibility(criteria)).toEqual({ criteria, rules: [] })
  })
})
