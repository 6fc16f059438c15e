import { describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../base/error.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { MessageParts } from '../model/message.js'
import type { RenderedMessage } from '../ports/channel.js'
import type { HtmlReader } from '../ports/html-reader.js'
import { sampleCustomer } from '../testing/samples.js'
import { type CompileOptions, compileMessage } from './compile-message.js'
import type { CouponView, RenderView } from './view.js'

const NOW = Date.UTC(2026, 2, 1, 23, 30)

/** Enough of a reader for the html of these tests. */
const reader: HtmlReader = {
  links: (html) =>
    [...html.matchAll(/<(?:a|area)\s[^<>]*?href=(?:"([^"]*)"|([^\s"'>]+))/g)].map((match) => {
      const raw = match[1] ?? match[2] ?? ''
      const end = match.index + match[0].length - (match[1] === undefined ? 0 : 1)
      return { start: end - raw.length, end, raw }
    }),
  toText: (html) =>
    html
      .replace(/<a [^<>]*href="([^"]*)"[^<>]*>(.*?)<\/a>/g, '$2 [$1]')
      .replace(/<\/(?:p|h1)>/g, '\n\n')
      .replace(/<table>[^<]*</g, '<')
      .replace(/<[^<>]*>/g, '')
      .replace(/&#123;/g, '{')
      .replace(/&amp;/g, '&')
      .trim(),
  looks: () => ({ images: [], texts: [] }),
}

const coupon: CouponView = {
  code: 'ABC123-ZZZZ0001-SECRET',
  link: 'HTTPS://GO.PIZZA.EXAMPLE/Q/ABC123-ZZZZ0001-SECRET',
  reward: { kind: 'percent', value: 30 },
  expiresAt: NOW + 86_400_000,
  png: () => Uint8Array.of(1, 2, 3, 251),
}

function viewOf(changes: Partial<RenderView> = {}): RenderView {
  return {
    customer: sampleCustomer(),
    campaign: { id: 'cmp-1', name: 'We miss you', type: 'win-back', metadata: { season: 'spring' } },
    variant: 'plain',
    coupon,
    data: {},
    unsubscribeUrl: 'https://go.pizza.example/u/1',
    preferencesUrl: 'https://go.pizza.example/p/1',
    oneClickUrl: 'https://go.pizza.example/u/1/now',
    track: (url) => `https://go.pizza.example/c/${encodeURIComponent(url)}?a=1&b=2`,
    openPixelUrl: 'https://go.pizza.example/o/1',
    now: NOW,
    timeZone: 'Europe/Rome',
    ...changes,
  }
}

const plainOptions: CompileOptions = {
  html: reader,
  marketing: false,
  trackClicks: false,
  trackOpens: false,
  utm: null,
  qrEmbedding: 'cid',
}

function compile(channel: ChannelKind, parts: MessageParts, options: Partial<CompileOptions> = {}) {
  return compileMessage(channel, parts, { ...plainOptions, ...options })
}

type Email = Extract<RenderedMessage, { type: 'email' }>

function email(parts: MessageParts, options: Partial<CompileOptions> = {}, view = viewOf()): Email {
  const rendered = compile('email', { subject: 'Hi', ...parts }, options).render(view)
  if (rendered.type !== 'email') throw new Error('not an e-mail')
  return rendered
}

const htmlOf = (html: string, view = viewOf(), options: Partial<CompileOptions> = {}) =>
  email({ html }, options, view).html
const textOf = (text: string, view = viewOf()) => email({ text }, {}, view).text
const named = (firstName: string) => viewOf({ customer: sampleCustomer({ firstName }) })

function failure(act: () => unknown) {
  try {
    act()
  } catch (thrown) {
    if (isCampaignKitError(thrown)) return { ...thrown.toJSON(), cause: thrown.cause }
    throw thrown
  }
  throw new Error('did not fail')
}

