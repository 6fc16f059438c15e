import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isCampaignKitError } from '../base/error.js'
import { sampleCustomer } from '../testing/samples.js'
import { compileMessage } from './compile-message.js'
import type { RenderView } from './view.js'

const numRuns = process.env.CAMPAIGNKIT_LONG === '1' ? 20_000 : 200
const settings = { seed: 20260301, numRuns }

const html = {
  links: () => [],
  looks: () => ({ images: [], texts: [] }),
  toText: (source: string) => source.replace(/<[^<>]*>/g, ''),
}
const options = {
  html,
  marketing: false,
  trackClicks: true,
  trackOpens: false,
  utm: null,
  qrEmbedding: 'cid',
} as const

function viewOf(firstName: string, link = ''): RenderView {
  return {
    customer: sampleCustomer({ firstName }),
    campaign: { id: 'c', name: 'n', type: 't' },
    variant: 'v',
    coupon: null,
    data: { link },
    unsubscribeUrl: null,
    preferencesUrl: null,
    oneClickUrl: null,
    track: (url) => url,
    openPixelUrl: null,
    now: 0,
    timeZone: 'UTC',
  }
}

it('no name breaks out of html, or into a header', () => {
  const message = compileMessage(
    'email',
    {
      subject: 'Hi {{ customer.firstName }}',
      html: '<p title="{{ customer.firstName }}">{{ customer.firstName }}</p>',
    },
    options,
  )
  const names = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'<>"\'&\r\n;=:') }),
  )
  fc.assert(
    fc.property(names, (name) => {
      const rendered = message.render(viewOf(name))
      if (rendered.type !== 'email') throw new Error('not an e-mail')
      expect(rendered.subject).not.toMatch(/[\r\n\u0085\u2028\u2029\0]/)
      expect(rendered.html?.match(/[<>"']/g)?.join('')).toBe('<""><>')
    }),
    settings,
  )
})

it('no link from data leads anywhere but the web, a mailbox or a telephone', () => {
  const message = compileMessage(
    'email',
    { subject: 's', html: '<a href="{{ data.link | raw }}">x</a>' },
    options,
  )
  const schemes = fc.constantFrom(
    'javascript:',
    'JavaScript:',
    'data:',
    'https://',
    'mailto:',
    'tel:',
    '#',
    '//',
    'java\tscript:',
    'https://bank.example@',
    'https://a:b@',
    'https:\\\\',
    '',
  )
  const links = fc.tuple(fc.string({ maxLength: 3 }), schemes, fc.webUrl()).map((parts) => parts.join(''))
  fc.assert(
    fc.property(links, (link) => {
      try {
        const rendered = message.render(viewOf('Ada', link))
        if (rendered.type !== 'email') throw new Error('not an e-mail')
        expect(rendered.html).toMatch(/^<a href="(?:https?:\/\/|mailto:|tel:|cid:|#|")/i)
        expect(rendered.html).not.toMatch(/^<a href="https?:[^"/?#]*\/\/[^"/?#]*@/i)
      } catch (thrown) {
        expect(isCampaignKitError(thrown, 'TEMPLATE_RENDER_FAILED')).toBe(true)
      }
    }),
    settings,
  )
})

it('any text as a template compiles and renders, or is refused with a code', () => {
  const pieces = fc.constantFrom(
    '{{',
    '}}',
    '{%',
    '%}',
    ' if ',
    'endif',
    ' x ',
    '|',
    '"',
    "'",
    '<a href=',
    '>',
    '<!--',
    '-->',
    'raw',
    'endraw',
    'qr',
    '-',
    '\n',
    '{% raw %}',
    '{% comment %}',
  )
  const templates = fc
    .array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 25 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(templates, (source) => {
      try {
        compileMessage('email', { subject: 's', html: source }, options).render(viewOf('Ada'))
      } catch (thrown) {
        expect(isCampaignKitError(thrown)).toBe(true)
      }
    }),
    { ...settings, numRuns: numRuns * 5 },
  )
})
