import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCalendar } from './calendar.js'

const runs = { seed: 20_260_301, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 5_000 : 100 }
const calendar = createCalendar()
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
]

describe('the calendar', () => {
  it.each([
    ['an ordinary time', '2026-12-01T09:00', 'Europe/Berlin', '2026-12-01T09:00+01:00'],
    ['seconds', '2026-12-01T09:00:30', 'Europe/Berlin', '2026-12-01T09:00:30+01:00'],
    ['a gap', '2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T03:30+02:00'],
    ['an overlap', '2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T02:30+02:00'],
    ['a gap at midnight', '2018-11-04T00:30', 'America/Sao_Paulo', '2018-11-04T01:30-02:00'],
    ['no clock changes any more', '2026-11-01T00:30', 'America/Sao_Paulo', '2026-11-01T00:30-03:00'],
    ['an odd offset', '2026-01-01T00:00', 'Asia/Kathmandu', '2026-01-01T00:00+05:45'],
    ['half an hour of gap', '2026-10-04T02:10', 'Australia/Lord_Howe', '2026-10-04T02:40+11:00'],
    ['a day that was skipped', '2011-12-30T12:00', 'Pacific/Apia', '2011-12-31T12:00+14:00'],
    ['a leap day', '2028-02-29T23:59:59.999', 'UTC', '2028-02-29T23:59:59.999Z'],
  ])('finds the instant of %s', (_case, local, zone, iso) => {
    expect(calendar.toInstant(local, zone)).toBe(Date.parse(iso))
  })

  it('tells the wall clock of an instant, fractions of a second cut', () => {
    const instant = Date.parse('2026-03-01T09:00:30.987Z')
    expect(calendar.toLocal(instant, 'Europe/Berlin')).toBe('2026-03-01T10:00:30')
    expect(calendar.toLocal(instant, 'Asia/Kathmandu')).toBe('2026-03-01T14:45:30')
    expect(calendar.toLocal(-1, 'UTC')).toBe('1969-12-31T23:59:59')
    expect(calendar.toLocal(Date.parse('2026-10-25T00:30Z'), 'Europe/Berlin')).toBe('2026-10-25T02:30:00')
    expect(calendar.toLocal(Date.parse('2026-10-25T01:30Z'), 'Europe/Berlin')).toBe('2026-10-25T02:30:00')
  })

  it('comes back to the same wall clock, whole seconds, outside of gaps', () => {
    const instants = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) })
    fc.assert(
      fc.property(instants, fc.constantFrom(...ZONES), (instant, zone) => {
        const local = calendar.toLocal(instant, zone)
        const first = calendar.toInstant(local, zone)
        expect(calendar.toLocal(first, zone)).toBe(local)
        // the second time of an overlap is told as the first
        expect([0, 1_800_000, 3_600_000]).toContain(Math.floor(instant / 1_000) * 1_000 - first)
      }),
      runs,
    )
  })

  it.each([
    ['2026-01-31', { months: 1 }, '2026-02-28'],
    ['2028-01-31', { months: 1 }, '2028-02-29'],
    ['2026-03-31', { months: -1 }, '2026-02-28'],
    ['2026-12-31', { days: 1 }, '2027-01-01'],
    ['2026-01-31', { months: 1, days: 1 }, '2026-03-01'],
    ['2026-03-01', { days: -1 }, '2026-02-28'],
    ['2026-05-15', {}, '2026-05-15'],
  ])('moves %s by %j to %s', (date, by, moved) => {
    expect(calendar.shiftDate(date, by)).toBe(moved)
  })

  it('knows IANA zones and nothing else', () => {
    for (const zone of ZONES) expect(calendar.isZone(zone)).toBe(true)
    for (const zone of ['Mars/Olympus', '', '+01:00', 'Europe/Berlin ', 'Europe/../Berlin', '\0']) {
      expect(calendar.isZone(zone)).toBe(false)
    }
  })

  it('answers rightly after more names than it remembers', () => {
    const busy = createCalendar()
    for (let name = 0; name < 1_100; name += 1) expect(busy.isZone(`Nowhere/${name}`)).toBe(false)
    expect(busy.isZone('Europe/Berlin')).toBe(true)
    expect(busy.isZone('Nowhere/1')).toBe(false)
  })

  it('refuses a zone that it does not know', () => {
    for (const ask of [
      () => calendar.toInstant('2026-01-01T00:00', 'Mars/Olympus'),
      () => calendar.toLocal(0, 'Mars/Olympus'),
    ]) {
      expect(ask).toThrow(expect.objectContaining({ code: 'TIME_ZONE_UNKNOWN', path: 'zone' }))
    }
  })

  it.each([
    '2026-02-30T10:00',
    '2026-13-01T10:00',
    '2026-01-01T24:00',
    '2026-01-01T10:60',
    '2026-01-01T10:00:60',
    '2026-01-01',
    '2026-01-01 10:00',
    '2026-01-01T10:00Z',
    '2026-01-01T10:00[Europe/Berlin]',
    'tomorrow',
    '',
  ])('refuses the wall-clock time %j', (local) => {
    expect(() => calendar.toInstant(local, 'UTC')).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'local' }),
    )
  })

  it('refuses dates, instants and moves that do not exist', () => {
    const refused = (path: string) => expect.objectContaining({ code: 'INVALID_INPUT', path })
    expect(() => calendar.shiftDate('2026-02-30', { days: 1 })).toThrow(refused('date'))
    expect(() => calendar.shiftDate('2026-2-3', { days: 1 })).toThrow(refused('date'))
    expect(() => calendar.shiftDate('2026-02-03', { days: 1.5 })).toThrow(refused('by'))
    expect(() => calendar.shiftDate('2026-02-03', { months: Number.POSITIVE_INFINITY })).toThrow(
      refused('by'),
    )
    expect(() => calendar.toLocal(Number.NaN, 'UTC')).toThrow(refused('instant'))
    expect(() => calendar.toLocal(9e15, 'UTC')).toThrow(refused('instant'))
  })
})