describe('the variables of a template', () => {
  const view = viewOf({
    customer: sampleCustomer({
      lastName: 'Lovelace',
      locale: 'it',
      timeZone: 'Europe/Rome',
      attributes: { favourite: 'margherita', firstName: 'never', constructor: 'mine' },
    }),
    data: { shop: { city: 'Napoli' } },
  })

  it.each([
    ['{{ customer.firstName }} {{ customer.lastName }} {{ customer.id }}', 'Ada Lovelace customer-1'],
    ['{{ customer.tags | join: "," }} {{ customer.tags.size }}', 'pizza-lover,vip 2'],
    ['{{ customer.tags }} {{ customer.tags.first }}', 'pizza-lovervip pizza-lover'],
    ['{{ customer.favourite }} {{ customer.attributes.favourite }}', 'margherita margherita'],
    ['{{ customer.attributes.firstName }}', 'never'],
    ['{{ customer.facts.orderCount }} {{ customer.facts.lastLoginAt }}.', '3 .'],
    ['{{ customer.timeZone }} {{ customer.locale }}', 'Europe/Rome it'],
    ['{{ campaign.name }} {{ campaign.metadata.season }} {{ variant }}', 'We miss you spring plain'],
    ['{{ coupon.code }} {{ coupon.link }}', `${coupon.code} ${coupon.link}`],
    ['{{ coupon.reward }} {{ coupon.rewardKind }} {{ coupon.rewardValue }}', '30% percent 30'],
    ['{{ coupon.reward }}', '30%'],
    ['{{ coupon.expiresAt }}', '2026-03-02T23:30:00.000Z'],
    ['{{ data.shop.city }} {{ unsubscribeUrl }}', 'Napoli https://go.pizza.example/u/1'],
    ['{{ now }}', '2026-03-01T23:30:00.000Z'],
    ['{{ customer.firstNmae }}{{ nobody.knows }}{{ data.shop.street }}.', '.'],
    ['{{ customer }}{{ data.shop }}{{ coupon }}.', '.'],
    ['{{ 1 | plus: 1 }} {{ true }} {{ nil }}.', '2 true .'],
    ['{% increment n %}{% increment n %} {% cycle "a", "b" %} {% echo customer.firstName %}', '01 a Ada'],
    ['{% if qr %}{{ qr | upcase | slice: 0, 6 }}{% endif %} {{ qr.size }}', 'ABC123 72'],
    ['{{ customer.tags | sort | reverse | map: "size" | join: "+" }}', '3+11'],
    [
      '{% case variant %}{% when "plain" %}p{% endcase %}{% tablerow i in (1..1) %}{{ i }}{% endtablerow %}',
      'p<tr class="row1"><td class="col1">1</td></tr>',
    ],
  ])('%s is %s', (template, expected) => {
    expect(textOf(template, view)).toBe(expected)
  })

  it('are own properties only', () => {
    const probes = [
      'customer.__proto__',
      'customer.toString',
      'data.constructor',
      'qr.constructor',
      'qr.html',
      'qr.__proto__',
    ]
    for (const probe of [
      ...probes,
      'constructor',
      '__proto__',
      'data.hasOwnProperty',
      'customer.firstName.constructor',
    ]) {
      expect(textOf(`{{ ${probe} }}.`)).toBe('.')
    }
    expect(textOf('{% for i in (1..1) %}{{ forloop.constructor }}{{ forloop.index }}{% endfor %}')).toBe('1')
    expect(textOf('{{ customer.constructor }}', view)).toBe('mine')
  })

  it('have no expiry when the coupon has none', () => {
    expect(textOf('{{ coupon.expiresAt }}.', viewOf({ coupon: { ...coupon, expiresAt: null } }))).toBe('.')
  })

  it('are empty without a coupon', () => {
    expect(textOf('{{ qr }}{{ coupon.code }}{{ coupon.reward }}.', viewOf({ coupon: null }))).toBe('.')
  })

  it('do not leak from one part or message into another', () => {
    const message = compile('email', {
      subject: '{% increment n %}{{ x }}',
      text: '{% assign x = 1 %}{% increment n %}',
    })
    for (const _ of [1, 2]) expect(message.render(viewOf())).toMatchObject({ subject: '0', text: '0' })
  })

  it('reads only what it shows: no link is signed in vain', () => {
    const read: string[] = []
    const view = viewOf()
    Object.defineProperty(view, 'unsubscribeUrl', { get: () => read.push('unsubscribeUrl') })
    Object.defineProperty(view, 'preferencesUrl', { get: () => read.push('preferencesUrl') })
    const render = (body: string) => compile('sms', { body }).render(view)
    render('{{ customer.firstName }} {{ now }} {% if coupon %}{{ coupon.code }}{% endif %}')
    expect(read).toEqual([])
    render('{{ preferencesUrl }}')
    expect(read).toEqual(['preferencesUrl'])
  })
})

