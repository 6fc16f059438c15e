import { describe, expect, it } from 'vitest'
import { faultOfDateFormat } from './import-date-format.js'

describe('a format of dates', () => {
  it.each(['DD/MM/YYYY', 'DD.MM.YYYY HH:mm', 'M/D/YYYY', 'YYYYMMDD', '(YYYY)/MM\\DD', 'ss:mm:HH, D.M.YYYY'])(
    'may be %s',
    (format) => {
      expect(faultOfDateFormat(format)).toBeNull()
    },
  )

  it.each([
    ['', 'year, month and day'],
    ['DD/MM', 'year, month and day'],
    ['MM/YYYY', 'year, month and day'],
    ['YYYY DD HH:mm', 'year, month and day'],
    ['YYYY-mm-DD', 'year, month and day'],
    ['DD/MM/YY', 'without letters'],
    ['YYYY-MM-DDTHH:mm', 'without letters'],
    ['YYYYY-MM-DD', 'without letters'],
    ['20YYYY-MM-DD', 'without letters'],
    ['DD/MM/YYYY\n', 'without letters'],
    ['DD/MMM/YYYY', 'twice'],
    ['D/DD/M/YYYY', 'twice'],
    ['DD/MM/YYYY HH:mm:mm', 'twice'],
    [' DD/MM/YYYY', 'blanks'],
    ['DD/MM/YYYY ss', 'need minutes'],
    ['DD/MM/YYYY HH ss', 'need minutes'],
    ['DD/MM/YYYY mm', 'need hours'],
    ['DMYYYY', 'separator behind'],
    ['YYYYMDD', 'separator behind'],
    ['YYYY-MM-DHH', 'separator behind'],
  ])('is refused as %j', (format, fault) => {
    expect(faultOfDateFormat(format)).toContain(fault)
  })
})
