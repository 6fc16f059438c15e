import { all, any, attribute, everyone, inactiveFor, not, tag } from '@campaignkit/core'
import { describe, expect, it } from 'vitest'
import { ruleByFacts } from './rule-by-facts.js'

const inRome = attribute('city', '=', 'Rome')
const vip = tag('vip')
const lapsed = inactiveFor({ days: 90 })

describe('a rule without its attributes', () => {
  it.each([
    ['is the whole rule where it asks for none', all(vip, lapsed), all(vip, lapsed), []],
    ['has each not where it has its effect', not(any(vip, not(lapsed))), all(not(vip), lapsed), []],
    ['matches whom the other alternatives match', any(vip, inRome), any(vip), [inRome]],
    [
      'is asked where an attribute must not pass as if it were unknown',
      any(vip, not(inRome)),
      any(vip),
      [not(inRome)],
    ],
    ['matches nobody where an attribute must pass', all(vip, inRome), null, [inRome]],
    [
      'matches nobody where each alternative is an attribute',
      not(all(inRome, inRome)),
      null,
      [not(inRome), not(inRome)],
    ],
    [
      'keeps what stands beside an alternative',
      all(any(vip, inRome), lapsed),
      all(any(vip), lapsed),
      [inRome],
    ],
    ['matches everybody who may pass', any(everyone(), inRome), any(everyone()), [inRome]],
  ])('%s', (_, rule, criteria, byAttribute) => {
    expect(ruleByFacts(rule)).toEqual({ criteria, byAttribute })
  })
})
