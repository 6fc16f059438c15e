const PARTS = {
  YYYY: { part: 'year', digits: '\\d{4}' },
  MM: { part: 'month', digits: '\\d{2}' },
  M: { part: 'month', digits: '\\d{1,2}' },
  DD: { part: 'day', digits: '\\d{2}' },
  D: { part: 'day', digits: '\\d{1,2}' },
  HH: { part: 'hour', digits: '(?:[01]\\d|2[0-3])' },
  mm: { part: 'minute', digits: '[0-5]\\d' },
  ss: { part: 'second', digits: '[0-5]\\d' },
} as const

type Token = keyof typeof PARTS

const TOKEN = /(YYYY|MM?|DD?|HH|mm|ss)/

/** What is wrong with a format of dates; null when nothing is. */
export function faultOfDateFormat(format: string): string | null {
  const pieces = format.split(TOKEN)
  const tokens = pieces.filter(isToken)
  const parts = new Set<string>(tokens.map((token) => PARTS[token].part))
  if (pieces.some((piece) => !isToken(piece) && /[\p{L}\p{N}\p{Cc}]/u.test(piece))) {
    return 'a format consists of YYYY, MM or M, DD or D, HH, mm, ss and separators without letters and digits'
  }
  if (format !== format.trim()) return 'cells are read without blanks around them'
  if (parts.size < tokens.length) return 'a part of the date stands twice'
  if (!['year', 'month', 'day'].every((part) => parts.has(part))) return 'a date has year, month and day'
  if (parts.has('second') && !parts.has('minute')) return 'seconds need minutes'
  if (parts.has('minute') && !parts.has('hour')) return 'minutes need hours'
  return /(?<!M)M(?=[YDHms])|(?<!D)D(?=[YMHms])/.test(format) ? 'M and D need a separator behind them' : null
}

/**
 * A reader of cells of one format, in which `faultOfDateFormat` finds no fault. Gives a wall-clock time such as
 * `2026-12-01T09:00:00`, whose day need not exist; null for a cell of another form.
 */
export function createDateFormat(format: string): (cell: string) => string | null {
  const form = new RegExp(`^${format.split(TOKEN).map(patternOf).join('')}$`, 'u')
  return (cell) => {
    const parts = form.exec(cell)?.groups
    if (parts === undefined) return null
    const twoDigits = (part: string) => (parts[part] ?? '').padStart(2, '0')
    const day = `${parts.year}-${twoDigits('month')}-${twoDigits('day')}`
    return `${day}T${twoDigits('hour')}:${twoDigits('minute')}:${twoDigits('second')}`
  }
}

function isToken(piece: string): piece is Token {
  return Object.hasOwn(PARTS, piece)
}

function patternOf(piece: string): string {
  if (isToken(piece)) return `(?<${PARTS[piece].part}>${PARTS[piece].digits})`
  return piece.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
