import { describe, expect, it } from 'vitest'
import { sampleCustomer } from '../testing/samples.js'
import { openSession } from './message-session.js'
import { compileTemplate } from './template.js'
import { textEngine } from './template-engine.js'
import type { RenderView } from './view.js'

const NOW = Date.UTC(2026, 2, 1, 23, 5, 9, 7)

function write(template: string, changes: Partial<RenderView> = {}): string {
  const view: RenderView = {
    customer: sampleCustomer(),
    campaign: { id: 'c', name: 'n', type: 't' },
    variant: 'v',
    coupon: null,
    data: {},
    unsubscribeUrl: null,
    preferencesUrl: null,
    oneClickUrl: null,
    track: (url) => url,
    openPixelUrl: null,
    now: NOW,
    timeZone: 'UTC',
    ...changes,
  }
  return openSession(view, 'sms', 'link', null).render(compileTemplate(textEngine, template, 'text'))
}

describe('the date filter', () => {
  it.each([
    ['{{ "now" | date: "%Y" }}', '2026'],
    ['{{ "today" | date }}', '1 March 2026'],
    ['{{ now | date: "%F %T.%L" }}', '2026-03-01 23:05:09.007'],
    ['{{ "now" | date: "%s" }}', String(Math.floor(NOW / 1_000))],
    ['{{ customer.facts.lastOrderAt | date: "%F" }}', '2025-08-13'],
  ])('takes the clock and the instants that it is given: %s', (template, expected) => {
    const facts = { lastOrderAt: Date.UTC(2025, 7, 13, 12) }
    expect(write(template, { customer: sampleCustomer({ facts }) })).toBe(expected)
  })

  it.each([
    ['Europe/Rome', '2026-03-02 00:05 +0100 Europe/Rome'],
    ['America/New_York', '2026-03-01 18:05 -0500 America/New_York'],
    ['Asia/Kathmandu', '2026-03-02 04:50 +0545 Asia/Kathmandu'],
  ])('shows what the clocks of %s show', (timeZone, expected) => {
    expect(write('{{ now | date: "%F %R %z %Z" }}', { timeZone })).toBe(expected)
  })

  it('knows summer time on either side of a change', () => {
    const at = (iso: string) => write(`{{ "${iso}" | date: "%H:%M %:z" }}`, { timeZone: 'Europe/Rome' })
    expect(at('2026-03-29T00:59:59Z')).toBe('01:59 +01:00')
    expect(at('2026-03-29T01:00:00Z')).toBe('03:00 +02:00')
    expect(at('2026-10-25T00:59:00Z')).toBe('02:59 +02:00')
    expect(at('2026-10-25T01:00:00Z')).toBe('02:00 +01:00')
  })

  it('takes a zone or an offset of its own, west positive as in JavaScript', () => {
    expect(write('{{ now | date: "%R %Z", "Asia/Tokyo" }}')).toBe('08:05 Asia/Tokyo')
    expect(write('{{ now | date: "%R %z%Z", -330 }}')).toBe('04:35 +0530')
  })

  it.each([
    ['"2026-07-04"', '2026-07-04 00:00 +0200'],
    ['"2026-07-04 09:30"', '2026-07-04 09:30 +0200'],
    ['"2026-07-04T09:30:15.123456"', '2026-07-04 09:30 +0200'],
    ['"2026-07-04T09:30+0900"', '2026-07-04 02:30 +0200'],
    ['1783150200', '2026-07-04 09:30 +0200'],
    ['"1783150200"', '2026-07-04 09:30 +0200'],
    ['data.date', '2026-07-04 09:30 +0200'],
  ])('reads %s', (value, expected) => {
    const data = { date: new Date('2026-07-04T07:30:00Z') }
    expect(write(`{{ ${value} | date: "%F %R %z" }}`, { timeZone: 'Europe/Rome', data })).toBe(expected)
  })

  it.each([
    '"next week"',
    '"2026-13-01"',
    '"2026"',
    '""',
    'nil',
    'true',
    '99999999999999',
    '"9999999999999"',
  ])('lets %s through as it is, or as the instant that it is', (value) => {
    const written = write(`{{ ${value} | date: "%Y" }}`)
    expect(written).toBe(value === '"2026"' ? '1970' : value.replace(/"|nil/g, ''))
  })

  it('writes every conversion', () => {
    const format = '%a %A %b %B %h %C %d %e %H %I %j %k %l %m %M %p %P %S %u %w %y %n%t%% %c|%D|%r|%x|%X|%Q'
    expect(write(`{{ now | date: "${format}" }}`)).toBe(
      'Sun Sunday Mar March Mar 20 01  1 23 11 060 23 11 03 05 PM pm 09 7 0 26 \n\t% ' +
        'Sun Mar  1 23:05:09 2026|03/01/26|11:05:09 PM|03/01/26|23:05:09|%Q',
    )
    expect(write('{{ "2026-03-02T00:05:00Z" | date: "%I %l %p %P %u" }}')).toBe('12 12 AM am 1')
  })

  it('heeds flags and widths', () => {
    expect(write('{{ now | date: "%-d %_d %0e %^B %5Y %10A|%-I %999d" }}')).toBe(
      '1  1 01 MARCH 02026     Sunday|11 %999d',
    )
  })

  it('writes names in the language of the customer, or in English', () => {
    const in_ = (locale: string) =>
      write('{{ now | date: "%A %-d %B" }}', { customer: sampleCustomer({ locale }) })
    expect(in_('it')).toBe('domenica 1 marzo')
    expect(in_('xx')).toBe('Sunday 1 March')
  })

  it('has the older forms too', () => {
    expect(write('{{ now | date_to_xmlschema }}')).toBe('2026-03-01T23:05:09+00:00')
    expect(write('{{ now | date_to_rfc822 }}', { locale: 'it' })).toBe('Sun, 01 Mar 2026 23:05:09 +0000')
    expect(write('{{ "now" | date_to_string }} {{ now | date_to_long_string }}')).toBe(
      '01 Mar 2026 01 March 2026',
    )
  })

  it.each([
    ['{{ now | date: "%Y", "Mars/Olympus" }}', {}],
    ['{{ now | date: "%Y", 100000 }}', {}],
    ['{{ now | date }}', { timeZone: 'Nowhere' }],
  ])('fails for a zone that nobody knows: %s', (template, changes) => {
    expect(() => write(template, changes)).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_RENDER_FAILED' }),
    )
  })

  it('does not depend on the zone of the host', () => {
    const before = process.env.TZ
    try {
      const written = ['UTC', 'America/New_York', 'Pacific/Apia'].map((zone) => {
        process.env.TZ = zone
        return write('{{ "2026-03-08T02:30" | date: "%F %T %s" }} {{ now | date: "%c" }}', {
          timeZone: 'Europe/Rome',
        })
      })
      expect(new Set(written)).toEqual(new Set(['2026-03-08 02:30:00 1772933400 Mon Mar  2 00:05:09 2026']))
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
  })
})
