import { describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../base/error.js'
import type { Criteria } from '../model/criteria.js'
import { all, any, attribute, everyone, not, segment, tag } from './builders.js'
import { refuseSealed } from './refuse-sealed.js'

const SEALED = ['attributes.born', 'firstName'] as const
const born = attribute('born', '=', '1815-12-10')

/** Path of the refused node and the segments on the way to it; null when nothing is refused. */
function refusalOf(criteria: Criteria, rules: Readonly<Record<string, Criteria>> = {}, path?: string) {
  try {
    refuseSealed(criteria, SEALED, new Map(Object.entries(rules)), path)
    return null
  } catch (thrown) {
    if (!isCampaignKitError(thrown, 'CRITERIA_SEALED')) throw thrown
    return `${thrown.path} ${(thrown.details.via as string[]).join(' > ')}`.trim()
  }
}

describe('criteria that read a sealed attribute', () => {
  it.each<[string, Criteria, string]>([
    ['at the root', born, ''],
    ['under all', all(tag('a'), born), 'of[1]'],
    ['under not', not(any(tag('a'), not(born))), 'of.of[1].of'],
    ['whatever they ask of it', all(attribute('born', 'exists'), everyone()), 'of[0]'],
  ])('are refused %s', (_where, criteria, path) => {
    expect(refusalOf(criteria)).toBe(path)
  })

  it('are refused with the first node that reads it, below the path that they stand at', () => {
    expect(refusalOf(all(any(tag('a'), born), born), {}, 'audience')).toBe('audience.of[0].of[1]')
  })

  it('are refused through named segments, with the reference and the way', () => {
    const rules = { outer: any(tag('a'), segment('inner')), inner: not(born) }
    expect(refusalOf(all(everyone(), segment('outer')), rules)).toBe('of[1] outer > inner')
    expect(refusalOf(segment('outer'), rules, 'audience')).toBe('audience outer > inner')
  })

  it('are no others: attributes that stay plain, names that are like it, segments that are unknown or in a circle', () => {
    const rules = { round: all(segment('round'), segment('other')), other: segment('round') }
    const others = all(
      attribute('city', '=', 'born'),
      attribute('firstName', '=', 'x'),
      attribute('Born', 'exists'),
    )
    expect(refusalOf(others)).toBeNull()
    expect(refusalOf(all(segment('gone'), segment('round')), rules)).toBeNull()
  })
})
