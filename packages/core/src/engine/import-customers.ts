import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { inChunks } from '../base/async-iteration.js'
import { CampaignKitError, isCampaignKitError } from '../base/error.js'
import type { CustomerId } from '../base/ids.js'
import { checkInput, parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import type { CsvRecord } from '../ports/csv.js'
import { type CallOptions, callSchema, throwIfAborted } from './call-options.js'
import type { EngineContext } from './context.js'
import { customersEntry } from './customers-entry.js'
import { type ImportOptions, type ImportPlan, importOptionsSchema } from './import-options.js'
import { type BadRow, createRowReader, type GoodRow, isBadRow, type RowReader } from './import-row.js'
import { storedPatch } from './stored-patch.js'

export type { ImportOptions } from './import-options.js'

/** A file: its bytes or text in pieces, as a stream of Node or a browser gives them, or all of it at once. */
export type ImportSource = AsyncIterable<Uint8Array | string> | Uint8Array | string

/** How far an import has come. */
export interface ImportProgress {
  /** Rows read, the header and blank lines left out; always `created + updated + skipped`. */
  readonly rows: number
  /** Rows that made a customer. */
  readonly created: number
  /** Rows that changed a customer, among them those that repeat an id of the file. */
  readonly updated: number
  /** Bad rows, of which nothing was stored. */
  readonly skipped: number
  /** Good rows without e-mail, phone and push address. */
  readonly withoutAddress: number
  /** Consents recorded. */
  readonly consents: number
}

/** What came of an import, or in a dry run would come of it. */
export interface ImportOutcome extends ImportProgress {
  /** The first bad rows, in order of their lines. */
  readonly bad: readonly BadRow[]
  /** Bad rows that are not listed. */
  readonly badOmitted: number
}

/** The last argument of an import. Callbacks are awaited. */
export interface ImportCallOptions extends CallOptions {
  /** Called after each batch. */
  readonly onProgress?: ((progress: ImportProgress) => void | Promise<void>) | undefined
  /** Called for each bad row, those that the result does not list among them. */
  readonly onBadRow?: ((row: BadRow) => void | Promise<void>) | undefined
}

const listener = z.custom<(told: never) => unknown>(
  (value) => typeof value === 'function',
  'expected a function',
)
const importCallSchema = callSchema.extend({
  onProgress: listener.optional(),
  onBadRow: listener.optional(),
})

/**
 * Imports customers from CSV in constant memory. Each good row creates or changes a customer by its id
 * (`mergeCustomer`); a later row of the same id wins. What a row does not say stays as it was: an empty cell is no
 * statement, and tags are replaced only by rows of which a cell mapped to `tags` is filled. A bad row stores nothing
 * and stops nobody else.
 *
 * What the tenant seals reaches the storage sealed.
 *
 * Customers and consents of a batch are two transactions, in this order. When an import ends early (aborted, a file
 * that breaks off, a storage that fails), whole batches stay stored and running it again completes it.
 *
 * The failure of a file that cannot be read to its end holds what has come of it so far in `details`, as
 * {@link ImportProgress}: rows of whole batches alone.
 *
 * In a dry run counts are those of the real one, as long as the file does not repeat ids among more than 250,000 new ones.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD; CSV_MALFORMED with the path of the mapping when the header lacks a column;
 *   TIME_ZONE_UNKNOWN, FORBIDDEN, DIRECTORY_READ_ONLY: all before anything is stored. CSV_MALFORMED further down the
 *   file, ABORTED between batches
 */
export async function importCustomers(
  context: EngineContext,
  scope: Scope,
  source: ImportSource,
  options: ImportOptions,
  call: ImportCallOptions = {},
): Promise<ImportOutcome> {
  authorize(context.access, scope, 'customer.write')
  const plan = parseInput(importOptionsSchema, options)
  checkInput(importCallSchema, call)
  if (plan.consent.length > 0) authorize(context.access, scope, 'consent.write')
  requireWritable(context)
  refuseUnknownRegion(context, plan)
  const store = plan.dryRun ? createDryStore(context, scope) : createStore(context, scope)
  const counts = { rows: 0, created: 0, updated: 0, skipped: 0, withoutAddress: 0, consents: 0 }
  const bad: BadRow[] = []

  throwIfAborted(call.signal)
  for await (const rows of inChunks(readRows(context, piecesOf(source), plan, counts), plan.batchSize)) {
    throwIfAborted(call.signal)
    const good: GoodRow[] = []
    for (const row of rows) {
      if (!isBadRow(row)) {
        good.push(row)
        continue
      }
      if (bad.length < plan.badRowsListed) bad.push(row)
      counts.skipped += 1
      await call.onBadRow?.(row)
    }
    const created = await store(good)
    counts.rows += rows.length
    counts.created += created
    counts.updated += good.length - created
    counts.withoutAddress += good.filter(({ patch }) => !hasAddress(patch)).length
    counts.consents += good.reduce((sum, { consents }) => sum + consents.length, 0)
    await call.onProgress?.({ ...counts })
    await context.clock.turn()
  }
  return { ...counts, bad, badOmitted: counts.skipped - bad.length }
}

function requireWritable({ storage }: EngineContext): void {
  if (storage.customers.writable) return
  throw new CampaignKitError('DIRECTORY_READ_ONLY', 'The customer directory of the host is not writable')
}

/** The port says what a region is; better asked now than at the first phone number. */
function refuseUnknownRegion({ phone }: EngineContext, { phoneRegion }: ImportPlan): void {
  try {
    phone.toE164('0', phoneRegion ?? null)
  } catch (thrown) {
    if (!isCampaignKitError(thrown)) throw thrown
    throw new CampaignKitError(thrown.code, thrown.message, { path: 'phoneRegion', cause: thrown })
  }
}

function piecesOf(source: ImportSource): AsyncIterable<Uint8Array | string> {
  if (typeof source === 'string' || source instanceof Uint8Array) return inOnePiece(source)
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) return source
  throw new CampaignKitError('INVALID_INPUT', 'source: expected a stream, bytes or a text', {
    path: 'source',
  })
}

