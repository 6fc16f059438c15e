import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../base/time.js'
import { createCalendar } from '../defaults/calendar.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { cellReader, readFlag } from './import-cells.js'
import type { ImportTarget } from './import-options.js'

const surroundings = { calendar: createCalendar(), asOf: SAMPLE_NOW }
const path = 'attributes.any'

function read(target: ImportTarget, cell: string): unknown {
  return cellReader(target, surroundings)(cell)
}

describe('a cell read as text or tags', () => {
  it('keeps a text as it is', () => {
    expect(read({ path, as: 'text' }, 'Ünïcode, "quoted"')).toBe('Ünïcode, "quoted"')
  })

  it('divides a list at commas, semicolons and bars, and leaves blanks out', () => {
    expect(read({ path, as: 'tags' }, ' vip, pizza-lover ;; new|  ')).toEqual(['vip', 'pizza-lover', 'new'])
  })

  it('divides a list at the separator that is given and at no other', () => {
    expect(read({ path, as: 'tags', separator: '/' }, 'a,b/c')).toEqual(['a,b', 'c'])
  })
})

describe('a cell read as a flag', () => {
  it.each(['1', 'true', 'YES', 'y', 'True'])('takes %s for true', (cell) => {
    expect(readFlag(cell)).toBe(true)
    expect(read({ path, as: 'flag' }, cell)).toBe(true)
  })

  it.each(['0', 'false', 'No', 'N'])('takes %s for false', (cell) => {
    expect(readFlag(cell)).toBe(false)
  })

  it.each(['2', 'on', 'ja', '-', 'constructor'])('refuses %s', (cell) => {
    expect(readFlag(cell)).toBeNull()
  })
})

describe('a cell read as a number', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['007', 7],
    ['-12.5', -12.5],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('reads %s', (cell, value) => {
    expect(read({ path, as: 'number', decimal: '.' }, cell)).toBe(value)
  })

  it('reads a decimal comma when told to', () => {
    expect(read({ path, as: 'number', decimal: ',' }, '12,5')).toBe(12.5)
    expect(read({ path, as: 'number', decimal: ',' }, '12.5')).toBeNull()
  })

  it.each([
    '',
    '+1',
    '1e3',
    '0x10',
    '1,000',
    '1.',
    '.5',
    'Infinity',
    'NaN',
    '١',
    '1 000',
    '9007199254740993',
  ])('refuses %s', (cell) => {
    expect(read({ path, as: 'number', decimal: '.' }, cell)).toBeNull()
  })

  it('refuses more digits than any number has, without effort', () => {
    expect(read({ path, as: 'number', decimal: '.' }, '9'.repeat(1_000_000))).toBeNull()
  })
})

describe('a cell read as money', () => {
  it.each([
    ['142.44', undefined, 14_244],
    ['329.08', 'USD', 32_908],
    ['0.29', 'EUR', 29],
    ['141.9', 'USD', 14_190],
    ['-12.5', 'EUR', -1_250],
    ['-0.00', 'EUR', 0],
    ['5', 'EUR', 500],
    ['142.4400', 'EUR', 14_244],
    ['1200', 'JPY', 1_200],
    ['1200.0', 'JPY', 1_200],
    ['1.234', 'KWD', 1_234],
    ['1.2345', 'CLF', 12_345],
    ['7.50', 'HUF', 750],
  ])('reads %s %s in minor units', (cell, currency, minor) => {
    const target = {
      path,
      as: 'money',
      decimal: '.',
      ...(currency === undefined ? {} : { currency }),
    } as const
    expect(read(target, cell)).toBe(minor)
  })

  it('reads a decimal comma when told to', () => {
    expect(read({ path, as: 'money', decimal: ',' }, '1234,50')).toBe(123_450)
  })

  it.each([
    ['142.445', 'EUR'],
    ['12.5', 'JPY'],
    ['1,234.50', 'EUR'],
    ['€5', 'EUR'],
    ['5 EUR', 'EUR'],
    ['90071992547409.92', 'EUR'],
    ['--5', 'EUR'],
  ])('refuses %s %s', (cell, currency) => {
    expect(read({ path, as: 'money', currency, decimal: '.' }, cell)).toBeNull()
  })
})

describe('a cell read as months ago', () => {
  it.each([
    ['0', SAMPLE_NOW],
    ['12', SAMPLE_NOW - 365.25 * DAY_MS],
    ['1', SAMPLE_NOW - 30.4375 * DAY_MS],
    ['0.5', SAMPLE_NOW - 15.21875 * DAY_MS],
    ['1200', SAMPLE_NOW - 36_525 * DAY_MS],
  ])('counts %s months of 30.4375 days back', (cell, instant) => {
    expect(read({ path, as: 'monthsAgo', decimal: '.' }, cell)).toBe(instant)
  })

  it.each(['-1', '1200.1', 'ten', '1,5'])('refuses %s', (cell) => {
    expect(read({ path, as: 'monthsAgo', decimal: '.' }, cell)).toBeNull()
  })
})