describe('escaping', () => {
  const hostile = named(`<script>"O'Brien" & Co`)

  it('happens in html and nowhere else', () => {
    const parts = { subject: '{{ customer.firstName }}', html: '<p>{{ customer.firstName }}</p>' }
    expect(email(parts, {}, hostile)).toMatchObject({
      subject: `<script>"O'Brien" & Co`,
      html: '<p>&lt;script&gt;&quot;O&#39;Brien&quot; &amp; Co</p>',
      text: `<script>"O'Brien" & Co`,
    })
  })

  it('is left to the marketer with raw', () => {
    expect(htmlOf('{{ data.html | raw }}', viewOf({ data: { html: '<b>x</b>' } }))).toBe('<b>x</b>')
  })

  it('happens once to what was captured, and again when a filter changed it', () => {
    expect(htmlOf('{% capture n %}{{ customer.firstName }}{% endcapture %}{{ n }}', named('O&K'))).toBe(
      'O&amp;K',
    )
    expect(htmlOf('{% capture n %}<i>{{ "a" }}{% endcapture %}{{ n | upcase }}')).toBe('&lt;I&gt;A')
    expect(htmlOf('{% capture n %}<i>{{ "a" }}{% endcapture %}{{ n | raw }}')).toBe('<i>a')
    expect(htmlOf('{% capture n %}a{% endcapture %}{% if n == "a" %}same{% endif %}')).toBe('same')
  })

  it('keeps header fields to one line', () => {
    const rendered = email(
      { subject: 'For {{ customer.firstName }}', text: 'x' },
      {},
      named('Ann\r\nBcc: all@x.example\u2028\u0000'),
    )
    expect(rendered.subject).toBe('For Ann Bcc: all@x.example')
  })
})

describe('a reply-to', () => {
  const replyTo = (template: string, firstName = 'Ann') =>
    email({ text: 'x', replyTo: template }, {}, named(firstName)).replyTo

  it.each([
    ['shop@pizza.example', 'shop@pizza.example'],
    ['Pizza <shop@pizza.example>', 'Pizza <shop@pizza.example>'],
    ['"Pizza, Inc." <shop@pizza.example>', '"Pizza, Inc." <shop@pizza.example>'],
    ['{{ customer.firstName }} <shop@pizza.example>', 'Ann <shop@pizza.example>'],
    ['{{ data.nothing }}', null],
    ['', null],
  ])('%s is %s', (template, expected) => {
    expect(replyTo(template)).toBe(expected)
  })

  it.each(['Ann\r\nBcc: x@y.example', 'x@y.example,', 'Ann <x@y.example>,', '"'])(
    'fails for the name %j',
    (firstName) => {
      expect(
        failure(() => replyTo('{{ customer.firstName }} <shop@pizza.example>', firstName)),
      ).toMatchObject({
        code: 'TEMPLATE_RENDER_FAILED',
        details: { reason: 'replyTo' },
      })
    },
  )

  it('that is wrong for everybody is refused at once', () => {
    expect(
      failure(() => compile('email', { subject: 's', text: 't', replyTo: 'a@b.example, c@d.example' })),
    ).toMatchObject({
      code: 'INVALID_INPUT',
      path: 'messages.email.replyTo',
    })
  })
})

