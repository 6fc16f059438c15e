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
    '{{ campaign.metadata.any.thing }}{{ campaign.name }}{{ variant }}{{ now }}{{ unsubscribeUrl }}{{ preferencesUrl }}',
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
      { path: 'x.messages.email.subject', variable: 'b', line: 1, guarded: false },
      { path: 'x.messages.email.html', variable: 'a', line: 2, guarded: false },
      { path: 'x.messages.email.html', variable: 'b', line: 3, guarded: false },
    ])
  })

  const guards = (text: string) =>
    unknownVariables(
      'email',
      { text },
      { hasCoupon: true, attributes: ['favourite'], dataKeys: ['shop'] },
    ).map(({ variable, guarded }) => `${variable}${guarded ? ' guarded' : ''}`)

  it.each([
    ['{{ customer.nick | default: "friend" }}', 'customer.nick'],
    ['{{ customer.nick | strip | default: "friend" | upcase }}', 'customer.nick'],
    ['{{ customer.attributes.nick | default: "friend", allow_false: true }}', 'customer.attributes.nick'],
    ['{% assign x = customer.nick | default: "friend" %}{{ x }}', 'customer.nick'],
    ['{% if customer.nick %}{{ customer.nick }}{% endif %}', 'customer.nick'],
    ['{% if customer.nick.size > 3 %}{{ customer.nick | upcase }}{% endif %}', 'customer.nick.size'],
    [
      '{% if variant and customer.nick != blank %}{% for c in customer.nick %}{% endfor %}{% endif %}',
      'customer.nick',
    ],
    ['{% if variant == "a" %}{% elsif customer.nick %}{{ customer.nick }}{% endif %}', 'customer.nick'],
    ['{% unless customer.nick %}friend{% else %}{{ customer.nick[0] }}{% endunless %}', 'customer.nick'],
    ['{% case customer.nick %}{% when "a" %}A{% else %}{{ customer.nick }}{% endcase %}', 'customer.nick'],
    ['{% if customer.nick %}{% if variant %}{{ customer.nick }}{% endif %}{% endif %}', 'customer.nick'],
  ])('are guarded attributes in %s', (text, variable) => {
    expect(guards(text)).toContain(`${variable} guarded`)
    expect(guards(text).every((told) => told.endsWith(' guarded'))).toBe(true)
  })

  it.each([
    // the name is wrong, whatever stands in its place
    ['{{ custmer.nick | default: "friend" }}', 'custmer.nick'],
    ['{% if custmer.nick %}{{ custmer.nick }}{% endif %}', 'custmer.nick'],
    ['{{ customer.facts.lastOrder | default: "never" }}', 'customer.facts.lastOrder'],
    ['{{ customer.firstName.short | default: "friend" }}', 'customer.firstName.short'],
    ['{{ customer.nick.of.old | default: "friend" }}', 'customer.nick.of.old'],
    ['{{ customer["nick name"] | default: "friend" }}', "customer['nick name']"],
    ['{{ data.shp | default: "us" }}', 'data.shp'],
    ['{% if nobody %}{% endif %}', 'nobody'],
    // nothing stands in its place
    ['{{ customer.firstName | default: customer.nick }}', 'customer.nick'],
    ['{{ customer.firstName | default: "x" | append: customer.nick }}', 'customer.nick'],
    ['{% if customer.favourite %}{{ customer.nick }}{% endif %}', 'customer.nick'],
    ['{% if customer.nick %}{% endif %}{{ customer.nick }}', 'customer.nick'],
    ['{{ customer.nick | default: "x" }}{{ customer.nick }}', 'customer.nick'],
    ['{{ customer.nick }}\n{{ customer.nick | default: "x" }}', 'customer.nick'],
    ['{% for letter in customer.nick %}{% endfor %}', 'customer.nick'],
  ])('are unguarded in %s', (text, variable) => {
    expect(guards(text)).toEqual([variable])
  })

  it('are the same attribute under both of its names, each told by itself', () => {
    expect(guards('{% if customer.nick %}{{ customer.attributes.nick }}{% endif %}')).toEqual([
      'customer.nick guarded',
      'customer.attributes.nick guarded',
    ])
    expect(guards('{{ customer.nick | default: customer.handle | default: "x" }}')).toEqual([
      'customer.nick guarded',
      'customer.handle guarded',
    ])
  })

  it('cannot be told of a template that does not parse', () => {
    expect(() => unknownVariables('sms', { body: '{{' }, { hasCoupon: false })).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_INVALID', path: 'messages.sms.body' }),
    )
  })
})
