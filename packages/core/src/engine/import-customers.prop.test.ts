import { createMemoryStorage } from '@campaignkit/adapter-memory'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowAll } from '../access/policy.js'
import { createCalendar } from '../defaults/calendar.js'
import { createCsv } from '../defaults/csv.js'
import { createPhone } from '../defaults/phone.js'
import { createManualClock } from '../testing/manual-clock.js'
import { sampleScope } from '../testing/samples.js'
import { createSequentialIds } from '../testing/sequential-ids.js'
import type { EngineContext } from './context.js'
import { type ImportOptions, importCustomers } from './import-customers.js'
import { sampleSettings } from './settings.fixture.js'

const scope = sampleScope()
const runs = { seed: 20_260_301, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 5_000 : 150 }

function newContext(): EngineContext {
  const context: Partial<EngineContext> = {
    storage: createMemoryStorage(),
    clock: createManualClock(),
    ids: createSequentialIds(),
    csv: createCsv(),
    phone: createPhone(),
    calendar: createCalendar(),
    access: allowAll,
    settings: sampleSettings(),
  }
  return context as EngineContext
}

const ENCODERS = {
  'utf-8': (text: string) => Buffer.from(text, 'utf8'),
  'utf-16le': (text: string) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text: string) => Buffer.from(text, 'utf16le').swap16(),
  // Cells of this one hold nothing but ASCII and the letters that it shares with Latin-1.
  'windows-1252': (text: string) => Buffer.from(text, 'latin1'),
} as const

interface Dialect {
  readonly encoding: keyof typeof ENCODERS
  readonly delimiter: ',' | ';' | '\t' | '|'
  readonly newline: '\n' | '\r\n' | '\r'
  readonly quotesAll: boolean
  readonly hasMark: boolean
  readonly isTold: boolean
  readonly endsWithNewline: boolean
  readonly pieceLength: number
}

const dialect: fc.Arbitrary<Dialect> = fc.record({
  encoding: fc.constantFrom('utf-8', 'utf-16le', 'utf-16be', 'windows-1252'),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  newline: fc.constantFrom('\n', '\r\n', '\r'),
  quotesAll: fc.boolean(),
  hasMark: fc.boolean(),
  isTold: fc.boolean(),
  endsWithNewline: fc.boolean(),
  pieceLength: fc.integer({ min: 1, max: 40 }),
})

const awkward = fc.constantFrom(' ', '"', '""', ',', ';', '\t', '|', '\n', '\r\n', "'", '=1+1', 'é', 'ß', 'x')
const anywhere = fc
  .oneof(awkward, fc.string({ unit: 'grapheme', maxLength: 6 }))
  .map((text) => text.replaceAll('\0', ''))

function cellFor(encoding: Dialect['encoding']): fc.Arbitrary<string> {
  const part = encoding === 'windows-1252' ? awkward : anywhere
  return fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''))
}

const file = dialect.chain((how) =>
  fc.record({
    how: fc.constant(how),
    rows: fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), cellFor(how.encoding), cellFor(how.encoding)), {
      maxLength: 20,
    }),
    batchSize: fc.integer({ min: 1, max: 8 }),
  }),
)

type Row = readonly [id: number, left: string, right: string]

function written(rows: readonly Row[], how: Dialect): Uint8Array {
  const quoted = (cell: string) =>
    how.quotesAll || /["\r\n,;\t|]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  const lines = [['no', 'left', 'right'], ...rows.map((row) => row.map(String))].map((cells) =>
    cells.map(quoted).join(how.delimiter),
  )
  const text = lines.join(how.newline) + (how.endsWithNewline ? how.newline : '')
  const mark = how.hasMark && how.encoding !== 'windows-1252' ? '\uFEFF' : ''
  return ENCODERS[how.encoding](mark + text)
}

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

/** What the file says of each customer, by the simplest means. */
function expectedOf(rows: readonly Row[]): Map<string, Record<string, string>> {
  const customers = new Map<string, Record<string, string>>()
  for (const [id, left, right] of rows) {
    const said = { ...(left.trim() && { left: left.trim() }), ...(right.trim() && { right: right.trim() }) }
    customers.set(String(id), { ...customers.get(String(id)), ...said })
  }
  return customers
}

const map: ImportOptions['map'] = {
  no: { path: 'id', as: 'text' },
  left: { path: 'attributes.left', as: 'text' },
  right: { path: 'attributes.right', as: 'text' },
}

describe('importing any table', () => {
  it('stores the same customers in whatever dialect it is written and however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(file, async ({ how, rows, batchSize }) => {
        const context = newContext()
        const isPlain = how.hasMark && how.encoding !== 'windows-1252'
        const format = isPlain && !how.isTold ? {} : { encoding: how.encoding, delimiter: how.delimiter }
        const source = inPieces(written(rows, how), how.pieceLength)
        const outcome = await importCustomers(context, scope, source, { map, format, batchSize })
        const customers = await context.storage.customers.scan(scope, { after: null, limit: 10_000 })
        const expected = expectedOf(rows)
        expect(new Map(customers.map(({ id, attributes }) => [String(id), attributes]))).toEqual(expected)
        expect(outcome).toMatchObject({
          rows: rows.length,
          created: expected.size,
          updated: rows.length - expected.size,
          skipped: 0,
        })
      }),
      runs,
    )
  })

  it('accounts for each row, and a dry run and a second run say the same', async () => {
    const lines = fc.array(
      fc.tuple(
        fc.constantFrom('1', '2', '3', '', 'x\u0001', 'c-4'),
        fc.constantFrom('ada@mail.example', '', 'nobody', 'Bea@Mail.Example '),
        fc.constantFrom('12.50', '', '1,50', '-3', '0.001'),
        fc.constantFrom('', '', '', ',surplus'),
      ),
      { maxLength: 30 },
    )
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 7 }), async (cells, batchSize) => {
        const context = newContext()
        const text = `id,email,spent\n${cells.map(([id, email, spent, rest]) => `${id},${email},"${spent}"${rest}\n`).join('')}`
        const options: ImportOptions = {
          map: {
            id: { path: 'id', as: 'text' },
            email: { path: 'email', as: 'text' },
            spent: { path: 'facts.totalSpentMinor', as: 'money' },
          },
          batchSize,
        }
        const isGood = ([id, email, spent, rest]: (typeof cells)[number]) =>
          /^(c-)?\d$/.test(id) && email !== 'nobody' && ['12.50', '', '-3'].includes(spent) && rest === ''
        const dry = await importCustomers(context, scope, text, { ...options, dryRun: true })
        const real = await importCustomers(context, scope, text, options)
        const again = await importCustomers(context, scope, text, options)
        expect(dry).toEqual(real)
        expect(again).toEqual({ ...real, created: 0, updated: real.created + real.updated })
        expect(real.bad.map(({ line }) => line)).toEqual(
          cells.flatMap((row, index) => (isGood(row) ? [] : [index + 2])),
        )
        expect(real.created + real.updated + real.skipped).toBe(cells.length)
        expect(real.created).toBe(new Set(cells.filter(isGood).map(([id]) => id)).size)
      }),
      runs,
    )
  })
})
