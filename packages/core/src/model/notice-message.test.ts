import { describe, expect, it } from 'vitest'
import { messageOverridesSchema, messageParts, messageSettings, messagesSchema } from './message.js'
import { NOTICE_KINDS } from './notice-message.js'
import { parseInput } from './parse.js'

const notice = {
  title: 'Hello',
  body: 'Pizza',
  link: 'https://pizza.example',
  image: 'https://pizza.example/p.png',
  data: { screen: 'menu', order_id: '{{ data.order }}' },
  placement: 'home-top',
  timeToLiveSeconds: 3_600,
  locales: { it: { title: 'Ciao', data: { screen: 'carta' } } },
}
const refused = (code: string, path: string) => expect.objectContaining({ code, path })
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 'v']))

describe('A notice', () => {
  it.each(NOTICE_KINDS)('on %s has texts, data, a place and a time to live', (kind) => {
    expect(parseInput(messagesSchema, { [kind]: notice })).toEqual({ [kind]: notice })
  })

  it.each<[string, string, object]>([
    ['INVALID_INPUT', 'web.body', { web: { title: 'a' } }],
    ['INVALID_INPUT', 'web.data.a.b', { web: { ...notice, data: { 'a.b': 'c' } } }],
    ['INVALID_INPUT', 'web.data.__proto__', { web: { ...notice, data: JSON.parse('{"__proto__":"a"}') } }],
    ['INVALID_INPUT', 'web.data.a', { web: { ...notice, data: { a: 1 } } }],
    ['INVALID_INPUT', 'web.data', { web: { ...notice, data: keys(51) } }],
    ['INVALID_INPUT', 'web.placement', { web: { ...notice, placement: 'Home Top' } }],
    ['INVALID_INPUT', 'web.timeToLiveSeconds', { web: { ...notice, timeToLiveSeconds: 0 } }],
    ['INVALID_INPUT', 'web.timeToLiveSeconds', { web: { ...notice, timeToLiveSeconds: 31_536_001 } }],
    ['INVALID_INPUT', 'push.timeToLiveSeconds', { push: { ...notice, timeToLiveSeconds: 2_419_201 } }],
    ['INVALID_INPUT', 'push.timeToLiveSeconds', { push: { ...notice, timeToLiveSeconds: 1.5 } }],
    ['INVALID_INPUT', 'push.data.from', { push: { ...notice, data: { from: 'a' } } }],
    ['INVALID_INPUT', 'push.data.google_x', { push: { ...notice, data: { google_x: 'a' } } }],
    [
      'UNKNOWN_FIELD',
      'display.locales.it.placement',
      { display: { ...notice, locales: { it: { placement: 'a' } } } },
    ],
    ['UNKNOWN_FIELD', 'social.html', { social: { ...notice, html: '<p>' } }],
  ])('is refused with %s at %s', (code, path, messages) => {
    expect(() => parseInput(messagesSchema, messages)).toThrow(refused(code, path))
  })

  it('of a push may be for now or never, and elsewhere may use the words of push services', () => {
    const messages = { push: { ...notice, timeToLiveSeconds: 0 }, web: { ...notice, data: keys(50) } }
    expect(parseInput(messagesSchema, messages)).toEqual(messages)
    expect(parseInput(messagesSchema, { web: { ...notice, data: { from: 'a' } } })).toBeDefined()
  })
})

describe('The parts of a notice', () => {
  const messages = parseInput(messagesSchema, { push: notice })
  const overrides = parseInput(messageOverridesSchema, {
    push: { data: { screen: 'coupons' }, timeToLiveSeconds: 60, locales: { it: { body: 'Pizza!' } } },
  })

  it('are its texts, those of data by key, and each falls back by itself', () => {
    expect(messageParts(messages, undefined, 'push', 'it')).toEqual({
      title: 'Ciao',
      body: 'Pizza',
      link: notice.link,
      image: notice.image,
      'data.screen': 'carta',
      'data.order_id': '{{ data.order }}',
    })
    expect(messageParts(messages, overrides, 'push', 'it')).toMatchObject({
      title: 'Ciao',
      body: 'Pizza!',
      'data.screen': 'coupons',
    })
  })

  it('that are the same for everybody are its settings, those of a variant before its own', () => {
    expect(messageSettings(messages, undefined, 'push')).toEqual({
      placement: 'home-top',
      timeToLiveSeconds: 3_600,
    })
    expect(messageSettings(messages, overrides, 'push')).toEqual({
      placement: 'home-top',
      timeToLiveSeconds: 60,
    })
    expect(messageSettings(messages, overrides, 'web')).toEqual({})
  })
})