describe('links', () => {
  const tracked = { trackClicks: true }

  it('are tracked in html, decoded and escaped again', () => {
    const html =
      '<a href="https://pizza.example/?a=1&amp;b=2">x</a><a class="{{ variant }}" href=https://pizza.example/{{ variant }}>y</a>'
    expect(htmlOf(html, viewOf(), tracked)).toBe(
      '<a href="https://go.pizza.example/c/https%3A%2F%2Fpizza.example%2F%3Fa%3D1%26b%3D2?a=1&amp;b=2">x</a>' +
        '<a class="plain" href="https://go.pizza.example/c/https%3A%2F%2Fpizza.example%2Fplain?a=1&amp;b=2">y</a>',
    )
  })

  it.each([
    'mailto:a@b.example',
    'tel:+39081',
    '#top',
    'cid:logo',
    '{{ coupon.link }}',
    '{{ unsubscribeUrl }}',
    '{{ data.none }}',
  ])('to %s are never tracked', (link) => {
    expect(htmlOf(`<a href="${link}">x</a>`, viewOf(), tracked)).not.toContain('/c/')
  })

  it('are given the parameters of the message before they are tracked', () => {
    const html = '<a href="https://pizza.example/?a=1#menu">x</a><a href="{{ data.link }}">y</a>'
    const view = viewOf({ data: { link: 'https://pizza.example/order' } })
    const utm = { utm_source: 'mail', utm_campaign: 'We miss you' }
    const query = 'utm_source=mail&utm_campaign=We%20miss%20you'
    const told = [`https://pizza.example/?a=1&${query}#menu`, `https://pizza.example/order?${query}`]
    const hrefs = (options: Partial<CompileOptions>) =>
      [...(htmlOf(html, view, options) ?? '').matchAll(/href="([^"]*)"/g)].map(([, href]) => href)
    expect(hrefs({ utm })).toEqual(told.map((link) => link.replaceAll('&', '&amp;')))
    expect(hrefs({ utm, trackClicks: true })).toEqual(
      told.map((link) => `https://go.pizza.example/c/${encodeURIComponent(link)}?a=1&amp;b=2`),
    )
  })

  it.each([
    ['<a href="mailto:a@a.example">x</a>', 'mailto:a@a.example'],
    ['<a href="{{ unsubscribeUrl }}">x</a>', 'https://go.pizza.example/u'],
    ['<link href="{{ data.style }}">', 'https://pizza.example/a.css'],
  ])('are given none where they lead to no page of the host: %s', (html, link) => {
    const view = viewOf({
      unsubscribeUrl: 'https://go.pizza.example/u',
      data: { style: 'https://pizza.example/a.css' },
    })
    expect(htmlOf(html, view, { utm: { utm_source: 'mail' } })).toContain(`href="${link}"`)
  })

  it('are left alone without tracking, and in the text part', () => {
    const html = '<a href="https://pizza.example/">x</a>'
    expect(htmlOf(html)).toBe(html)
    expect(email({ html }, tracked).text).toBe('x [https://pizza.example/]')
  })

  it('may be chosen by Liquid', () => {
    const html =
      '<a href="{% if variant == "plain" %}https://a.example/{% else %}mailto:b@b.example{% endif %}">x</a>'
    expect(htmlOf(html)).toBe('<a href="https://a.example/">x</a>')
    expect(htmlOf(html, viewOf({ variant: 'b' }), tracked)).toBe('<a href="mailto:b@b.example">x</a>')
  })

  it.each([
    'javascript:alert(1)',
    ' JaVa\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    '&#106;avascript:alert(1)',
    'data:text/html,x',
    '/relative',
    '//host.example',
    'vbscript:x',
  ])('from data never lead to %j', (link) => {
    const view = viewOf({ data: { link } })
    const templates = [
      '<a href="{{ data.link }}">x</a>',
      '<a href="{{ data.link | raw }}">x</a>',
      '<a href={{ data.link }}>x</a>',
      `<a href="{{ data.none | default: data.link }}">x</a>`,
      '<a {% if true %}href="{{ data.link }}"{% else %}href="{{ data.link }}"{% endif %}>x</a>',
      '<a href="https://a.example" {% if true %} href="{{ data.link }}"{% endif %}>x</a>',
      `<link href='{{ data.link }}'>`,
      '<base href={{ data.link }}>',
    ]
    for (const html of templates) {
      for (const options of [{}, tracked]) {
        expect(failure(() => htmlOf(html, view, options))).toMatchObject({
          code: 'TEMPLATE_RENDER_FAILED',
          path: 'messages.email.html',
          details: { reason: 'link' },
        })
      }
    }
  })

  it('that stand without quotes cannot become attributes', () => {
    const view = viewOf({ data: { link: 'https://a.example/ onclick=x' } })
    expect(htmlOf('<a href={{ data.link }}>x</a>', view)).toBe('<a href="https://a.example/ onclick=x">x</a>')
  })

  it.each([
    'javascript:alert(1)',
    'java&#115;cript:x',
    '/menu',
    'www.pizza.example',
    'http:pizza',
    'https://',
    'ftp://x',
    'java{{ x }}',
    'https://bank.example@evil.example/',
    'https://{{ data.x }}@evil.example',
    'https://a:b@evil.example',
  ])('that are written as %s are refused', (link) => {
    const html = `<p>\n <a href="${link}">x</a>`
    expect(failure(() => compile('email', { subject: 's', html }))).toMatchObject({
      code: 'LINK_NOT_ALLOWED',
      path: 'messages.email.html',
      details: { line: 2, column: 11 },
    })
  })

  it('may be empty', () => {
    expect(htmlOf('<a href="">x</a><a href=" {{ data.none }} ">y</a>', viewOf(), tracked)).toBe(
      '<a href="">x</a><a href="">y</a>',
    )
  })

  it('hold their Liquid whole', () => {
    const html = '<a href="{% if true %}https://a.example"{% else %}"{% endif %}>x</a>'
    expect(failure(() => compile('email', { subject: 's', html }))).toMatchObject({
      code: 'TEMPLATE_INVALID',
      details: { line: 1, column: 10 },
    })
  })

  it('in comments and raw blocks are not links', () => {
    const html =
      '{% comment %}<a href="/x">{% endcomment %}{% raw %}<a href="/{{y}}">{% endraw %}<!-- <link href="{{ z }}"> --><!-- '
    expect(htmlOf(html, viewOf({ data: {} }), tracked)).toBe('<a href="/{{y}}"><!-- <link href=""> --><!-- ')
  })
})

