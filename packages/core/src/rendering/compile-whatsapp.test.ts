import { describe, expect, it } from 'vitest'
import { messageOverridesSchema, messageParts, messagesSchema } from '../model/message.js'
import { sampleCustomer } from '../testing/samples.js'
import { type CompileOptions, compileMessage } from './compile-message.js'
import type { RenderView } from './view.js'

const OPTIONS: CompileOptions = {
  html: { links: () => [], toText: (html) => html, looks: () => ({ images: [], texts: [] }) },
  marketing: true,
  trackClicks: false,
  utm: null,
  trackOpens: false,
  qrEmbedding: 'cid',
}

const VIEW: RenderView = {
  customer: sampleCustomer({ firstName: 'Ada', locale: 'en' }),
  campaign: { id: 'cmp-1', name: 'We miss you', type: 'win-back', metadata: {} },
  variant: 'plain',
  coupon: null,
  data: {},
  unsubscribeUrl: 'https://go.pizza.example/u/1',
  preferencesUrl: null,
  oneClickUrl: 'https://go.pizza.example/u/1',
  track: (url) => url,
  openPixelUrl: null,
  now: Date.UTC(2026, 2, 1),
  timeZone: 'Europe/Rome',
}

const TEMPLATE = 'HX0123456789abcdef0123456789abcdef'

const render = (message: Record<string, unknown>, overrides?: Record<string, unknown>, locale?: string) => {
  const messages = messagesSchema.parse({ whatsapp: message })
  const variant = overrides === undefined ? undefined : messageOverridesSchema.parse({ whatsapp: overrides })
  return compileMessage('whatsapp', messageParts(messages, variant, 'whatsapp', locale), OPTIONS).render(VIEW)
}

describe('a WhatsApp message', () => {
  it('is free text, as before', () => {
    expect(render({ body: 'Hi {{ customer.firstName }}' })).toEqual({ type: 'text', body: 'Hi Ada' })
  })

  it('is a template whose variables are filled in', () => {
    const variables = { 1: '{{ customer.firstName }}', name: 'x{{ customer.locale }}' }
    expect(render({ template: TEMPLATE, variables })).toEqual({
      type: 'text',
      body: '',
      template: { id: TEMPLATE, variables: { 1: 'Ada', name: 'xen' } },
    })
  })

  it('is both, and a variant or a locale says parts differently', () => {
    const message = {
      body: 'Hi',
      template: TEMPLATE,
      variables: { 1: 'one', 2: 'two' },
      locales: { it: { template: 'HXit', variables: { 2: 'due' } } },
    }
    const said = render(message, { variables: { 1: 'uno' } }, 'it-IT')
    expect(said).toMatchObject({ body: 'Hi', template: { id: 'HXit', variables: { 1: 'uno', 2: 'due' } } })
  })

  it.each([
    [{}],
    [{ body: '' }],
    [{ variables: { 1: 'x' } }],
    [{ body: 'x', variables: { 1: 'x' } }],
    [{ template: 'HX {{ customer.id }}' }],
    [{ template: TEMPLATE, variables: { 'a b': 'x' } }],
    [{ template: TEMPLATE, variables: { 1: '' } }],
    [{ template: TEMPLATE, variables: JSON.parse('{"__proto__": "x"}') }],
    [
      {
        template: TEMPLATE,
        variables: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`v${at}`, 'x'])),
      },
    ],
  ])('is refused as %j', (message) => {
    expect(messagesSchema.safeParse({ whatsapp: message }).success).toBe(false)
  })

  it('without body and template does not compile', () => {
    expect(() => compileMessage('whatsapp', {}, OPTIONS)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'messages.whatsapp' }),
    )
  })
})
