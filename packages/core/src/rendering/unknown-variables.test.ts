import { describe, expect, it } from 'vitest'
import { type KnownVariables, unknownVariables } from './unknown-variables.js'

const unknown = (text: string, known: Partial<KnownVariables> = {}) =>
  unknownVariables(
    'email',
    { text },
    { hasCoupon: true, attributes: ['favourite'], dataKeys: ['shop', 'rows'], ...known },
  ).map(({ variable }) => variable)

describe('unknown variables', () => {
  it.each([
    '{{ customer.id }}{{ customer.firstName | upcase }}{{ customer.tags[0] }}{{ customer.tags.size }}',
    '{{ customer.facts.lastOrderAt | date: "%Y" }}{{ customer.firstName.size }}',
    '{{ customer.favourite }}{{ customer.attributes.favourite }}{{ customer["favourite"].first }}',
    '{{ campaign.metadata.any.thing }}{{ campaign.name }}{{ variant }}{{ now }}{{ unsubscribeUrl }}',
    '{{ data.shop.city }}{{ data[variant] }}{{ data }}',
    '{{ qr }}{{ coupon.code }}{{ coupon.reward }}{{ coupon.terms }}',
    '{% for row in data.rows %}{{ row.name }}{{ forloop.index }}{% endfor %}',
    '{% assign x = variant %}{{ x }}{% capture y %}{{ x }}{% endcapture %}{{ y }}{% increment z %}',
    '{% raw %}{{ nobody }}{% endraw %}{% comment %}{{ nobody }}{% endcomment %}',
  ])('are none in %s', (text) => {
    expect(unknown(text)).toEqual([])
  })

  it.each([
    ['{{ customer.firstnme }}', 'customer.firstnme'],
    ['{{ customer.facts.lastOrder }}', 'customer.facts.lastOrder'],
    ['{{ customer.attributes.colour }}', 'customer.attributes.colour'],
    ['{{ customer.firstName.x }}', 'customer.firstName.x'],
    ['{{ customer.addresses.email }}', 'customer.addresses.email'],
    ['{{ customer.constructor }}', 'customer.constructor'],
    ['{{ data.shp }}', 'data.shp'],
    ['{{ nobody }}', 'nobody'],
    ['{{ variant | append: nobody }}', 'nobody'],
    ['{{ data[nobody.x] }}', 'nobody.x'],
    ['{% if nobody %}{% endif %}', 'nobody'],
    ['{% assign x = nobody %}', 'nobody'],
    ['{{ x }}{% assign x = 1 %}', 'x'],
    ['{% for i in nobody %}{% endfor %}', 'nobody'],
    ['{% for i in (1..2) %}{% endfor %}{{ i }}', 'i'],
  ])('%s has one', (text, variable) => {
    expect(unknown(text)).toEqual([variable])
  })

  it('are the coupon and its code where there is no coupon', () => {
    expect(unknown('{{ qr }}{{ coupon.code }}', { hasCoupon: false })).toEqual(['qr', 'coupon.code'])
  })

  it('are never attributes or data of which nothing is known', () => {
    const text = '{{ customer.whatever }}{{ customer.attributes.whatever }}{{ data.whatever.else }}'
    expect(unknown(text, { attributes: null, dataKeys: null })).toEqual([])
    expect(unknownVariables('email', { text }, { hasCoupon: false })).toEqual([])
    expect(unknown('{{ customer.facts.nope }}', { attributes: null })).toEqual(['customer.facts.nope'])
  })

  it('come with part and line, each once', () => {
    const parts = { subject: '{{ b }}', html: '\n{{ a }}\n{{ b }}{{ a }}' }
    expect(
      unknownVariables('email', parts, { hasCoupon: false }, (part) => `x.messages.email.${part}`),
    ).toEqual([
      { path: 'x.messages.email.subject', variable: 'b', line: 1 },
      { path: 'x.messages.email.html', variable: 'a', line: 2 },
      { path: 'x.messages.email.html', variable: 'b', line: 3 },
    ])
  })

  it('cannot be told of a template that does not parse', () => {
    expect(() => unknownVariables('sms', { body: '{{' }, { hasCoupon: false })).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_INVALID', path: 'messages.sms.body' }),
    )
  })
})