describe('the QR code in html', () => {
  const image = 'src="cid:qr@campaignkit.invalid"'

  it('is an image that goes with the message once, with code and link', () => {
    const rendered = email({ html: '<p>{{ qr }}</p>{{ qr }}' })
    expect(rendered.html?.split(image)).toHaveLength(3)
    expect(rendered.html).toContain(`alt="${coupon.code}"`)
    expect(rendered.html).toContain(`<a href="${coupon.link}"`)
    expect(rendered.html).toContain('background-color:#ffffff')
    expect(rendered.attachments).toEqual([
      {
        filename: 'qr.png',
        contentType: 'image/png',
        bytes: coupon.png(),
        contentId: 'qr@campaignkit.invalid',
      },
    ])
  })

  it('stays away when the template does not show it', () => {
    let drawn = 0
    const counted = { ...coupon, png: () => Uint8Array.of(++drawn) }
    expect(
      email({ html: '{{ coupon.code }}{% if false %}{{ qr }}{% endif %}' }, {}, viewOf({ coupon: counted }))
        .attachments,
    ).toEqual([])
    expect(drawn).toBe(0)
  })

  it('can stand in the page itself, or only as a link', () => {
    const data = email({ html: '{{ qr }}' }, { qrEmbedding: 'data' })
    expect(data.html).toContain('src="data:image/png;base64,AQID+w=="')
    const link = email({ html: '{{ qr | raw }}' }, { qrEmbedding: 'link' })
    expect(link.html).not.toContain('<img')
    expect(link.html).toContain(coupon.code)
    expect([...data.attachments, ...link.attachments]).toEqual([])
  })

  it('cannot stand in an attribute', () => {
    for (const html of ['<p>\n<img src="{{ qr }}">', '<p>\n<img src="{{- qr | upcase }}">']) {
      expect(failure(() => compile('email', { subject: 's', html }))).toMatchObject({
        code: 'TEMPLATE_INVALID',
        details: { line: 2, column: 11 },
      })
    }
  })

  it('is code and link in texts and one line in subjects', () => {
    const rendered = email({ subject: '{{ qr }}', html: '<p>{{ qr }}</p>' })
    expect(rendered.text).toBe(`${coupon.code}\n${coupon.link}`)
    expect(rendered.subject).toBe(`${coupon.code} ${coupon.link}`)
  })

  it('is the link alone in a text message', () => {
    const bodyOf = (channel: ChannelKind) => compile(channel, { body: 'Yours: {{ qr }}' }).render(viewOf())
    expect(bodyOf('sms')).toEqual({ type: 'text', body: `Yours: ${coupon.link}` })
    expect(bodyOf('whatsapp')).toEqual({ type: 'text', body: `Yours: ${coupon.code}\n${coupon.link}` })
  })

  it.each([
    ['{{ qr }}', 'qr'],
    ['{% if coupon %}{{ coupon.code }}{% endif %}', 'coupon.code'],
  ])('is refused without a coupon: %s', (text, variable) => {
    expect(failure(() => compile('email', { subject: 's', text }, { hasCoupon: false }))).toMatchObject({
      code: 'COUPON_NOT_CONFIGURED',
      path: 'messages.email.text',
      details: { line: 1, variable },
    })
  })

  it('may be asked for without a coupon', () => {
    const message = compile(
      'email',
      { subject: 's', text: '{% if coupon %}x{% endif %}' },
      { hasCoupon: false },
    )
    expect(message.render(viewOf({ coupon: null }))).toMatchObject({ text: '' })
  })
})

