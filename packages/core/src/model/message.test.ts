import { describe, expect, it } from 'vitest'
import { channelsOf, messageOverridesSchema, messageParts, messagesSchema } from './message.js'
import { parseInput } from './parse.js'

const refused = (code: string, path: string) => expect.objectContaining({ code, path })

describe('Messages', () => {
  it('exist for every channel', () => {
    const notice = {
      title: 'Hello',
      body: 'Pizza',
      link: 'https://pizza.example',
      image: 'https://pizza.example/p.png',
    }
    const messages = {
      display: notice,
      email: {
        subject: 'Hi',
        html: '<p>Hi</p>',
        preheader: 'p',
        replyTo: 'a@example.com',
        locales: { it: { subject: 'Ciao' } },
      },
      sms: { body: 'Hi' },
      whatsapp: { body: 'Hi' },
      push: notice,
      'in-app': notice,
      web: notice,
      social: notice,
    }
    expect(parseInput(messagesSchema, messages)).toEqual(messages)
    expect([...channelsOf(parseInput(messagesSchema, messages))].sort()).toEqual(Object.keys(messages).sort())
  })

  it.each<[string, string, object]>([
    ['INVALID_INPUT', 'email', { email: { subject: 'a' } }],
    ['INVALID_INPUT', 'email.subject', { email: { text: 'a' } }],
    ['INVALID_INPUT', 'email.subject', { email: { subject: 'a\r\nBcc: b@example.com', text: 'a' } }],
    ['INVALID_INPUT', 'email.html', { email: { subject: 'a', html: '' } }],
    ['UNKNOWN_FIELD', 'email.body', { email: { subject: 'a', text: 'a', body: 'a' } }],
    [
      'UNKNOWN_FIELD',
      'email.locales.it.titolo',
      { email: { subject: 'a', text: 'a', locales: { it: { titolo: 'a' } } } },
    ],
    [
      'INVALID_INPUT',
      'email.locales.Italiano',
      { email: { subject: 'a', text: 'a', locales: { Italiano: {} } } },
    ],
    [
      'INVALID_INPUT',
      'email.locales.__proto__',
      { email: { subject: 'a', text: 'a', locales: JSON.parse('{"__proto__":{}}') } },
    ],
    ['INVALID_INPUT', 'sms.body', { sms: { body: 'x'.repeat(10_001) } }],
    ['INVALID_INPUT', 'push.title', { push: { body: 'a' } }],
    ['UNKNOWN_FIELD', 'fax', { fax: {} }],
  ])('are refused with %s at %s', (code, path, messages) => {
    expect(() => parseInput(messagesSchema, messages)).toThrow(refused(code, path))
  })

  it('may be overridden in any part', () => {
    const overrides = { email: { subject: 'a' }, push: { locales: { it: { title: 'b' } } }, sms: {} }
    expect(parseInput(messageOverridesSchema, overrides)).toEqual(overrides)
    expect(() => parseInput(messageOverridesSchema, { email: { title: 'x' } })).toThrow(
      refused('UNKNOWN_FIELD', 'email.title'),
    )
  })
})

describe('The parts of a message', () => {
  const messages = parseInput(messagesSchema, {
    email: {
      subject: 'base',
      text: 'base',
      html: 'base',
      preheader: 'base',
      replyTo: 'base',
      locales: {
        pt: { text: 'pt', html: 'pt', preheader: 'pt', replyTo: 'pt' },
        'pt-BR': { html: 'br', preheader: 'br', replyTo: 'br' },
      },
    },
  })
  const overrides = parseInput(messageOverridesSchema, {
    email: { preheader: 'variant', replyTo: 'variant', locales: { 'pt-BR': { replyTo: 'variant br' } } },
  })

  it('fall back from the variant in the locale to the message itself', () => {
    expect(messageParts(messages, overrides, 'email', 'pt-BR')).toEqual({
      subject: 'base',
      text: 'pt',
      html: 'br',
      preheader: 'variant',
      replyTo: 'variant br',
    })
    expect(messageParts(messages, undefined, 'email', 'pt')).toMatchObject({ text: 'pt', html: 'pt' })
    expect(messageParts(messages, undefined, 'email', 'pt-PT')).toMatchObject({ text: 'pt', html: 'pt' })
  })

  it('are those of the message without a locale, or with one that nobody wrote', () => {
    for (const locale of [undefined, 'de', 'constructor', '__proto__']) {
      expect(messageParts(messages, undefined, 'email', locale)).toMatchObject({
        subject: 'base',
        html: 'base',
      })
    }
  })

  it('are none without a message', () => {
    expect(messageParts(messages, overrides, 'sms', 'pt')).toEqual({})
  })

  it('are not hidden by a part that is written as undefined', () => {
    const written = parseInput(messageOverridesSchema, { email: { subject: undefined } })
    expect(messageParts(messages, written, 'email', undefined).subject).toBe('base')
  })
})
