import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDateFormat, faultOfDateFormat } from './import-date-format.js'

const runs = { seed: 20_260_301, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 20_000 : 500 }

const separator = fc.constantFrom(...'/.- :,\\()[]{}^$*+?|')
const day = fc.constantFrom(
  ['YYYY', 'MM', 'DD'],
  ['YYYY', 'M', 'D'],
  ['YYYY', 'MM', 'D'],
  ['YYYY', 'M', 'DD'],
)
const time = fc.constantFrom([], ['HH'], ['HH', 'mm'], ['HH', 'mm', 'ss'])

/** Parts in any order, with separators between them. */
const anyFormat = fc
  .tuple(day, time, fc.array(separator, { minLength: 5, maxLength: 5 }))
  .chain(([days, times, between]) =>
    fc
      .shuffledSubarray([...days, ...times], { minLength: days.length + times.length })
      .map((tokens) => tokens.map((token, at) => `${between[at - 1] ?? ''}${token}`).join('')),
  )
const anyMoment = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59Z'),
  noInvalidDate: true,
})

function written(moment: Date, format: string): string {
  const iso = moment.toISOString()
  const said = new Map([
    ['YYYY', iso.slice(0, 4)],
    ['MM', iso.slice(5, 7)],
    ['DD', iso.slice(8, 10)],
    ['M', String(moment.getUTCMonth() + 1)],
    ['D', String(moment.getUTCDate())],
    ['HH', iso.slice(11, 13)],
    ['mm', iso.slice(14, 16)],
    ['ss', iso.slice(17, 19)],
  ])
  return format.replace(/YYYY|MM|DD|M|D|HH|mm|ss/g, (token) => said.get(token) ?? token)
}

/** The moment in ISO 8601, of which parts that the format lacks are zero. */
function wallClock(moment: Date, format: string): string {
  const [date, time = ''] = moment.toISOString().slice(0, 19).split('T')
  const [hour, minute, second] = time.split(':')
  const said = [
    format.includes('HH') && hour,
    format.includes('mm') && minute,
    format.includes('ss') && second,
  ]
  return `${date}T${said.map((part) => part || '00').join(':')}`
}

describe('a date written by any format', () => {
  it('is read back by it', () => {
    fc.assert(
      fc.property(anyMoment, anyFormat, (moment, format) => {
        expect(faultOfDateFormat(format)).toBeNull()
        expect(createDateFormat(format)(written(moment, format))).toBe(wallClock(moment, format))
      }),
      runs,
    )
  })

  it('is refused with anything but a digit before or behind it', () => {
    const surplus = fc.string({ minLength: 1, maxLength: 3 }).filter((text) => !/\d/.test(text))
    fc.assert(
      fc.property(anyMoment, anyFormat, surplus, (moment, format, text) => {
        const cell = written(moment, format)
        const read = createDateFormat(format)
        expect([read(`${text}${cell}`), read(`${cell}${text}`)]).toEqual([null, null])
      }),
      runs,
    )
  })

  it('is read by whatever format is not refused', () => {
    const parts = fc.array(
      fc.constantFrom('YYYY', 'MM', 'M', 'DD', 'D', 'HH', 'mm', 'ss', '/', ' ', 'x', '('),
      {
        maxLength: 8,
      },
    )
    fc.assert(
      fc.property(parts, anyMoment, (pieces, moment) => {
        const format = pieces.join('')
        if (faultOfDateFormat(format) !== null) return
        expect(createDateFormat(format)(written(moment, format))).toBe(wallClock(moment, format))
      }),
      { ...runs, numRuns: runs.numRuns * 20 },
    )
  })
})
