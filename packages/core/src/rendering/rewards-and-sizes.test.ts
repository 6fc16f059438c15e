import { describe, expect, it } from 'vitest'
import type { RenderedMessage } from '../ports/channel.js'
import { decodeEntities, escapeHtml } from './html-text.js'
import { memoized } from './memo.js'
import { clipsInGmail, GMAIL_CLIP_BYTES, messageBytes } from './message-size.js'
import { rewardText, rewardValue } from './reward-text.js'

describe('a reward', () => {
  it.each([
    [{ kind: 'percent', value: 30 }, 'en', '30%', 30],
    [{ kind: 'percent', value: 12.5 }, 'it', '12,5%', 12.5],
    [{ kind: 'percent', value: 33.333 }, 'de', '33,333\u00a0%', 33.333],
    [{ kind: 'percent', value: 0.07 }, 'en', '0.07%', 0.07],
    [{ kind: 'amount', amountMinor: 500, currency: 'EUR' }, 'en', '5.00 EUR', 5],
    [{ kind: 'amount', amountMinor: 123_456, currency: 'EUR' }, 'de', '1.234,56 EUR', 1234.56],
    [{ kind: 'amount', amountMinor: 500, currency: 'JPY' }, 'en', '500 JPY', 500],
    [{ kind: 'amount', amountMinor: 500, currency: 'HUF' }, 'en', '5.00 HUF', 5],
    [{ kind: 'amount', amountMinor: 1_500, currency: 'KWD' }, 'en', '1.500 KWD', 1.5],
    [{ kind: 'item', item: 'One espresso' }, 'xx', 'One espresso', 'One espresso'],
  ] as const)('%j in %s is %s', (reward, locale, text, value) => {
    expect(rewardText(reward, locale)).toBe(text)
    expect(rewardValue(reward)).toBe(value)
  })
})

describe('html', () => {
  it('is decoded as far as links need it', () => {
    expect(decodeEntities('a&amp;b&#38;c&#x26;&LT;&copy=1&nope;&#1114112;&')).toBe(
      'a&b&c&<&copy=1&nope;&#1114112;&',
    )
    expect(decodeEntities(escapeHtml(`<a href="x">'&amp;`))).toBe(`<a href="x">'&amp;`)
  })
})

describe('what is kept', () => {
  it('is made once, and never grows without bound', () => {
    let made = 0
    const keep = memoized((key) => `${key}${++made}`)
    expect([keep('a'), keep('a')]).toEqual(['a1', 'a1'])
    for (let index = 0; index < 1_000; index += 1) keep(`k${index}`)
    expect(keep('a')).toBe('a1002')
  })
})

describe('the size of a message', () => {
  const email: RenderedMessage = {
    type: 'email',
    subject: 'Hi',
    html: null,
    text: 'x'.repeat(10_000),
    replyTo: null,
    headers: {},
    attachments: [],
  }

  it('of an e-mail counts encoding, parts and files', () => {
    const plain = messageBytes(email)
    expect(plain).toBeGreaterThan(10_000)
    expect(plain).toBeLessThan(12_500)
    const rich = {
      ...email,
      html: 'ü'.repeat(10_000),
      replyTo: 'a@b.example',
      headers: { 'List-Unsubscribe': '<x>' },
    }
    // 20,000 bytes that are not ASCII go as base64
    expect(messageBytes(rich) - plain).toBeGreaterThan(26_000)
    expect(messageBytes(rich) - plain).toBeLessThan(29_000)
    const file = { filename: 'qr.png', contentType: 'image/png', bytes: new Uint8Array(3_000) }
    expect(messageBytes({ ...email, attachments: [file] }) - plain).toBeGreaterThan(4_000)
  })

  it('of a text or a notice is its UTF-8', () => {
    expect(messageBytes({ type: 'text', body: 'é🍕' })).toBe(6)
    expect(messageBytes({ type: 'notice', title: 'ab', body: 'cd', link: null, image: null })).toBe(4)
    expect(messageBytes({ type: 'notice', title: 'ab', body: 'cd', link: 'e', image: 'f' })).toBe(6)
  })

  it('tells when Gmail clips', () => {
    expect(clipsInGmail('x'.repeat(GMAIL_CLIP_BYTES))).toBe(false)
    expect(clipsInGmail(`${'x'.repeat(GMAIL_CLIP_BYTES - 1)}é`)).toBe(true)
  })
})