describe('the text part', () => {
  it('is derived from the template of the html', () => {
    const html =
      '<h1>Hi {{ customer.firstName }}</h1><p>{% if variant == "plain" %}plain &amp; simple{% else %}other{% endif %}</p><p> </p><p> </p><p>Bye</p>'
    expect(email({ html }, {}, named('A & B')).text).toBe('Hi A & B\n\nplain & simple\n\nBye')
  })

  it('is read from the finished html where the template does not tell it', () => {
    const view = viewOf({ data: { html: '<p>one</p><p>two</p>', rows: ['a', 'b'] } })
    const textOfHtml = (html: string) => email({ html }, {}, view).text
    expect(textOfHtml('{{ data.html | raw }}')).toBe('one\n\ntwo')
    expect(textOfHtml('{% raw %}{{ x }}{% endraw %}')).toBe('{{ x }}')
    expect(textOfHtml('&#123;{ x')).toBe('{{ x')
    expect(textOfHtml('{<b></b>{% if true %}x{% endif %}')).toBe('{x')
    expect(textOfHtml('<table>{% for row in data.rows %}<tr>{{ row }}</tr>{% endfor %}')).toBe(
      'a b'.replace(' ', ''),
    )
    expect(textOfHtml('{% if true %}<table>{% endif %}<i>x</i>')).toBe('x')
  })

  it('is empty space when there is only a subject, and the html null when there is only text', () => {
    expect(email({ text: ' as it is \n\n\n' })).toMatchObject({ html: null, text: ' as it is \n\n\n' })
    expect(email({})).toMatchObject({ html: null, text: '' })
  })

  it('lets an error of the reader through', () => {
    const broken: HtmlReader = {
      links: () => [],
      toText: () => {
        throw new TypeError('broken')
      },
      looks: () => ({ images: [], texts: [] }),
    }
    expect(() => email({ html: 'x' }, { html: broken })).toThrow(TypeError)
  })
})

