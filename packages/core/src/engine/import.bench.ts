import { Readable } from 'node:stream'
import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { parse } from 'csv-parse'
import { allowAll } from '../access/policy.js'
import { createCalendar } from '../defaults/calendar.js'
import { createCsv } from '../defaults/csv.js'
import { createPhone } from '../defaults/phone.js'
import { createManualClock } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { sampleScope } from '../testing/samples.js'
import { createSequentialIds } from '../testing/sequential-ids.js'
import type { EngineContext } from './context.js'
import { type ImportOptions, importCustomers } from './import-customers.js'
import { sampleSettings } from './settings.fixture.js'

const ROWS = 10_000
const PIECE_ROWS = 500
const scope = sampleScope()

const options: ImportOptions = {
  map: {
    id: { path: 'id', as: 'text' },
    email: { path: 'email', as: 'text' },
    name: { path: 'firstName', as: 'text' },
    labels: { path: 'tags', as: 'tags' },
    spent: { path: 'facts.totalSpentMinor', as: 'money', currency: 'EUR' },
    bought: { path: 'facts.lastOrderAt', as: 'date' },
  },
}

/** A file of so many rows, made while it is read. */
function* file(rows: number): Generator<Uint8Array> {
  yield Buffer.from('id,email,name,labels,spent,bought\n')
  for (let from = 0; from < rows; from += PIECE_ROWS) {
    const piece = Array.from({ length: Math.min(PIECE_ROWS, rows - from) }, (_, index) => {
      const at = from + index
      return `c-${at},customer${at}@mail.example,"Name, ${at}",vip;tag-${at % 50},${at % 900}.50,2026-01-02\n`
    })
    yield Buffer.from(piece.join(''))
  }
}

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

/** A storage that keeps no customer: what is left is reading, mapping and checking. */
function forgetful(): EngineContext {
  const context = newContext()
  const customers = overridden(context.storage.customers, {
    upsert: async (_scope, patches) => ({ created: patches.length, updated: 0 }),
  })
  return { ...context, storage: overridden(context.storage, { customers }) }
}

async function importInto(context: EngineContext, pieces: readonly Uint8Array[]): Promise<number> {
  const { rows, skipped } = await importCustomers(
    context,
    scope,
    Readable.from(pieces, { objectMode: false }),
    options,
  )
  if (skipped > 0) throw new Error('refused rows')
  return rows
}

async function parseAlone(pieces: readonly Uint8Array[]): Promise<number> {
  let rows = -1
  for await (const _ of Readable.from(pieces, { objectMode: false }).pipe(parse())) rows += 1
  return rows
}

function importInto10k(stage: string, contextOf: () => EngineContext) {
  return {
    stage,
    unit: 'row',
    bareName: 'csv-parse alone',
    goal: {},
    prepare() {
      const pieces = [...file(ROWS)]
      return {
        ours: () => {
          const context = contextOf()
          return () => importInto(context, pieces)
        },
        bare: () => () => parseAlone(pieces),
      }
    },
  }
}

export const importBenches = [
  importInto10k('import: read, map, check', forgetful),
  importInto10k('import into the memory storage', newContext),
]

function peakOf(stage: string, newRun: () => { readonly context: EngineContext; readonly dryRun: boolean }) {
  return {
    stage,
    async run(customers: number, passed: () => void) {
      const { context, dryRun } = newRun()
      const stream = Readable.from(file(customers), { objectMode: false })
      const { rows } = await importCustomers(
        context,
        scope,
        stream,
        { ...options, dryRun },
        { onProgress: passed },
      )
      if (rows !== customers) throw new Error('lost rows')
    },
  }
}

export const importPeaks = [
  peakOf('import', () => ({ context: forgetful(), dryRun: false })),
  // remembers up to 250,000 new ids, so that one which stands twice is counted once
  peakOf('import, dry run', () => ({ context: newContext(), dryRun: true })),
]
