import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import * as fields from './fields.js'
import { parseInput } from './parse.js'

const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success

describe('Instants', () => {
  const read = (value: unknown) => parseInput(fields.instantSchema, value)

  it('are read from dates, milliseconds and ISO 8601 with an offset', () => {
    const noon = Date.UTC(2026, 2, 1, 12)
    for (const value of [
      new Date(noon),
      noon,
      '2026-03-01T12:00Z',
      '2026-03-01T13:00:00+01:00',
      '2026-03-01T12:00:00.000Z',
    ]) {
      expect(read(value)).toBe(noon)
    }
    expect(read('2026-03-01T12:00:00.123456789Z')).toBe(noon + 123)
    expect(read(-1)).toBe(-1)
    expect(read('2024-02-29T00:00Z')).toBe(Date.UTC(2024, 1, 29))
  })

  it.each([
    '2026-03-01',
    '2026-03-01T12:00',
    '2026-03-01T12:00:00',
    '1.3.2026',
    '2026-02-29T12:00Z',
    '2026-02-30T12:00:00Z',
    '2026-04-31T12:00:00+02:00',
    '2026-13-01T12:00Z',
    '2026-03-01T25:00Z',
    '2026-03-01T12:00:60Z',
    '2026-03-01T12:00+99:99',
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    8.64e15 + 1,
    new Date(Number.NaN),
    null,
    true,
  ])('are never guessed from %s', (value) => {
    expect(() => read(value)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })

  it('are asked for where they are left out, unless they may be', () => {
    const refused = { code: 'INVALID_INPUT', path: 'at' }
    const asked = z.strictObject({ at: fields.instantSchema })
    for (const value of [{}, { at: undefined }])
      expect(() => parseInput(asked, value)).toThrow(expect.objectContaining(refused))
    const optional = z.strictObject({ at: fields.instantSchema.exactOptional() })
    expect(parseInput(optional, {})).toEqual({})
    expect(() => parseInput(optional, { at: undefined })).toThrow(expect.objectContaining(refused))
  })
})

describe('Texts', () => {
  it('are not blank, not too long, and can be stored', () => {
    const schema = fields.textSchema(5)
    expect(['a', ' a ', 'a\nb', '🍕'].map((text) => accepts(schema, text))).toEqual(Array(4).fill(true))
    expect(
      ['', ' ', '\n', 'abcdef', 'a\0', '\ud83c', '\udf55a', 5].map((text) => accepts(schema, text)),
    ).toEqual(Array(8).fill(false))
  })

  it('of the host that are ids have no control characters', () => {
    for (const id of ['c-1', ' ', 'é🍕', "'; --", 'x'.repeat(256)])
      expect(accepts(fields.hostIdSchema, id)).toBe(true)
    for (const id of ['', 'x'.repeat(257), 'a\nb', 'a\u0000', 'a\u007f', '\ud800', 5]) {
      expect(accepts(fields.hostIdSchema, id)).toBe(false)
    }
  })

  it('that are words are lower-case', () => {
    for (const word of ['a', 'win-back', 'v2.1_x']) expect(accepts(fields.wordSchema, word)).toBe(true)
    for (const word of ['', 'A', 'a b', '-a', 'a-', 'a--b', 'é', 'x'.repeat(65)])
      expect(accepts(fields.wordSchema, word)).toBe(false)
  })

  it('that name currencies and locales have their usual form', () => {
    expect(accepts(fields.currencySchema, 'EUR') && !accepts(fields.currencySchema, 'eur')).toBe(true)
    for (const locale of ['de', 'pt-BR', 'zh-Hant-TW', 'es-419'])
      expect(accepts(fields.localeSchema, locale)).toBe(true)
    for (const locale of ['DE', 'de_DE', 'de-', 'english', '__proto__'])
      expect(accepts(fields.localeSchema, locale)).toBe(false)
  })
})

describe('Numbers', () => {
  it('of days lie above 0 and within a hundred years', () => {
    for (const days of [0.001, 1, 36_525]) expect(accepts(fields.daysSchema, days)).toBe(true)
    for (const days of [0, -1, 36_526, Number.NaN, '1']) expect(accepts(fields.daysSchema, days)).toBe(false)
  })

  it('of money are whole minor units', () => {
    expect(accepts(fields.moneySchema, { amountMinor: -5, currency: 'EUR' })).toBe(true)
    expect(accepts(fields.moneySchema, { amountMinor: 0.5, currency: 'EUR' })).toBe(false)
  })
})

describe('Calendar dates', () => {
  it('exist or do not', () => {
    expect(['2024-02-29', '2026-12-31'].every(fields.isCalendarDate)).toBe(true)
    expect(['2026-02-29', '2026-00-10', '2026-04-31', 'x'].some(fields.isCalendarDate)).toBe(false)
  })
})

describe('Records', () => {
  const schema = fields.refusingProto(z.record(z.string(), z.unknown()))

  it('refuse the key that would be left out in silence', () => {
    expect(parseInput(schema, { constructor: 1 })).toEqual({ constructor: 1 })
    expect(() => parseInput(schema, JSON.parse('{"a":1,"__proto__":{"b":2}}'))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: '__proto__' }),
    )
    for (const value of [null, 'a', undefined]) expect(accepts(schema, value)).toBe(false)
  })
})