describe('what the kit adds to the html', () => {
  it('is a hidden preheader at the beginning of the body', () => {
    const parts = {
      html: '<!-- <body> --><html><body class="x">Hi</body></html>',
      preheader: 'Only {{ customer.firstName }}\n<today>',
    }
    expect(email(parts).html).toMatch(
      /^<!-- <body> --><html><body class="x"><div style="display:none[^"]*">Only Ada &lt;today&gt;<\/div>Hi<\/body><\/html>$/,
    )
    expect(email({ ...parts, preheader: '{{ data.none }}' }).html).toBe(parts.html)
    expect(email({ html: '<head></head>Hi', preheader: 'P' }).html).toMatch(
      /^<head><\/head><div[^>]*>P<\/div>Hi$/,
    )
  })

  it('is a pixel before the end of the body when opens are tracked', () => {
    const pixel =
      '<img src="https://go.pizza.example/o/1" width="1" height="1" alt="" style="display:block;border:0">'
    expect(htmlOf('<body>Hi</body>', viewOf(), { trackOpens: true })).toBe(`<body>Hi${pixel}</body>`)
    expect(htmlOf('Hi', viewOf(), { trackOpens: true })).toBe(`Hi${pixel}`)
    expect(htmlOf('Hi', viewOf({ openPixelUrl: null }), { trackOpens: true })).toBe('Hi')
  })

  it('is told to the channel, so that the provider does not count it as well', () => {
    const tracked = (options: object) => email({ html: 'Hi' }, options).tracked
    expect(tracked({ trackClicks: true })).toEqual({ clicks: true, opens: false })
    expect(tracked({ trackOpens: true })).toEqual({ clicks: false, opens: true })
    expect(tracked({})).toBeUndefined()
  })

  it('is a way out of every marketing e-mail', () => {
    const rendered = email({ html: '<body>Hi</body>' }, { marketing: true, trackClicks: true })
    expect(rendered.headers).toEqual({
      'List-Unsubscribe': '<https://go.pizza.example/u/1/now>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    })
    expect(rendered.html).toMatch(
      /^<body>Hi<div .*<a href="https:\/\/go\.pizza\.example\/u\/1" .*>Unsubscribe<\/a><\/div><\/body>$/,
    )
    expect(rendered.text).toBe('Hi\n\nUnsubscribe: https://go.pizza.example/u/1')
  })

  it('speaks the language of the customer', () => {
    const spoken = (locale: string) => email({ text: 'x' }, { marketing: true }, viewOf({ locale })).text
    expect(spoken('de-AT')).toContain('Abmelden:')
    expect(spoken('ja')).toContain('Unsubscribe:')
  })

  it('leaves out the footer where the template has its own link', () => {
    const own = '<a href="{{ unsubscribeUrl }}">Stop</a>'
    const both = email({ html: own }, { marketing: true })
    expect(both.html).toBe('<a href="https://go.pizza.example/u/1">Stop</a>')
    expect(both.text).toBe('Stop [https://go.pizza.example/u/1]')
    const hidden = email({ html: `<p>{% if data.none %}${own}{% endif %}</p>` }, { marketing: true })
    for (const part of [hidden.html, hidden.text]) expect(part).toContain('https://go.pizza.example/u/1')
    const other = email({ html: own, text: 'x' }, { marketing: true })
    expect(other.text).toContain('Unsubscribe:')
  })

  it('stands beside the link to the preferences, which is neither tracked nor a way out', () => {
    const html = '<a href="{{ preferencesUrl }}">Choose</a>'
    const sent = email({ html }, { marketing: true, trackClicks: true })
    expect(sent.html).toContain('<a href="https://go.pizza.example/p/1">Choose</a>')
    expect(sent.html).toContain('https://go.pizza.example/u/1')
  })

  it('is nothing in a transactional e-mail', () => {
    expect(email({ html: 'Hi' })).toMatchObject({ headers: {}, html: 'Hi', text: 'Hi' })
  })

  it.each([{ unsubscribeUrl: null }, { oneClickUrl: null }, { oneClickUrl: 'https://x.example/\r\nBcc: a' }])(
    'fails a marketing e-mail that would have no way out: %j',
    (changes) => {
      expect(failure(() => email({ text: 'x' }, { marketing: true }, viewOf(changes)))).toMatchObject({
        code: 'TEMPLATE_RENDER_FAILED',
        path: 'messages.email',
        details: { reason: 'unsubscribeUrl' },
      })
    },
  )

  it('cannot be called by a template', () => {
    for (const text of ['{% _slot footer %}', '{% _link track %}x{% end_link %}']) {
      expect(failure(() => compile('email', { subject: 's', html: text })).code).toBe('TEMPLATE_INVALID')
    }
  })
})

describe('a notice', () => {
  const parts = { title: 'Hi {{ customer.firstName }}', body: '{{ customer.firstName }} & {{ qr }}' }

  it('is plain text with a link and an image', () => {
    const message = compile('push', {
      ...parts,
      link: '{{ data.link }}',
      image: 'https://a.example/{{ variant }}.png',
    })
    expect(
      message.render(
        viewOf({ customer: sampleCustomer({ firstName: '<A\nB>' }), data: { link: 'https://x.example/' } }),
      ),
    ).toEqual({
      type: 'notice',
      title: 'Hi <A B>',
      body: `<A\nB> & ${coupon.code}\n${coupon.link}`,
      link: 'https://x.example/',
      image: 'https://a.example/plain.png',
    })
    expect(compile('in-app', parts).render(viewOf())).toMatchObject({ link: null, image: null })
    expect(compile('web', { ...parts, link: '', image: '{{ data.none }}' }).render(viewOf())).toMatchObject({
      link: null,
      image: null,
    })
  })

  it('refuses links that lead elsewhere', () => {
    expect(failure(() => compile('push', { ...parts, link: 'app://x' }))).toMatchObject({
      code: 'LINK_NOT_ALLOWED',
      path: 'messages.push.link',
    })
    const message = compile('push', { ...parts, image: '{{ data.link }}' })
    expect(failure(() => message.render(viewOf({ data: { link: 'javascript:x' } })))).toMatchObject({
      code: 'TEMPLATE_RENDER_FAILED',
      path: 'messages.push',
      details: { reason: 'link' },
    })
  })

  it('needs its parts', () => {
    expect(failure(() => compile('push', { title: 'x' }))).toMatchObject({
      code: 'INVALID_INPUT',
      path: 'messages.push.body',
    })
  })

  it('names the place where a part was written', () => {
    const parts = { subject: '{{ x', text: 'x' }
    expect(failure(() => compile('email', parts, { pathOf: (part) => `a.b.${part}` }))).toMatchObject({
      path: 'a.b.subject',
    })
  })
})

describe('a template that is wrong', () => {
  it.each([
    ['{{ x', 1, 1],
    ['a\n  {% if x %}', 2, 3],
    ['{{ x | nofilter }}', 1, 1],
    ['{% include "x" %}', 1, 1],
    ['{% render "x" %}', 1, 1],
    ['{% layout "x" %}', 1, 1],
    ['{{ x | sample }}', 1, 1],
    ['{{ x | where_exp: "y", "y" }}', 1, 1],
    ['x'.repeat(1_000_001), 1, 1],
    ['{% if x %}'.repeat(50_000), 1, 1],
  ])('is refused with its place (%#)', (text, line, column) => {
    expect(failure(() => compile('email', { subject: 's', text }))).toMatchObject({
      code: 'TEMPLATE_INVALID',
      path: 'messages.email.text',
      details: {
        line: expect.any(Number),
        column: expect.any(Number),
        ...(text.length < 100 ? { line, column } : {}),
      },
    })
  })

  it('says nothing of the customer when it fails', () => {
    const message = compile('email', { subject: 's', text: '{{ customer.firstName | base64_decode }}' })
    const error = failure(() => message.render(named('Zaphod é')))
    expect(error).toMatchObject({
      code: 'TEMPLATE_RENDER_FAILED',
      path: 'messages.email.text',
      details: { reason: 'template' },
      cause: undefined,
    })
    expect(JSON.stringify(error)).not.toContain('Zaphod')
  })

  it('fails when the host cannot draw the code or make a link', () => {
    const broken = () => {
      throw new Error('Ada')
    }
    for (const view of [viewOf({ coupon: { ...coupon, png: broken } }), viewOf({ track: broken })]) {
      const act = () => htmlOf('{{ qr }}<a href="https://a.example">', view, { trackClicks: true })
      expect(failure(act)).toMatchObject({ code: 'TEMPLATE_RENDER_FAILED', details: { reason: 'template' } })
    }
  })
})

describe('a template without end', () => {
  const doubling = '{% assign x = "ab" %}{% for i in (1..60) %}'
  it.each([
    ['a long loop', '{% for i in (1..100000000) %}x{% endfor %}'],
    [
      'loops in loops',
      '{% assign r = (1..300) %}{% for a in r %}{% for b in r %}{% for c in r %}x{% endfor %}{% endfor %}{% endfor %}',
    ],
    [
      'empty loops in loops',
      '{% assign r = (1..1000) %}{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}',
    ],
    [
      'a doubling capture',
      `${doubling}{% capture x %}{{ x | raw }}{{ x | raw }}{% endcapture %}{% endfor %}`,
    ],
    ['a doubling assign', `${doubling}{% assign x = x | append: x %}{% endfor %}`],
    [
      'a doubling list',
      '{% assign x = "a,b" | split: "," %}{% for i in (1..60) %}{% assign x = x | concat: x %}{% endfor %}',
    ],
    [
      'a list in a list in a list',
      '{% assign x = "a,b" | split: "," %}{% for i in (1..60) %}{% assign x = x | push: x %}{% endfor %}{{ x }}',
    ],
    [
      'a list that is compared',
      '{% assign r = (1..900000) %}{% for i in (1..9000) %}{% if r contains 0 %}{% endif %}{% endfor %}',
    ],
    [
      'a table row',
      '{% assign r = (1..900000) %}{% for i in (1..9000) %}{% tablerow i in r limit:1 %}{% endtablerow %}{% endfor %}',
    ],
    ['a wide date', '{% for i in (1..90000) %}{{ "now" | date: data.format }}{% endfor %}'],
    ['a long text', `{% for i in (1..90000) %}${'long '.repeat(100)}{% endfor %}`],
    ['a very long text', `{% for i in (1..90000) %}${'long '.repeat(100_000)}{% endfor %}`],
    [
      'a long expression',
      `{% for i in (1..90000) %}{% if ${'1 or '.repeat(2_000)} 1 %}{% endif %}{% endfor %}`,
    ],
    [
      'a replacement',
      '{% assign x = data.format | replace: "%", data.format %}{{ x | replace: "%", x | replace: "%", x }}',
    ],
  ])(
    'fails that message alone, quickly: %s',
    (_what, text) => {
      const message = compile('email', { subject: 's', text })
      const view = viewOf({ data: { format: '%A '.repeat(1_000) } })
      expect(failure(() => message.render(view))).toMatchObject({
        code: 'TEMPLATE_RENDER_FAILED',
        details: { reason: 'limit' },
      })
    },
    30_000,
  )

  it('leaves a large but honest one alone', () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => ({ name: `Pizza ${index}`, price: index }))
    const html =
      '{% for row in data.rows %}<tr><td>{{ row.name | upcase | escape }}</td><td>{{ row.price | times: 2 }}</td></tr>{% endfor %}'
    expect(htmlOf(html, viewOf({ data: { rows } }))).toContain('<td>PIZZA 999</td><td>1998</td>')
  })
})
