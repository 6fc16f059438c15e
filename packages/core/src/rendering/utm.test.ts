import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withUtm } from './utm.js'

const utm = { utm_source: 'mail', utm_campaign: 'We miss you & more' }
const added = 'utm_source=mail&utm_campaign=We%20miss%20you%20%26%20more'

describe('the parameters of a link', () => {
  it.each([
    ['https://a.example', `https://a.example?${added}`],
    ['https://a.example/b?', `https://a.example/b?${added}`],
    ['https://a.example/b?c=d', `https://a.example/b?c=d&${added}`],
    ['https://a.example/b?c=d&', `https://a.example/b?c=d&${added}`],
    ['https://a.example/b#c?d', `https://a.example/b?${added}#c?d`],
  ])('come after the query and before the fragment: %s', (link, tagged) => {
    expect(withUtm(link, utm)).toBe(tagged)
  })

  it('leave alone what the link says itself, in any case', () => {
    expect(withUtm('https://a.example?UTM_Source=x', { utm_source: 'mail' })).toBe(
      'https://a.example?UTM_Source=x',
    )
    expect(withUtm('https://a.example?utm_source', utm)).toBe(
      'https://a.example?utm_source&utm_campaign=We%20miss%20you%20%26%20more',
    )
  })

  it('read back as they were given, whatever they are, and are given once', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        (link, value) => {
          const tagged = withUtm(link, { utm_content: value })
          expect(new URL(tagged).searchParams.get('utm_content')).toBe(value)
          expect(new URL(tagged).hash).toBe(new URL(link).hash)
          expect(withUtm(tagged, { utm_content: 'other' })).toBe(tagged)
        },
      ),
      { seed: 7 },
    )
  })
})