describe('a cell read as a date', () => {
  it.each([
    ['2026-03-01', Date.UTC(2026, 2, 1)],
    ['2026-03-01T09:30', Date.UTC(2026, 2, 1, 9, 30)],
    ['2026-03-01 09:30:15', Date.UTC(2026, 2, 1, 9, 30, 15)],
    ['2026-03-01T09:30:15.250', Date.UTC(2026, 2, 1, 9, 30, 15, 250)],
    ['2026-03-01T09:30:00+02:00', Date.UTC(2026, 2, 1, 7, 30)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
  ])('reads %s in UTC', (cell, instant) => {
    expect(read({ path, as: 'date' }, cell)).toBe(instant)
  })

  it.each([
    ['2026-07-01', Date.UTC(2026, 5, 30, 22)],
    ['2026-07-01 09:00', Date.UTC(2026, 6, 1, 7)],
    ['2026-07-01T09:00:00Z', Date.UTC(2026, 6, 1, 9)],
  ])('reads %s in a zone', (cell, instant) => {
    expect(read({ path, as: 'date', zone: 'Europe/Rome' }, cell)).toBe(instant)
  })

  it.each([
    '2025-02-29',
    '2026-02-30T10:00',
    '01.03.2026',
    '03/01/2026',
    '2026-3-1',
    '2026-01-01T25:00',
    'now',
    '1767225600',
  ])('refuses %s with and without a zone', (cell) => {
    expect(read({ path, as: 'date' }, cell)).toBeNull()
    expect(read({ path, as: 'date', zone: 'Europe/Rome' }, cell)).toBeNull()
  })

  it.each([
    ['DD/MM/YYYY', '01/07/2026', Date.UTC(2026, 6, 1)],
    ['M/D/YYYY', '7/1/2026', Date.UTC(2026, 6, 1)],
    ['M/D/YYYY', '12/31/2026', Date.UTC(2026, 11, 31)],
    ['D.M.YYYY', '01.07.2026', Date.UTC(2026, 6, 1)],
    ['DD.MM.YYYY HH:mm', '29.02.2024 23:59', Date.UTC(2024, 1, 29, 23, 59)],
    ['YYYYMMDDHHmmss', '20260701093015', Date.UTC(2026, 6, 1, 9, 30, 15)],
    ['HH YYYY/MM/D', '09 2026/07/1', Date.UTC(2026, 6, 1, 9)],
    ['[DD|MM|YYYY]', '[01|07|2026]', Date.UTC(2026, 6, 1)],
  ])('reads by the format %s the cell %s', (format, cell, instant) => {
    expect(read({ path, as: 'date', format }, cell)).toBe(instant)
    expect(read({ path, as: 'date', format, zone: 'UTC' }, cell)).toBe(instant)
  })

  it('reads a format in its zone, and a time that the clock change skips as far behind it', () => {
    const target = { path, as: 'date', format: 'DD.MM.YYYY HH:mm', zone: 'Europe/Rome' } as const
    expect(read(target, '01.07.2026 09:00')).toBe(Date.UTC(2026, 6, 1, 7))
    expect(read(target, '29.03.2026 02:30')).toBe(Date.UTC(2026, 2, 29, 1, 30))
  })

  it.each([
    ['DD/MM/YYYY', '31/04/2026'],
    ['DD/MM/YYYY', '29/02/2025'],
    ['DD/MM/YYYY', '12/31/2026'],
    ['DD/MM/YYYY', '1/7/2026'],
    ['DD/MM/YYYY', '01.07.2026'],
    ['DD.MM.YYYY', '01x07x2026'],
    ['DD/MM/YYYY', '01/07/26'],
    ['DD/MM/YYYY', '00/07/2026'],
    ['DD/MM/YYYY', '01/07/2026 09:00'],
    ['DD/MM/YYYY', '2026-07-01'],
    ['DD/MM/YYYY', '2026-07-01T09:00:00Z'],
    ['DD/MM/YYYY', '٠١/٠٧/٢٠٢٦'],
    ['D/M/YYYY', '001/7/2026'],
    ['DD/MM/YYYY HH:mm', '01/07/2026 24:00'],
    ['DD/MM/YYYY HH:mm', '01/07/2026 09:60'],
    ['DD/MM/YYYY HH:mm:ss', '01/07/2026 09:00:60'],
  ])('refuses by the format %s the cell %s', (format, cell) => {
    expect(read({ path, as: 'date', format }, cell)).toBeNull()
    expect(read({ path, as: 'date', format, zone: 'Europe/Rome' }, cell)).toBeNull()
  })

  it('passes on what is wrong with the calendar itself', () => {
    const calendar = overridden(surroundings.calendar, {
      toInstant: () => {
        throw new RangeError('broken')
      },
    })
    const reader = cellReader({ path, as: 'date', zone: 'Europe/Rome' }, { ...surroundings, calendar })
    expect(() => reader('2026-07-01')).toThrow(RangeError)
  })
})
