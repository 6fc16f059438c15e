import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { CampaignInput } from '@campaignkit/core'
import { type ColumnMap, parseColumn } from './column-map.js'
import { PROVIDERS, type ProviderName } from './providers.js'
import { STORAGES, type StorageName } from './storages.js'
import { UsageError } from './usage-error.js'

/** A list of the user's own. */
export interface OwnList {
  readonly file: string
  readonly map: ColumnMap
  /** The column of the ids; null when each line is its own id. */
  readonly id: string | null
  /** When the list was written, in epoch milliseconds; null for now. */
  readonly asOf: number | null
  readonly inventAddresses: boolean
  readonly segment: CampaignInput['audience'] | null
}

/** What the demo is asked to do. */
export interface DemoOptions {
  readonly seed: number
  /** Customers that are made up when there is no list. */
  readonly customers: number
  readonly mailsPerMinute: number
  readonly out: string
  readonly json: boolean
  readonly storage: StorageName
  /** Processes that deliver side by side; 0 when this process does it by itself. */
  readonly workers: number
  readonly provider: ProviderName
  readonly list: OwnList | null
}

/** The command line, read. */
export type Command =
  | { readonly type: 'help' }
  | { readonly type: 'demo'; readonly options: DemoOptions }
  | { readonly type: 'coverage'; readonly seeds: number; readonly options: DemoOptions }

/** Each takes some of the connections that a server has. */
const MOST_WORKERS = 10

const ALONE = {
  memory: 'the storage in memory is there for this process alone',
  pglite: 'PGlite has one connection, that of this process',
}

export const HELP = `Runs a campaign from a list of customers to its report, with real messages to a mailbox in this process.

  pnpm demo                          5,000 made-up customers, two variants, a holdout, a world that responds
  pnpm demo --csv FILE --map ...     the same on a list of your own; no message leaves this process
  pnpm --silent demo --json          one JSON object with the figures on stdout, everything else on stderr
  pnpm demo --coverage 200           how often the interval covers the planted effect, over so many seeds

  --seed N              chance, repeatable                            (1)
  --customers N         how many to make up                           (5000; with --coverage 1000)
  --pace N              messages in any minute, by the kit's own clock   (100)
  --out DIR             where report, mail and picture are put        (.demo)
  --storage NAME        memory, pglite, or postgres: a real server,   (memory)
                        that of DATABASE_URL in a schema of its own, or one that is started for it
  --workers N           processes that deliver side by side           (2 on postgres)
                        memory and pglite live in this process, which delivers by itself
  --provider NAME       smtp; fake-sendgrid: its Web API and webhook; (smtp)
                        or fake-twilio: SMS, status callbacks, and people who write STOP

A list of your own:
  --csv FILE            any delimiter and encoding that spreadsheets write
  --map COLUMN=PATH[:AS]  again for each column, or the whole mapping as JSON or as a file of it
                        PATH: id firstName lastName email phone tags timeZone locale facts.lastOrderAt
                        facts.lastLoginAt facts.orderCount facts.totalSpentMinor ... attributes.anything
                        AS: text tags money date monthsAgo flag number
  --id COLUMN           where ids stand                               (each line is its own)
  --as-of INSTANT       when the list was written, ISO 8601           (now)
  --segment RULE        JSON criteria, "ALL", or a comma list of tags (nothing heard for 180 days)
  --invent-addresses    gives who has none an address at mail.example, or a number

  pnpm demo --csv hillstrom.csv --map recency=facts.lastOrderAt:monthsAgo \\
    --map history=facts.totalSpentMinor:money --map zip_code=attributes.zip --invent-addresses
`

/**
 * Reads the command line.
 *
 * @param args - what stands after the name of the program
 * @throws UsageError
 */