async function* inOnePiece(file: Uint8Array | string): AsyncGenerator<Uint8Array | string> {
  yield file
}

/** Rows that are read before others of the process have their turn. */
const ROWS_A_TURN = 100

async function* readRows(
  context: EngineContext,
  pieces: AsyncIterable<Uint8Array | string>,
  plan: ImportPlan,
  counts: ImportProgress,
): AsyncGenerator<GoodRow | BadRow> {
  const { calendar, clock, csv, phone } = context
  let read: RowReader | null = null
  let rows = 0
  try {
    for await (const record of csv.read(pieces, plan.format)) {
      if (read === null) {
        const header = headerOf(record)
        read = createRowReader(plan, header, { calendar, phone, asOf: plan.asOf ?? clock.now() })
      } else {
        yield read(record)
        rows += 1
        // a file that is there already comes without a pause
        if (rows % ROWS_A_TURN === 0) await clock.turn()
      }
    }
  } catch (thrown) {
    throw withProgress(thrown, counts)
  }
  if (read === null) throw withProgress(noHeader(), counts)
}

function headerOf({ fields, line, isMisquoted }: CsvRecord): readonly string[] {
  if (isMisquoted !== true) return fields
  throw new CampaignKitError('CSV_MALFORMED', 'Text stands behind a closing quote of the header', {
    details: { reason: 'quoting', line },
  })
}

function noHeader(): CampaignKitError {
  return new CampaignKitError('CSV_MALFORMED', 'The file is empty: it has no header', {
    details: { reason: 'noHeader' },
  })
}

/** The failure of a broken file with what has come of the import so far; other failures as they are. */
function withProgress(thrown: unknown, counts: ImportProgress): unknown {
  if (!isCampaignKitError(thrown, 'CSV_MALFORMED')) return thrown
  const { code, message, path, details } = thrown
  return new CampaignKitError(code, message, {
    ...(path === undefined ? {} : { path }),
    details: { ...details, ...counts },
    cause: thrown,
  })
}

function hasAddress({ addresses = {} }: GoodRow['patch']): boolean {
  return addresses.email !== undefined || addresses.phone !== undefined || addresses.push !== undefined
}

/** Stores a batch; gives how many customers it made. */
type Store = (rows: readonly GoodRow[]) => Promise<number>

function createStore(context: EngineContext, scope: Scope): Store {
  const { customers, consents } = context.storage
  return async (rows) => {
    const first = rows[0]
    const last = rows.at(-1)
    if (first === undefined || last === undefined) return 0
    const lines = { fromLine: first.line, toLine: last.line }
    const entryOf = (counted: Readonly<Record<string, number>>) =>
      customersEntry(context, scope, { action: 'customers.import', after: { ...counted, ...lines } })
    const patches = rows.map(({ patch }) => storedPatch(context, scope, patch))
    const { created } = await customers.upsert(scope, patches, entryOf({ customers: patches.length }))
    const records = rows.flatMap((row) => row.consents)
    if (records.length > 0) await consents.record(scope, records, entryOf({ consents: records.length }))
    return created
  }
}

/** New ids of a dry run that are remembered, so that one which stands twice is new once. */
const REMEMBERED_IDS = 250_000

function createDryStore({ storage }: EngineContext, scope: Scope): Store {
  const seen = new Set<CustomerId>()
  return async (rows) => {
    const ids = new Set(rows.map(({ patch }) => patch.id).filter((id) => !seen.has(id)))
    for (const { id } of await storage.customers.get(scope, [...ids])) ids.delete(id)
    for (const id of ids) if (seen.size < REMEMBERED_IDS) seen.add(id)
    return ids.size
  }
}
