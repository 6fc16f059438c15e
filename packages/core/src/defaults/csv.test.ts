import { describe, expect, it } from 'vitest'
import { CampaignKitError } from '../base/error.js'
import type { CsvFormat, CsvRecord } from '../ports/csv.js'
import { createCsv } from './csv.js'

const csv = createCsv()
type Chunk = Uint8Array | string

async function* chunks(...parts: readonly Chunk[]): AsyncGenerator<Chunk> {
  yield* parts
}

const latin1 = (text: string) => Buffer.from(text, 'latin1')

/** The records up to the end or the failure, and the failure. */
async function readAll(source: AsyncIterable<Chunk>, format: CsvFormat = {}) {
  const records: CsvRecord[] = []
  try {
    for await (const record of csv.read(source, format)) records.push(record)
    return { records, failure: null }
  } catch (thrown) {
    return { records, failure: thrown }
  }
}

async function fieldsOf(source: Chunk | AsyncIterable<Chunk>, format: CsvFormat = {}) {
  const isChunk = typeof source === 'string' || source instanceof Uint8Array
  const { records, failure } = await readAll(isChunk ? chunks(source) : source, format)
  expect(failure).toBeNull()
  return records.map(({ fields }) => fields)
}

describe('reading CSV', () => {
  it('gives each record with the line on which it begins', async () => {
    const text = 'id,note\r\n1,"two\r\nlines"\r\n\r\n\n2,"a ""quote"""\n3,"\r"\r4,last'
    expect((await readAll(chunks(text))).records).toEqual([
      { line: 1, fields: ['id', 'note'] },
      { line: 2, fields: ['1', 'two\r\nlines'] },
      { line: 6, fields: ['2', 'a "quote"'] },
      { line: 7, fields: ['3', '\r'] },
      { line: 9, fields: ['4', 'last'] },
    ])
  })

  it('counts lines rightly when blank ones and embedded ones are mixed', async () => {
    const { records } = await readAll(chunks('\n\na,b\n"1\n\n2",x\n\n3,4\n"\r\n\r\n",5\n6,7'))
    expect(records.map(({ line }) => line)).toEqual([3, 4, 8, 9, 12])
  })

  it('passes on records of any length, and blanks as they are', async () => {
    expect(await fieldsOf('a,b\n1\n1,2,3\n , x \n""\n')).toEqual([
      ['a', 'b'],
      ['1'],
      ['1', '2', '3'],
      [' ', ' x '],
      [''],
    ])
  })

  it.each<[string, string]>([
    [',', 'a,b;c\n'],
    [';', 'a;b,5;c\n'],
    ['\t', 'a\tb\tc,\n'],
    ['|', '\r\n\na|b|c\n1,2,3,4'],
    [';', '"a,b,c,d";e\n'],
    [',', '"a;\n;;""";b,c,d\n'.replace(';b', ',b')],
    [',', 'only one column\n'],
    [',', 'a,b;c,d;e\n'],
    [';', '5" pizza;size;"a,b,c,d,e"\n'],
    [';', 'a;"b"",,,,";c\n'],
    [';', '"";x\n1,2,3\n'],
  ])('finds the delimiter %j of %j', async (delimiter, text) => {
    expect(await fieldsOf(text)).toEqual(await fieldsOf(text, { delimiter: delimiter as ',' }))
  })

  it('obeys a delimiter that it is given', async () => {
    expect(await fieldsOf('a,b,c;d', { delimiter: ';' })).toEqual([['a,b,c', 'd']])
  })

  it.each<[string, Chunk]>([
    ['UTF-8', Buffer.from('é,€,😀')],
    ['UTF-8 with a mark', Buffer.from('\uFEFFé,€,😀')],
    ['UTF-16LE with a mark', Buffer.from('\uFEFFé,€,😀', 'utf16le')],
    ['UTF-16BE with a mark', Buffer.from('\uFEFFé,€,😀', 'utf16le').swap16()],
    ['UTF-16LE without a mark', Buffer.from('é,€,😀', 'utf16le')],
    ['UTF-16BE without a mark', Buffer.from('é,€,😀', 'utf16le').swap16()],
    ['a string', 'é,€,😀'],
    ['a string with a mark', '\uFEFFé,€,😀'],
  ])('reads %s', async (_name, source) => {
    expect(await fieldsOf(source)).toEqual([['é', '€', '😀']])
  })

  it('reads Windows-1252, its quotes and its euro', async () => {
    expect(await fieldsOf(latin1('caf\xe9,\x80,\x93q\x94,\x8a\x9f'))).toEqual([['café', '€', '“q”', 'ŠŸ']])
  })

  // 65,536 bytes are looked at together: the accent stands around the end of the first such piece and far behind it
  it.each([65_533, 65_534, 65_535, 65_536, 65_537, 131_071, 131_072, 400_000])(
    'finds out an encoding that shows itself after %i bytes of ASCII',
    async (before) => {
      const plain = 'a'.repeat(before)
      for (const end of ['', ',x\n', `,${'b'.repeat(70_000)}`]) {
        const inWindows = await fieldsOf(latin1(`${plain}\xe9${end}`))
        expect(inWindows).toEqual(await fieldsOf(Buffer.from(`${plain}é${end}`)))
        expect(inWindows[0]?.[0]).toBe(`${plain}é`)
      }
    },
  )

  it('keeps a mark that stands elsewhere than at the beginning', async () => {
    expect(await fieldsOf('a,\uFEFFb')).toEqual([['a', '\uFEFFb']])
  })

  it('obeys an encoding that it is given', async () => {
    expect(await fieldsOf(Buffer.from('é'), { encoding: 'windows-1252' })).toEqual([['Ã©']])
    expect(await fieldsOf(Buffer.from('日本', 'utf16le'), { encoding: 'utf-16le' })).toEqual([['日本']])
    expect(await fieldsOf(Buffer.from('日本', 'utf16le').swap16(), { encoding: 'utf-16be' })).toEqual([
      ['日本'],
    ])
  })

  it('reads characters, line ends and quotes that are torn between chunks', async () => {
    const text = 'é,"a\r\n""😀""",€\r\nx,y,z\r\n'
    const expected = await fieldsOf(text)
    for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le')]) {
      const single = chunks(...Array.from(bytes, (byte) => Uint8Array.of(byte)), new Uint8Array(0))
      expect(await fieldsOf(single)).toEqual(expected)
    }
    expect(await fieldsOf(chunks(...text.split('')))).toEqual(expected)
  })

  it('reads characters that are torn between its own pieces', async () => {
    for (const shift of [0, 1, 2, 3]) {
      const row = `${'x'.repeat(shift)}${'é€😀'.repeat(20_000)}`
      for (const source of [row, Buffer.from(row), Buffer.from(`\uFEFF${row}`, 'utf16le')]) {
        expect((await fieldsOf(source))[0]?.[0] === row).toBe(true)
      }
    }
  })

  it('gives nothing for an empty file, one of a mark, and one of blank lines', async () => {
    for (const source of ['', '\uFEFF', '\n\r\n\r', Buffer.from([0xef, 0xbb, 0xbf]), new Uint8Array(0)]) {
      expect(await fieldsOf(source)).toEqual([])
    }
    expect(await fieldsOf(chunks())).toEqual([])
  })

  it.each([
    ['a,b\n1,2\n\n3,"4\n', 4],
    ['a,b\n"1\r\n\r\n",2\n3,"4\n5,6', 5],
    ['"', 1],
    ['a,b\n1,"""\n', 2],
  ])('refuses the open quote of %j on line %i, after the records before it', async (text, line) => {
    const { records, failure } = await readAll(chunks(text))
    expect(failure).toMatchObject({ code: 'CSV_MALFORMED', details: { reason: 'quoting', line } })
    expect(records.length).toBe(text.startsWith('"') ? 0 : line === 2 ? 1 : 2)
  })

  it.each([
    ['5" pizza,b', ['5" pizza', 'b']],
    ['a "b" c,d', ['a "b" c', 'd']],
    ['"x",6 2",y"', ['x', '6 2"', 'y"']],
    ['a"",b""c', ['a""', 'b""c']],
    [' "a",b', [' "a"', 'b']],
    ['"5"" pizza","""",""', ['5" pizza', '"', '']],
    ['"""a"" b",c', ['"a" b', 'c']],
  ])('reads a quote that opens no field as text: %j', async (text, fields) => {
    expect((await readAll(chunks(`a,b\n${text}\n`))).records[1]).toEqual({ line: 2, fields })
  })

  it.each([
    ['"abc"def,g', ['"abc"def', 'g']],
    ['a,"abc" ,g', ['a', '"abc" ', 'g']],
    ['"5""" pizza,"q"', ['"5"" pizza', 'q']],
    ['""x', ['""x']],
    ['x,"5 inch" "thin"', ['x', '"5 inch" "thin"']],
  ])('marks a record with text behind a closing quote and goes on: %j', async (text, fields) => {
    const { records, failure } = await readAll(chunks(`a,b\n${text}\n\n1,2`))
    expect(failure).toBeNull()
    expect(records.slice(1)).toEqual([
      { line: 2, fields, isMisquoted: true },
      { line: 4, fields: ['1', '2'] },
    ])
  })

  it('loses to a quote that was opened by mistake no more than the rows up to the next quote', async () => {
    const { records, failure } = await readAll(chunks('a,b\n1,"open\r\n2,"two","x"\n3,"three"\n4,four\n'))
    expect(failure).toBeNull()
    expect(records.map(({ line, isMisquoted }) => [line, isMisquoted])).toEqual([
      [1, undefined],
      [2, true],
      [4, undefined],
      [5, undefined],
    ])
  })

  it('tells misquoted records from others across its pieces and stretches of blank lines', async () => {
    const rows = ['"é"b,c', '"""é""b",c', 'é"b,"c"']
    const text = Array.from({ length: 30_000 }, (_, at) => `${rows[at % 3]}\r\n`).join('')
    const source = [text, '\n'.repeat(200_000), text].map((part) => Buffer.from(part))
    const { records } = await readAll(chunks(...source), { delimiter: ',' })
    expect(records).toHaveLength(60_000)
    expect(records.every(({ isMisquoted = false }, at) => isMisquoted === (at % 3 === 0))).toBe(true)
  })

  it('repeats nothing of the file in a failure', async () => {
    const { failure } = await readAll(chunks('a\n"ann@pizza.example'))
    expect(failure).toBeInstanceOf(CampaignKitError)
    expect(`${JSON.stringify(failure)}${String((failure as Error).cause)}`).not.toContain('ann')
  })

  it.each<[string, Uint8Array, CsvFormat, number]>([
    [
      'UTF-8 that turns into Windows-1252',
      latin1(`id\n\xc3\xa9\n${'1\n'.repeat(40_000)}caf\xe9,x`),
      {},
      80_009,
    ],
    [
      'UTF-8 that turns into Windows-1252 below much ASCII',
      latin1(`id\n${'1\n'.repeat(40_000)}\xc3\xa9\n${'1\n'.repeat(80_000)}caf\xe9,x`),
      {},
      240_009,
    ],
    [
      'UTF-8 with one stray byte further down',
      Buffer.concat([Buffer.from('id,n\n1,Zoë\n2,'), latin1('\xe9,x')]),
      {},
      14,
    ],
    ['Windows-1252 named UTF-8', latin1('id,n\n1,caf\xe9,x'), { encoding: 'utf-8' }, 10],
    ['an overlong form', Uint8Array.of(97, 10, 0xc0, 0x80), { encoding: 'utf-8' }, 2],
    ['a surrogate in UTF-8', Uint8Array.of(97, 10, 0xed, 0xa0, 0x80), { encoding: 'utf-8' }, 2],
    ['a character that is cut at the end', Buffer.from('a\n€').subarray(0, 4), { encoding: 'utf-8' }, 2],
    ['half a unit of UTF-16', Uint8Array.of(97, 0, 10, 0, 98), { encoding: 'utf-16le' }, 4],
    ['half a pair of UTF-16', Uint8Array.of(97, 0, 10, 0, 0, 0xd8, 98, 0), { encoding: 'utf-16le' }, 4],
    ['a byte that Windows-1252 lacks', latin1('a\n\xe9\x81'), {}, 3],
  ])('refuses %s at its byte', async (_name, bytes, format, byteOffset) => {
    const { failure } = await readAll(chunks(bytes), format)
    expect(failure).toMatchObject({ code: 'CSV_MALFORMED', details: { reason: 'encoding', byteOffset } })
  })

  it('refuses halves of characters in strings', async () => {
    for (const text of ['a\n\ud800', 'a\n\udc00b']) {
      expect((await readAll(chunks(text))).failure).toMatchObject({
        code: 'CSV_MALFORMED',
        details: { reason: 'encoding' },
      })
    }
  })

  it('hands on the records before the bytes that it refuses', async () => {
    const { records, failure } = await readAll(chunks(latin1('a,b\n1,2\n3,4\nsomewhat longer,caf\xe9\n')), {
      encoding: 'utf-8',
    })
    expect(failure).toMatchObject({ code: 'CSV_MALFORMED' })
    expect(records).toHaveLength(3)
  })

  it('refuses NUL and UTF-32', async () => {
    const utf32 = Buffer.from([0xff, 0xfe, 0, 0, 97, 0, 0, 0])
    for (const source of ['a\nb\0', Buffer.from('a\nb\0and a good deal more'), utf32, new Uint8Array(100)]) {
      expect((await readAll(chunks(source))).failure).toMatchObject({
        code: 'CSV_MALFORMED',
        details: { reason: 'nul' },
      })
    }
  })

  it('refuses a record over 1 MiB, at its line, long before the end of the file', async () => {
    let pulled = 0
    async function* endless() {
      yield 'a,b\n1,2\n3,"'
      while (true) {
        pulled += 1
        yield 'x'.repeat(100_000)
      }
    }
    const { records, failure } = await readAll(endless())
    expect(failure).toMatchObject({ code: 'CSV_MALFORMED', details: { reason: 'recordTooLong', line: 3 } })
    expect(records).toHaveLength(2)
    expect(pulled).toBeLessThan(15)
    expect(await fieldsOf('x'.repeat(1_000_000))).toHaveLength(1)
  })

  it('refuses a source of bytes and strings', async () => {
    expect((await readAll(chunks('a,b\n', Buffer.from('1,2')))).failure).toMatchObject({
      code: 'INVALID_INPUT',
      path: 'source',
    })
  })

  it('passes on what the source throws', async () => {
    const failure = new Error('disk gone')
    async function* failing() {
      yield `a,b\n1,2\n${'3,4\n'.repeat(20_000)}`
      throw failure
    }
    const read = await readAll(failing())
    expect(read.failure).toBe(failure)
    expect(read.records.length).toBeGreaterThan(1_000)
  })

  it('pulls the source only as its records are consumed, and closes it when nobody wants more', async () => {
    const rowsAChunk = 4_096
    let pulled = 0
    let isClosed = false
    async function* rows() {
      try {
        while (true) {
          pulled += 1
          yield 'abcdefg,1234567\n'.repeat(rowsAChunk)
        }
      } finally {
        isClosed = true
      }
    }
    let consumed = 0
    for await (const record of csv.read(rows(), {})) {
      consumed += record.fields.length > 0 ? 1 : 0
      expect(pulled).toBeLessThanOrEqual(Math.ceil(consumed / rowsAChunk) + 2)
      if (consumed === rowsAChunk * 10) break
    }
    expect(isClosed).toBe(true)
    expect(pulled).toBeGreaterThanOrEqual(10)
  })

  it('reads two files at once without mixing them', async () => {
    const [left, right] = await Promise.all([fieldsOf('a,b\n1,2'), fieldsOf('c;d\n"3\n";4')])
    expect([left, right]).toEqual([
      [
        ['a', 'b'],
        ['1', '2'],
      ],
      [
        ['c', 'd'],
        ['3\n', '4'],
      ],
    ])
  })
})

describe('writing CSV', () => {
  it('ends each row with CRLF and quotes what needs it', () => {
    expect(
      csv.write([
        ['name', 'note'],
        ['Ann', 'a "b", c'],
        [null, 'two\nlines'],
        ['', ' x '],
      ]),
    ).toBe('name,note\r\nAnn,"a ""b"", c"\r\n,"two\nlines"\r\n, x \r\n')
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', "=cmd|' /C calc'!A0"])(
    'keeps a spreadsheet from running %j',
    async (cell) => {
      expect(await fieldsOf(csv.write([['x', cell]]))).toEqual([['x', `'${cell}`]])
    },
  )

  it('writes numbers as they are, negative ones too', () => {
    expect(csv.write([[-1, 0, 2.5, 1e21, -0]])).toBe('-1,0,2.5,1e+21,0\r\n')
  })

  it('writes a lone empty cell so that it is no blank line, and no rows as nothing', () => {
    expect(csv.write([[''], [null], ['', '']])).toBe('""\r\n""\r\n,\r\n')
    expect(csv.write([])).toBe('')
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s with the place of its cell', (cell) => {
    expect(() => csv.write([['a'], [1, cell]])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'rows[1][1]' }),
    )
  })
})
