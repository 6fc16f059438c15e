import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CsvFormat } from '../ports/csv.js'
import { createCsv } from './csv.js'

const runs = { seed: 20_260_301, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 5_000 : 200 }
const csv = createCsv()

type Encoding = NonNullable<CsvFormat['encoding']>
const DELIMITERS = [',', ';', '\t', '|'] as const
const LINE_ENDS = ['\r\n', '\n', '\r'] as const
const WESTERN = 'abz09 "\',;|\t\r\n-=é€“ß'

const cellOf = (characters: fc.Arbitrary<string>) => fc.string({ unit: characters, maxLength: 8 })
const anyCharacter = fc.oneof(
  fc.constantFrom(...WESTERN),
  fc.constantFrom('日', '😀', 'ﾊ', '\uFEFF', '\u2028'),
)
const tableOf = (characters: fc.Arbitrary<string>) =>
  fc.integer({ min: 2, max: 4 }).chain((columns) =>
    fc.array(fc.array(cellOf(characters), { minLength: columns, maxLength: columns }), {
      minLength: 1,
      maxLength: 6,
    }),
  )

/** Written by hand, so that no reader and writer can agree on a mistake. */
function written(
  table: readonly (readonly string[])[],
  delimiter: string,
  lineEnd: string,
  isAllQuoted: boolean,
) {
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
  const needsQuotes = (cell: string) => isAllQuoted || /["\r\n]/.test(cell) || cell.includes(delimiter)
  const rows = table.map((row) => row.map((cell) => (needsQuotes(cell) ? quoted(cell) : cell)))
  return rows.map((row) => row.join(delimiter)).join(lineEnd)
}

function encoded(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text)
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le')
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16()
  return Buffer.from(text.replaceAll('€', '\x80').replaceAll('“', '\x93'), 'latin1')
}

async function* inChunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(bytes: Uint8Array, size: number, format: CsvFormat) {
  const table: (readonly string[])[] = []
  const lines: number[] = []
  for await (const { fields, line } of csv.read(inChunksOf(bytes, size), format)) {
    table.push(fields)
    lines.push(line)
  }
  return { table, lines }
}

interface Read {
  readonly line: number
  readonly fields: readonly string[]
  readonly isMisquoted?: true
}

/** One field at the beginning of a text, up to the comma or the end of the line; null when its quote never closes. */
function fieldIn(text: string) {
  const quoted = text.startsWith('"') ? /^"((?:""|[^"])*)"(?!")/.exec(text) : undefined
  if (quoted === null) return null
  const tail = /^[^,\r\n]*/.exec(text.slice(quoted?.[0].length ?? 0))?.[0] ?? ''
  const content = quoted?.[1]?.replaceAll('""', '"') ?? ''
  const isMarked = quoted !== undefined && tail !== ''
  const value = isMarked ? `"${content}"${tail}` : content + tail
  return { value, isMarked, length: (quoted?.[0].length ?? 0) + tail.length }
}

/** What a text says, one field after the other: the records, and the line of the one whose quote is never closed. */
function spelledOut(text: string): { records: Read[]; openOn: number | null } {
  const records: Read[] = []
  const lineAt = (at: number) => text.slice(0, at).split(/\r\n|\n|\r/).length
  let at = 0
  const skipLineEnd = () => {
    at += /^(?:\r\n|\n|\r)?/.exec(text.slice(at))?.[0].length ?? 0
  }
  while (at < text.length) {
    const begin = at
    skipLineEnd()
    if (at > begin) continue
    const fields: string[] = []
    let isMarked = false
    for (let isLast = false; !isLast; at += isLast ? 0 : 1) {
      const field = fieldIn(text.slice(at))
      if (field === null) return { records, openOn: lineAt(begin) }
      fields.push(field.value)
      isMarked ||= field.isMarked
      at += field.length
      isLast = text[at] !== ','
    }
    skipLineEnd()
    records.push({ line: lineAt(begin), fields, ...(isMarked ? { isMisquoted: true } : {}) })
  }
  return { records, openOn: null }
}

describe('CSV of any dialect', () => {
  it('with quotes anywhere is read as it is spelled out field by field', async () => {
    const noise = fc.string({
      unit: fc.constantFrom('"', '"', ',', 'a', 'é', ' ', '\n', '\r\n'),
      maxLength: 24,
    })
    await fc.assert(
      fc.asyncProperty(noise, async (text) => {
        const records: Read[] = []
        let openOn: number | null = null
        try {
          const format = { delimiter: ',', encoding: 'utf-8' } as const
          for await (const record of csv.read(inChunksOf(Buffer.from(text), 5), format)) {
            records.push(record as Read)
          }
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'CSV_MALFORMED', details: { reason: 'quoting' } })
          openOn = (thrown as { details: { line: number } }).details.line
        }
        expect({ records, openOn }).toEqual(spelledOut(text))
      }),
      { ...runs, numRuns: runs.numRuns * 10 },
    )
  })

  it('comes back as it was, with the right lines, when the format is given', async () => {
    const encodings = fc.constantFrom<Encoding>('utf-8', 'utf-16le', 'utf-16be')
    await fc.assert(
      fc.asyncProperty(
        tableOf(anyCharacter),
        fc.constantFrom(...DELIMITERS),
        fc.constantFrom(...LINE_ENDS),
        encodings,
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        async (table, delimiter, lineEnd, encoding, isAllQuoted, size) => {
          const bytes = encoded(`\uFEFF${written(table, delimiter, lineEnd, isAllQuoted)}`, encoding)
          const back = await read(bytes, size, { delimiter, encoding })
          expect(back.table).toEqual(table)
          let line = 1
          for (const [at, row] of table.entries()) {
            expect(back.lines[at]).toBe(line)
            line += 1 + row.join('\0').split(/\r\n|\n|\r/).length - 1
          }
        },
      ),
      runs,
    )
  })

  it('is found out by itself under a header, in every encoding', async () => {
    const encodings = fc.constantFrom<Encoding>('utf-8', 'utf-16le', 'utf-16be', 'windows-1252')
    await fc.assert(
      fc.asyncProperty(
        tableOf(fc.constantFrom(...WESTERN)),
        fc.constantFrom(...DELIMITERS),
        fc.constantFrom(...LINE_ENDS),
        encodings,
        async (table, delimiter, lineEnd, encoding) => {
          const header = (table[0] ?? []).map((_cell, column) => `column ${column}`)
          // a lone high byte makes the file no valid UTF-8
          const whole = [header, ...table, header.map(() => 'né')]
          const bytes = encoded(written(whole, delimiter, lineEnd, false), encoding)
          expect((await read(bytes, 1_000, {})).table).toEqual(whole)
        },
      ),
      runs,
    )
  })

  it('that was written here comes back, formulas behind an apostrophe', async () => {
    await fc.assert(
      fc.asyncProperty(tableOf(anyCharacter), async (table) => {
        const back = await read(Buffer.from(csv.write([['a', 'b'], ...table])), 1_000, {})
        const safe = table.map((row) => row.map((cell) => (/^[=\-+@\t\r\n]/.test(cell) ? `'${cell}` : cell)))
        expect(back.table.slice(1)).toEqual(safe)
      }),
      runs,
    )
  })

  it('or of none ends in records or a code, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const codes = await read(bytes, 7, {}).then(
          () => 'read',
          (thrown) => thrown.code,
        )
        expect(['read', 'CSV_MALFORMED']).toContain(codes)
      }),
      runs,
    )
  })
})