export function parseCommand(args: readonly string[]): Command {
  const values = readArgs(args)
  if (values.help === true) return { type: 'help' }
  const seeds = values.coverage === undefined ? null : whole('--coverage', values.coverage, 100_000)
  const storage = oneOf('--storage', STORAGES, values.storage ?? 'memory')
  const options: DemoOptions = {
    seed: whole('--seed', values.seed ?? '1', Number.MAX_SAFE_INTEGER),
    customers: whole('--customers', values.customers ?? (seeds === null ? '5000' : '1000'), 1_000_000),
    mailsPerMinute: whole('--pace', values.pace ?? '100', 10_000_000),
    out: values.out ?? '.demo',
    json: values.json === true,
    storage,
    workers: workersOn(storage, values.workers),
    provider: oneOf('--provider', PROVIDERS, values.provider ?? 'smtp'),
    list: ownList(values),
  }
  if (seeds === null) return { type: 'demo', options }
  if (options.list !== null) throw new UsageError('--coverage makes up its own customers and takes no --csv')
  if (options.storage !== 'memory') throw new UsageError('--coverage runs in memory and takes no --storage')
  if (values.provider !== undefined) throw new UsageError('--coverage sends no mail and takes no --provider')
  return { type: 'coverage', seeds, options }
}

function readArgs(args: readonly string[]) {
  try {
    return parseArgs({
      args: args[0] === '--' ? args.slice(1) : [...args],
      strict: true,
      allowPositionals: false,
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
        seed: { type: 'string' },
        customers: { type: 'string' },
        pace: { type: 'string' },
        out: { type: 'string' },
        storage: { type: 'string' },
        workers: { type: 'string' },
        provider: { type: 'string' },
        coverage: { type: 'string' },
        csv: { type: 'string' },
        map: { type: 'string', multiple: true },
        id: { type: 'string' },
        'as-of': { type: 'string' },
        segment: { type: 'string' },
        'invent-addresses': { type: 'boolean' },
      },
    }).values
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : String(thrown))
  }
}

function oneOf<Name extends string>(option: string, names: readonly Name[], text: string): Name {
  const name = names.find((known) => known === text)
  if (name === undefined) throw new UsageError(`${option}: expected one of ${names.join(', ')}`)
  return name
}

/** What other processes cannot reach is served by this one. */
function workersOn(storage: StorageName, written: string | undefined): number {
  const asked = written === undefined ? null : whole('--workers', written, MOST_WORKERS)
  if (storage === 'postgres') return asked ?? 2
  if (asked !== null && asked > 1)
    throw new UsageError(`--workers ${asked}: ${ALONE[storage]}; --storage postgres takes several`)
  return 0
}

type Values = ReturnType<typeof readArgs>

function ownList(values: Values): OwnList | null {
  if (values.csv === undefined) {
    const alone = (['map', 'id', 'as-of', 'segment', 'invent-addresses'] as const).find(
      (name) => values[name] !== undefined,
    )
    if (alone !== undefined) throw new UsageError(`--${alone} is for a list of your own: give --csv too`)
    return null
  }
  if (values.customers !== undefined)
    throw new UsageError('--customers is for made-up customers; --csv brings its own')
  if (values.map === undefined) throw new UsageError('--csv needs --map: what its columns mean')
  return {
    file: values.csv,
    map: columnMap(values.map),
    id: values.id ?? null,
    asOf: values['as-of'] === undefined ? null : instant('--as-of', values['as-of']),
    inventAddresses: values['invent-addresses'] === true,
    segment: values.segment === undefined ? null : rule(values.segment),
  }
}

function columnMap(written: readonly string[]): ColumnMap {
  const map: ColumnMap = {}
  for (const text of written) {
    if (/^\s*\{/.test(text)) Object.assign(map, json('--map', text))
    else if (text.includes('=')) {
      const [column, target] = parseColumn(text)
      const before = map[column] ?? []
      map[column] = [...(Array.isArray(before) ? before : [before]), target]
    } else Object.assign(map, jsonFile(text))
  }
  return map
}

/** Tags and the word ALL are taken as they are; what looks like JSON must be JSON. */
function rule(text: string): CampaignInput['audience'] {
  return /^\s*[{["]/.test(text) ? json('--segment', text) : text
}

function jsonFile(path: string): ColumnMap {
  try {
    return json('--map', readFileSync(path, 'utf8'))
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown
    throw new UsageError(`--map ${path}: neither COLUMN=PATH nor a file that can be read`)
  }
}

/** What comes out is checked by the kit, with the path of whatever is wrong. */
function json<Checked>(option: string, text: string): Checked {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`${option}: not JSON`)
  }
}

function whole(option: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value
  throw new UsageError(`${option}: expected a whole number from 1 to ${most}`)
}

function instant(option: string, text: string): number {
  const value = Date.parse(text)
  if (Number.isFinite(value)) return value
  throw new UsageError(`${option}: expected an instant such as 2008-03-01T00:00:00Z`)
}
